// What came of a request of the API, in words.

import { fill, h } from './dom.js';
import { methodOf, pathOf, statusBadge } from './parts.js';

/** Show the outcome of a request of the API at a place, a refusal with its message. */
export function told(where, request, got, done) {
  const fields = Object.entries(got.error?.details?.fields ?? {});
  const text = got.ok ? done : (got.error?.message ?? 'The answer is not in the envelope.');
  fill(
    where,
    h(
      'div',
      { class: got.ok ? 'done' : 'problem' },
      h('p', {}, asked(request, got), ' ', text),
      fields.length
        ? h(
            'ul',
            {},
            fields.map(([name, why]) => h('li', {}, h('code', {}, name), ' ', why)),
          )
        : null,
    ),
  );
}

/** A request and the status of its answer. */
export function asked({ method, path }, got) {
  return [methodOf(method), ' ', pathOf(path), ' ', statusBadge(got.status, got.error?.code)];
}

/** The JSON of an answer. */
export function jsonOf(got) {
  return JSON.parse(new TextDecoder().decode(got.bytes));
}
