// What happened in a world, live: newest first, with both messages and the way back.

import { control, inWorld, loadPersonas } from '../api.js';
import { loadContract } from '../contract.js';
import { fill, h, newId } from '../dom.js';
import { attempt, badge, button, changesTable, choice, confirmed, field, outcome, size, snippet, statusBadge, when } from '../parts.js';
import { replaceQuery } from '../route.js';
import { curl } from '../snippets.js';

const MOST = 1000; // as many as the mock keeps where nobody says otherwise
const FILTERS = ['operation', 'status', 'caller', 'q'];

export async function mount(root, { world, query, say }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas()]);
  const list = h('ol', { class: 'journal', 'aria-label': 'Requests, the newest first' });
  const count = h('p', { class: 'muted', role: 'status' });
  const place = outcome();
  const rows = new Map(); // by id
  const filters = {
    operation: choice([['', 'all'], ...contract.operations.map((each) => each.id)]),
    status: h('input', { type: 'text', placeholder: '4xx, 423 or a code', autocomplete: 'off', spellcheck: 'false' }),
    caller: h('input', { type: 'text', placeholder: 'acme-owner', autocomplete: 'off', spellcheck: 'false' }),
    q: h('input', { type: 'search', placeholder: 'pack_acme_pager', autocomplete: 'off', spellcheck: 'false' }),
  };
  const readQuery = (from) => { for (const name of FILTERS) filters[name].value = from.get(name) ?? ''; };
  readQuery(query);
  for (const each of Object.values(filters)) {
    each.addEventListener('input', () => {
      replaceQuery(Object.fromEntries(FILTERS.map((name) => [name, filters[name].value])));
      narrow();
    });
  }

  fill(root,
    h('section', { 'aria-label': 'Filters' }, h('div', { class: 'row' },
      field('Operation', filters.operation), field('Status or code', filters.status), field('Caller', filters.caller), field('Anything', filters.q),
      button('Clear the journal', (pressed) => attempt(place, async () => {
        if (!await confirmed(`Forget what happened in ${world}? Its state stays.`, 'Forget it')) return;
        await control('DELETE', inWorld(world, '/journal'));
        await refresh();
      }, pressed), { class: 'quiet' })), count, place),
    list);

  const coming = []; // what is shown with the next frame
  let early = null; // what arrives while the list is on its way
  let loading = Promise.resolve();
  const refresh = () => (loading = loading.catch(() => {}).then(load));

  async function load() {
    early = [];
    try {
      show((await control('GET', inWorld(world, '/journal'))).entries);
    } finally {
      const late = early;
      early = null;
      late.forEach(arrived);
    }
  }

  function show(entries) {
    const open = [...rows.values()].filter((row) => row.open).map((row) => row.entry.id);
    rows.clear();
    fill(list);
    const made = entries.map((entry) => keep(entry));
    list.append(...made.reverse().map((row) => row.element));
    for (const id of open) rows.get(id)?.toggle();
    narrow();
  }

  function keep(entry) {
    const row = rowOf(entry);
    rows.set(entry.id, row);
    return row;
  }

  function arrived(entry) {
    if (early) {
      early.push(entry);
      return;
    }
    if (!coming.length) requestAnimationFrame(showComing);
    coming.push(entry);
  }

  function showComing() {
    for (const entry of coming.splice(0).filter((each) => !rows.has(each.id))) {
      const row = keep(entry);
      row.element.hidden = !fits(entry);
      list.prepend(row.element);
    }
    for (const [oldest, gone] of [...rows].slice(0, Math.max(0, rows.size - MOST))) {
      gone.element.remove();
      rows.delete(oldest);
    }
    tellCount();
  }

  function narrow() {
    for (const { entry, element } of rows.values()) element.hidden = !fits(entry);
    tellCount();
  }

  function tellCount() {
    const shown = list.querySelectorAll(':scope > li:not([hidden])').length;
    fill(count, rows.size === 0 ? 'Nothing has happened yet: requests appear here as they come.'
      : shown === rows.size ? (shown === 1 ? '1 request' : `${shown} requests`) : `${shown} of ${rows.size} requests`);
  }

  function fits(entry) {
    const [operation, status, caller, text] = FILTERS.map((name) => filters[name].value.trim().toLowerCase());
    return (!operation || entry.operation_id === operation)
      && (!status || statusFits(status, entry))
      && (!caller || (entry.caller ?? 'nobody').toLowerCase().includes(caller))
      && (!text || entryText(entry).includes(text));
  }

  function rowOf(entry) {
    const row = { entry, open: false };
    const id = newId('entry');
    const head = h('button', { type: 'button', class: 'entry', 'aria-expanded': 'false', 'aria-controls': id, on: { click: () => row.toggle() } },
      h('span', { class: 'id' }, `#${entry.id}`), statusBadge(entry.status, entry.code),
      h('span', { class: 'what' }, h('strong', {}, entry.method), ' ', h('code', {}, entry.path)),
      h('span', { class: 'who' }, entry.caller ?? 'nobody'),
      h('span', { class: 'why' }, whyOf(entry)),
      h('span', { class: 'ms' }, `${entry.duration_ms.toFixed(1)} ms`),
      entry.undone ? badge('undone', 'warn') : null);
    const body = h('div', { id, hidden: true });
    row.element = h('li', { class: entry.undone ? 'undone' : null }, head, body);
    row.toggle = () => {
      row.open = !row.open;
      head.setAttribute('aria-expanded', String(row.open));
      body.hidden = !row.open;
      row.element.classList.toggle('open', row.open);
      if (row.open && !body.childElementCount) body.append(...detail(entry));
    };
    return row;
  }

  function detail(entry) {
    const answer = outcome();
    const back = (body, text) => (pressed) => attempt(answer, async () => {
      await control('POST', inWorld(world, '/rewind'), body);
      await refresh();
      say(text);
      fill(place, h('p', { class: 'done' }, text));
    }, pressed);
    return [
      h('p', { class: 'facts' }, when(entry.time), ' · ', entry.operation_id ? h('code', {}, entry.operation_id) : 'no operation', ' · ', entry.caller ?? 'nobody',
        entry.faults.length ? ` · fault ${entry.faults.join(', ')}` : ''),
      entry.gate ? h('p', {}, 'Refused by ', badge(entry.gate, 'warn'), ' ', entry.reason ?? '') : null,
      h('div', { class: 'row' },
        button('Rewind to before this', back({ before: entry.id }, `${world} stands right before request ${entry.id}.`)),
        button('Rewind to right after this', back({ to: entry.id }, `${world} stands right after request ${entry.id}.`), { class: 'quiet' })), answer,
      changesTable(entry.changes, 'What it changed', 'It changed nothing.'),
      h('div', { class: 'messages' }, message('Request', entry.request, `${entry.method} ${entry.path}${entry.request?.query ? `?${entry.request.query}` : ''}`),
        message('Response', entry.response, entry.status === 0 ? 'the connection ended without an answer' : `${entry.status}`)),
      snippet(curl(repeated(entry)), 'curl to repeat it')].filter(Boolean);
  }

  /** The request again; credentials are not in the journal, those of personas are known. */
  function repeated(entry) {
    const persona = personas.find((each) => each.name === entry.caller);
    const path = entry.path.replace(/^\/v1/, `/_worlds/${encodeURIComponent(world)}/v1`);
    const kept = Object.entries(entry.request?.headers ?? {}).filter(([name]) => ['content-type', 'prefer', 'accept'].includes(name));
    const headers = Object.fromEntries(kept);
    if (persona) headers.Authorization = `Bearer ${persona.token}`;
    else if (entry.request?.headers?.authorization) headers.Authorization = 'Bearer YOUR-TOKEN';
    const whole = entry.request && !entry.request.cut && entry.request.encoding === 'utf-8';
    return { method: entry.method, url: `${location.origin}${path}${entry.request?.query ? `?${entry.request.query}` : ''}`, headers, body: whole ? entry.request.body : '' };
  }

  await refresh();
  return { refresh, entry: arrived, query: (now) => { readQuery(now); narrow(); } };
}

function statusFits(wanted, entry) {
  const status = String(entry.status);
  return /^[0-9x]+$/.test(wanted) ? [...wanted].every((digit, at) => digit === 'x' || status[at] === digit) : (entry.code ?? '').includes(wanted);
}

function entryText(entry) {
  return `${entry.method} ${entry.path} ${entry.operation_id} ${entry.caller} ${entry.code} ${entry.reason} ${entry.gate} ${entry.changes.map((each) => each.object).join(' ')}`.toLowerCase();
}

function whyOf(entry) {
  if (entry.gate) return `${entry.gate}: ${entry.reason ?? ''}`;
  return [...new Set(entry.changes.map((each) => (each.field ? `${each.object} ${each.field}` : each.object)))].slice(0, 3).join(', ');
}

function message(name, told, first) {
  if (!told) return h('div', { class: 'view' }, h('h3', {}, name), h('p', { class: 'muted' }, name === 'Response' && first.startsWith('the') ? first : 'It was let go, to stay within --max-memory.'));
  return h('div', { class: 'view' }, h('h3', {}, name), h('p', {}, h('code', {}, first)),
    h('pre', { tabindex: '0', role: 'group', 'aria-label': `Headers of the ${name.toLowerCase()}` }, h('code', {}, Object.entries(told.headers).map(([key, text]) => `${key}: ${text}`).join('\n'))),
    told.body ? h('pre', { tabindex: '0', role: 'group', 'aria-label': `Body of the ${name.toLowerCase()}` }, h('code', {}, pretty(told))) : null,
    h('p', { class: 'muted' }, told.bytes ? `${size(told.bytes)}${told.cut ? ', of which only the beginning was kept' : ''}${told.encoding === 'base64' ? ', as base64' : ''}` : name === 'Request' ? 'No body, or it was not read.' : 'No body.'));
}

function pretty(told) {
  try {
    return JSON.stringify(JSON.parse(told.body), null, 2);
  } catch {
    return told.body;
  }
}
