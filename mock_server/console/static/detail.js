// The details of an entry of the journal: why, both messages, the way back, and what can be made of it.

import { basePath, control, EVENT_STREAM, inWorld } from './api.js';
import { API } from './base.js';
import { fill, h } from './dom.js';
import { callerOf, faultOf, marksOf } from './entry.js';
import { prettyJson } from './highlight.js';
import {
  attempt,
  badge,
  button,
  changesTable,
  codeOf,
  copying,
  idOf,
  methodOf,
  outcome,
  pathOf,
  size,
  snippet,
  statusBadge,
  when,
} from './parts.js';
import { href } from './route.js';
import { curl, fetching, tested } from './snippets.js';

/** The details of a request, and buttons to rewind to it; `rewound` is called after a rewind. */
export function entryDetail(entry, context) {
  const answer = outcome();
  const request = requestAgain(entry, context);
  return [
    entry.gate || entry.reason ? verdictOf(entry) : null,
    factsOf(entry),
    entry.passage ? passageOf(entry.passage) : null,
    h(
      'div',
      { class: 'head' },
      faultButton(entry, context.world, answer),
      copies(request, entry),
      rewinds(entry, context, answer),
    ),
    answer,
    entry.gate ? null : changesTable(entry.changes, 'What it changed', 'It changed nothing.'),
    h('div', { class: 'messages' }, responseOf(entry), requestOf(entry)),
    h('details', {}, h('summary', {}, 'The request as curl'), snippet(curl(request), 'curl to repeat it')),
  ].filter(Boolean);
}

/** The status, and beside it why. */
function verdictOf({ status, code, gate, reason }) {
  const why = gate ? ['Refused by ', badge(gate, 'warn'), ' ', reason ?? ''] : (reason ?? '');
  return h('p', { class: 'verdict' }, statusBadge(status, code), h('span', {}, why));
}

function factsOf(entry) {
  return h(
    'p',
    { class: 'facts' },
    `#${entry.id} · `,
    when(entry.time),
    ' · ',
    entry.operation_id ? h('code', {}, entry.operation_id) : 'no operation',
    ' · ',
    callerOf(entry),
    entry.faults.length ? ` · ${faultOf(entry)}` : '',
    entry.request_id ? [' · request ', idOf(entry.request_id)] : null,
    marksOf(entry).map((each) => [' ', each]),
  );
}

/** What arms the answer for the next request of the operation; nothing where the answer is no error. */
function faultButton({ operation_id: operation, status, code, undeclared }, world, place) {
  if (!operation || (status !== 0 && status < 400)) return null;
  const error = status === 0 ? { drop: true } : { status, ...(undeclared ? { undeclared } : code ? { code } : {}) };
  const arm = async () => {
    const made = await control('POST', inWorld(world, '/faults'), { operation_id: operation, ...error, times: 1 });
    const link = h('a', { href: href(world, 'simulate', { operation }) }, 'All faults');
    fill(place, h('p', { class: 'done' }, `Fault ${made.id} waits for the next ${operation}. `, link));
  };
  return button('Arm this as a fault', (pressed) => attempt(place, arm, pressed));
}

function copies(request, entry) {
  return h(
    'div',
    { class: 'chips', role: 'group', 'aria-label': 'Copy as' },
    h('span', { class: 'muted' }, 'Copy as'),
    copying(curl(request), 'curl'),
    copying(fetching(request), 'fetch'),
    entry.status ? copying(tested(request, entry), 'test') : null,
  );
}

function rewinds(entry, { world, rewound }, place) {
  const back = (body, text) => (pressed) =>
    attempt(
      place,
      async () => {
        await control('POST', inWorld(world, '/rewind'), body);
        await rewound(text);
      },
      pressed,
    );
  const { id } = entry;
  return h(
    'div',
    { class: 'rewinds' },
    button('Rewind to before this', back({ before: id }, `${world} stands right before request ${id}.`), {
      class: 'quiet',
    }),
    button('Rewind to right after this', back({ to: id }, `${world} stands right after request ${id}.`), {
      class: 'quiet',
    }),
  );
}

/** Where a request was passed on to, what broke the contract, and where the two sides differ. */
function passageOf({ to, broke, differs }) {
  return h(
    'div',
    { class: 'view' },
    h('p', {}, to ? ['Passed on to ', h('code', {}, to)] : 'Answered by the mock itself.'),
    broke.length || differs
      ? h(
          'ul',
          { class: 'plain' },
          [...broke, differs].filter(Boolean).map((each) => h('li', {}, each)),
        )
      : null,
  );
}

/** The request as a snippet; the journal has no credentials, those of personas are known. */
function requestAgain(entry, { world, personas }) {
  const persona = entry.credential === 'valid' && personas.find((each) => each.name === entry.caller);
  const path = basePath(world) + entry.path.slice(API.length);
  const kept = Object.entries(entry.request?.headers ?? {}).filter(([name]) =>
    ['content-type', 'prefer', 'accept'].includes(name),
  );
  const headers = Object.fromEntries(kept);
  if (persona) headers.Authorization = `Bearer ${persona.token}`;
  else if (entry.request?.headers?.authorization) headers.Authorization = 'Bearer YOUR-TOKEN';
  const whole = entry.request && !entry.request.cut && entry.request.encoding === 'utf-8';
  return {
    method: entry.method,
    streams: (entry.response?.headers['content-type'] ?? '').startsWith(EVENT_STREAM),
    url: `${location.origin}${path}${entry.request?.query ? `?${entry.request.query}` : ''}`,
    headers,
    body: whole ? entry.request.body : '',
  };
}

function requestOf({ method, path, request }) {
  const first = [methodOf(method), ' ', pathOf(`${path}${request?.query ? `?${request.query}` : ''}`)];
  return message('Request', request, first, 'No body, or it was not read.');
}

function responseOf({ status, response }) {
  if (status === 0 && !response)
    return h(
      'div',
      { class: 'view' },
      h('h3', {}, 'Response'),
      h('p', { class: 'muted' }, 'The connection ended without an answer.'),
    );
  return message('Response', response, [statusBadge(status)], 'No body.');
}

/** A message: its body first, and its headers folded. */
function message(name, told, first, none) {
  const head = h('div', { class: 'head' }, h('h3', {}, name), first);
  if (!told)
    return h(
      'div',
      { class: 'view' },
      head,
      h('p', { class: 'muted' }, 'It was dropped, to stay within --max-memory.'),
    );
  const headers = Object.entries(told.headers).map(([key, text]) => `${key}: ${text}`);
  return h(
    'div',
    { class: 'view' },
    head,
    told.body ? bodyOf(told, `Body of the ${name.toLowerCase()}`) : null,
    told.bytes ? null : h('p', { class: 'muted' }, none),
    h(
      'details',
      {},
      h('summary', {}, `${headers.length} headers${told.bytes ? ` · ${sizeOf(told)}` : ''}`),
      codeOf(headers.join('\n'), `Headers of the ${name.toLowerCase()}`, 'http'),
    ),
  );
}

function bodyOf({ body }, name) {
  const json = prettyJson(body);
  return snippet(json ?? body, name, json === null ? 'text' : 'json');
}

function sizeOf({ bytes, cut, encoding }) {
  const parts = [size(bytes), cut && 'of which only the beginning was kept', encoding === 'base64' && 'as base64'];
  return parts.filter(Boolean).join(', ');
}
