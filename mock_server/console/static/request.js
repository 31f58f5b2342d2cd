// A request to copy or to send: an operation, its snippet in four tongues, and the answer below.

import { send } from './api.js';
import { combobox } from './combobox.js';
import { fill, h } from './dom.js';
import { prettyJson } from './highlight.js';
import { attempt, button, confirmed, methodOf, outcome, pathOf, snippet, statusBadge } from './parts.js';
import { bodyOf, exampleRequest } from './requests.js';
import { curl, fetching, httpx, typed } from './snippets.js';
import { typeOf } from './types.js';

const WAYS = { fetch: 'fetch', typescript: 'TypeScript', python: 'Python (httpx)', curl: 'curl' };

/**
 * A request as the persona; `query` says with which operation it begins and in which tongue, and `remember` is called
 * with what is chosen. `show` shows it anew.
 */
export function requestOf(contract, { world, query, packs, persona, remember }) {
  const named = (id) => contract.operations.find((each) => each.id === id);
  let operation = named(query.get('operation')) ?? contract.operations[0];
  let way = Object.hasOwn(WAYS, query.get('in')) ? query.get('in') : 'fetch';
  const code = h('div', {});
  const answer = outcome();
  const tabs = h('div', { class: 'segments', role: 'group', 'aria-label': 'Written for' });
  const made = () => exampleRequest(operation, { world, packs, persona: persona() });

  const show = () => {
    const texts = {
      fetch: () => fetching(made()),
      typescript: () => typed(made(), typesOf(contract, operation)),
      python: () => httpx(made()),
      curl: () => curl(made()),
    };
    fill(
      tabs,
      Object.entries(WAYS).map(([name, title]) =>
        button(
          title,
          () => {
            way = name;
            remember({ in: name });
            show();
          },
          { 'aria-pressed': String(name === way) },
        ),
      ),
    );
    fill(code, snippet(texts[way](), WAYS[way]));
  };
  const chosen = combobox('Operation', contract.operations.map(optionOf), {
    value: operation.id,
    changed: (id) => {
      operation = named(id);
      remember({ operation: id });
      fill(answer);
      show();
    },
  });
  const sent = button(
    'Send it from here',
    (pressed) =>
      attempt(
        answer,
        async () => {
          const asked = made();
          if (asked.method === 'DELETE' && !(await confirmed(`Send DELETE ${asked.path} to ${world}?`, 'Delete it')))
            return 'Nothing was sent.';
          showAnswer(answer, await send(world, { ...(await sendable(asked)), token: persona().token }));
          return null;
        },
        pressed,
      ),
    { class: 'primary' },
  );
  return { made: [chosen, tabs, code, h('div', { class: 'row' }, sent), answer], show };
}

/** An operation in the list: its id, what is sought, what is shown. */
const optionOf = ({ id, method, path, summary }) => [
  id,
  `${method} ${path} ${id} ${summary}`,
  () => [methodOf(method), pathOf(path), h('small', {}, summary)],
];

/** The answer below the button that sent for it. */
function showAnswer(place, got) {
  const text = new TextDecoder().decode(got.bytes);
  const json = prettyJson(text);
  fill(
    place,
    h(
      'div',
      { class: 'view' },
      h(
        'p',
        { class: 'verdict' },
        statusBadge(got.status, got.error?.code),
        h('small', {}, `in ${got.ms.toFixed(0)} ms`),
      ),
      text ? snippet(json ?? text, 'Answer', json === null ? 'text' : 'json') : h('p', { class: 'muted' }, 'No body.'),
    ),
  );
}

/** The arguments of `send`; a form sets its own media type. */
async function sendable({ method, path, headers, form, body }) {
  const { Authorization: _, ...others } = headers;
  return { method, path, headers: others, body: await bodyOf({ form, body }) };
}

/** The types of the request body and of the successful answer. */
function typesOf({ document }, operation) {
  const raw = document.paths[operation.path][operation.method.toLowerCase()];
  const jsonOf = (node) => node?.content?.['application/json']?.schema;
  const done = Object.entries(raw.responses).find(([status]) => status.startsWith('2'))?.[1];
  const [sent, got] = [jsonOf(raw.requestBody), jsonOf(done)];
  return { sent: sent && typeOf(document, sent), got: got && typeOf(document, got) };
}
