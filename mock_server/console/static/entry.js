// One entry of the journal: a line of it, both messages, a curl, and the way back.

import { basePath, control, EVENT_STREAM, inWorld } from './api.js';
import { API } from './base.js';
import { h } from './dom.js';
import { attempt, badge, button, changesTable, outcome, size, snippet, when } from './parts.js';
import { curl } from './snippets.js';

/** The caller of a request, and what is wrong with an invalid credential. */
export function callerOf({ caller, credential }) {
  if (caller === null) return 'nobody';
  return credential === null || credential === 'valid' ? caller : `${caller} (${credential.replaceAll('_', ' ')})`;
}

/** The faults of a request and their effects; empty where there were none. */
export function faultOf({ faults, fault_effect: done }) {
  if (!faults.length) return '';
  const parts = [
    `fault ${faults.join(' and ')}`,
    [done.status, done.code].filter(Boolean).join(' '),
    done.delay_ms ? `${done.delay_ms} ms late` : '',
    done.drop ? 'connection dropped' : '',
    done.truncate === undefined ? '' : `body cut after ${done.truncate} bytes`,
  ];
  return parts.filter(Boolean).join(', ');
}

const SIDE_CHANGES = /^(counters|clock|registry)\b/; // what changes with an object
const MOST_CHANGES = 3;
const MOST_TEXT = 32;

/** What a request changed: "visibility org → community", "created pack_1", "deleted pack_1". */
export function changesOf({ changes }) {
  const objects = changes.filter((each) => !SIDE_CHANGES.test(each.object));
  const told = (objects.length ? objects : changes).filter((each, _, all) => {
    const other = (one) => one.object === each.object && one.field !== each.field;
    return each.field !== 'updated_at' || !all.some(other);
  });
  const several = new Set(told.map((each) => each.object)).size > 1;
  const said = told.slice(0, MOST_CHANGES).map((each) => changeOf(each, several));
  if (told.length > said.length) said.push(`${told.length - said.length} more`);
  return said.join(', ');
}

function changeOf({ object, field, before, after }, named) {
  const id = object.slice(object.indexOf('/') + 1);
  if (field === null) return `${before === null ? 'created' : after === null ? 'deleted' : 'replaced'} ${id}`;
  return `${named ? `${id} ` : ''}${field} ${short(before)} → ${short(after)}`;
}

function short(value) {
  if (value === null || value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
}

/** Badges of an entry that differs from a usual answer of the API. */
export function marksOf(entry) {
  return [
    entry.from_console ? badge('console', 'plain', 'A view of the console read it; it counts as no client’s') : null,
    entry.stateless
      ? badge('stateless', 'warn', 'The mock has no function for this operation, and answered without its state')
      : null,
    entry.undeclared ? badge('undeclared', 'bad', 'The contract does not declare this answer') : null,
    entry.passage?.to ? badge('passed on', 'plain', entry.passage.to) : null,
    entry.passage?.broke.length ? badge('broke the contract', 'bad', entry.passage.broke.join('; ')) : null,
    entry.passage?.differs ? badge('differs', 'warn', entry.passage.differs) : null,
    entry.undone ? badge('undone', 'warn', 'The world was taken back to before it') : null,
  ].filter(Boolean);
}

/** The effects of faults, the reason of a refusal, or the changes of a request, on one line. */
export function whyOf(entry) {
  const fault = faultOf(entry);
  if (entry.gate === 'fault' && fault) return [fault, entry.reason].filter(Boolean).join(': ');
  const told = entry.gate ? [entry.gate, entry.reason].filter(Boolean).join(': ') : changesOf(entry);
  return [fault, told].filter(Boolean).join('; ');
}

/** The details of a request, and buttons to rewind to it; `rewound` is called after a rewind. */
export function entryDetail(entry, { world, personas, rewound }) {
  const answer = outcome();
  const back = (body, text) => (pressed) =>
    attempt(
      answer,
      async () => {
        await control('POST', inWorld(world, '/rewind'), body);
        await rewound(text);
      },
      pressed,
    );
  return [
    h(
      'p',
      { class: 'facts' },
      when(entry.time),
      ' · ',
      entry.operation_id ? h('code', {}, entry.operation_id) : 'no operation',
      ' · ',
      callerOf(entry),
      entry.faults.length ? ` · ${faultOf(entry)}` : '',
      entry.request_id ? [' · request ', h('code', {}, entry.request_id)] : null,
      marksOf(entry).map((each) => [' ', each]),
    ),
    entry.passage ? passageOf(entry.passage) : null,
    entry.gate ? h('p', {}, 'Refused by ', badge(entry.gate, 'warn'), ' ', entry.reason ?? '') : null,
    h(
      'div',
      { class: 'row' },
      button('Rewind to before this', back({ before: entry.id }, `${world} stands right before request ${entry.id}.`)),
      button('Rewind to right after this', back({ to: entry.id }, `${world} stands right after request ${entry.id}.`), {
        class: 'quiet',
      }),
    ),
    answer,
    changesTable(entry.changes, 'What it changed', 'It changed nothing.'),
    h(
      'div',
      { class: 'messages' },
      message(
        'Request',
        entry.request,
        `${entry.method} ${entry.path}${entry.request?.query ? `?${entry.request.query}` : ''}`,
      ),
      message(
        'Response',
        entry.response,
        entry.status === 0 ? 'the connection ended without an answer' : `${entry.status}`,
      ),
    ),
    snippet(curl(requestAgain(entry, world, personas)), 'curl to repeat it'),
  ].filter(Boolean);
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
          {},
          [...broke, differs].filter(Boolean).map((each) => h('li', {}, each)),
        )
      : null,
  );
}

/** The request as a snippet; the journal has no credentials, those of personas are known. */
function requestAgain(entry, world, personas) {
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

function message(name, told, first) {
  if (!told)
    return h(
      'div',
      { class: 'view' },
      h('h3', {}, name),
      h(
        'p',
        { class: 'muted' },
        name === 'Response' && first.startsWith('the') ? first : 'It was dropped, to stay within --max-memory.',
      ),
    );
  return h(
    'div',
    { class: 'view' },
    h('h3', {}, name),
    h('p', {}, h('code', {}, first)),
    h(
      'pre',
      { tabindex: '0', role: 'group', 'aria-label': `Headers of the ${name.toLowerCase()}` },
      h(
        'code',
        {},
        Object.entries(told.headers)
          .map(([key, text]) => `${key}: ${text}`)
          .join('\n'),
      ),
    ),
    told.body
      ? h(
          'pre',
          { tabindex: '0', role: 'group', 'aria-label': `Body of the ${name.toLowerCase()}` },
          h('code', {}, pretty(told)),
        )
      : null,
    h(
      'p',
      { class: 'muted' },
      told.bytes
        ? `${size(told.bytes)}${told.cut ? ', of which only the beginning was kept' : ''}${told.encoding === 'base64' ? ', as base64' : ''}`
        : name === 'Request'
          ? 'No body, or it was not read.'
          : 'No body.',
    ),
  );
}

function pretty(told) {
  try {
    return JSON.stringify(JSON.parse(told.body), null, 2);
  } catch {
    return told.body;
  }
}
