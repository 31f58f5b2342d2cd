// An operation, tried in a world as somebody: as the world stands, or with one of its declared answers.

import { baseUrl, send } from './api.js';
import { answersOf, filled, preference } from './contract.js';
import { fill, h } from './dom.js';
import { choice, codeOf, confirmed, field, form, opening, snippet, statusBadge } from './parts.js';
import { exampleValues } from './requests.js';
import { curl } from './snippets.js';

const COOKIE = 'cookie';
const MULTIPART = 'multipart/form-data';

/** The form to try an operation with, and the answer below it. */
export function tryIt(operation, { world, personas, packs, caller }) {
  const text = (props) => h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', ...props });
  const path = Object.entries(exampleValues(operation, packs, caller)).map(([name, value]) => [name, text({ value })]);
  const queries = operation.parameters.filter((each) => each.in === 'query').map(({ name }) => [name, text()]);
  const persona = choice(
    [['', 'nobody'], [COOKIE, 'whom this browser is signed in as'], ...personas.map((each) => each.name)],
    { value: caller.name },
  );
  const prefer = choice([
    ['', 'as the world stands'],
    ...answersOf(operation).map(({ status, code }) => [
      preference(operation, status, code),
      code ? `${status} ${code}` : String(status),
    ]),
  ]);
  const media = operation.bodies[0];
  const body = media ? bodyOf(media) : null;
  const place = h('div', { class: 'view', 'aria-live': 'polite' });

  function requestOf() {
    const asked = new URLSearchParams(
      queries.flatMap(([name, { value }]) => (value ? [[name, value]] : [])),
    ).toString();
    const values = Object.fromEntries(path.map(([name, input]) => [name, input.value]));
    return {
      method: operation.method,
      path: filled(operation, values) + (asked ? `?${asked}` : ''),
      token: personas.find((each) => each.name === persona.value)?.token,
      cookie: persona.value === COOKIE,
      headers: {
        ...(prefer.value ? { Prefer: prefer.value } : {}),
        ...(media && media.type !== MULTIPART ? { 'Content-Type': media.type } : {}),
      },
      body: body?.read(),
    };
  }

  async function submit() {
    fill(place);
    if (operation.method === 'DELETE' && !(await confirmed(`Send this DELETE to ${world}?`, 'Delete it'))) return;
    const request = requestOf();
    const got = await send(world, request);
    fill(
      place,
      h('p', {}, statusBadge(got.status, got.error?.code), ` in ${got.ms.toFixed(0)} ms`),
      codeOf(textOf(got), 'Answer', 'json'),
      opening('As curl', () => snippet(commandOf(operation, request, world), 'curl')),
    );
  }

  return h(
    'section',
    { 'aria-label': 'Try it' },
    h('h3', {}, `Try it in ${world}`),
    form(
      submit,
      field('As', persona),
      path.map(([name, input]) => field(name, input)),
      queries.length ? opening('Query', () => queries.map(([name, input]) => field(name, input))) : null,
      body ? h('div', { class: 'body' }, body.made) : null,
      field('Prefer', prefer),
      h('button', {}, 'Send'),
    ),
    place,
  );
}

/** The control for a body: a file for a form, else a text that begins as an example. */
function bodyOf({ type, examples }) {
  if (type === MULTIPART) {
    const file = h('input', { type: 'file' });
    return { made: field(`Body, ${type}`, file), read: () => formOf(file) };
  }
  const area = h('textarea', { spellcheck: 'false', rows: '6' });
  const show = (at) => {
    const value = examples[at]?.[1];
    area.value = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  };
  show(0);
  const chosen = choice(examples.map(([name], at) => [String(at), name]));
  chosen.addEventListener('change', () => show(Number(chosen.value)));
  return {
    made: [examples.length > 1 ? field('Example', chosen) : null, field(`Body, ${type}`, area)],
    read: () => area.value,
  };
}

function formOf(input) {
  const body = new FormData();
  const [file] = input.files;
  if (file) body.append('archive', new Blob([file], { type: 'application/gzip' }), file.name);
  return body;
}

function commandOf(operation, { path, token, headers, body }, world) {
  const sent = { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const request = { ...operation, url: baseUrl(world) + path, headers: sent };
  if (!(body instanceof FormData)) return curl({ ...request, body });
  return curl({
    ...request,
    form: [
      ['archive', 'pack.tar.gz', true],
      ['visibility', 'org', false],
    ],
  });
}

function textOf(got) {
  const text = new TextDecoder().decode(got.bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
