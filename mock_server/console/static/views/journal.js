// What happened in a world, live: newest first, with both messages and the way back.

import { control, inWorld, loadPersonas } from '../api.js';
import { loadContract } from '../contract.js';
import { entryDetail } from '../detail.js';
import { fill, h, newId } from '../dom.js';
import { download } from '../download.js';
import { callerOf, faultOf, marksOf, whyOf } from '../entry.js';
import {
  attempt,
  button,
  check,
  choice,
  chip,
  clockTime,
  confirmed,
  folding,
  methodOf,
  outcome,
  pathOf,
  statusBadge,
} from '../parts.js';
import { replaceQuery } from '../route.js';

const MOST = 1000; // as many as the mock keeps where nobody says otherwise
const FILTERS = ['operation', 'status', 'caller', 'q'];
const WITH_CONSOLE = 'with_console';
const CLASSES = ['2xx', '3xx', '4xx', '5xx'];

export async function mount(root, { world, query, say }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas()]);
  const list = h('ol', { class: 'journal', 'aria-label': 'Requests, the newest first' });
  const count = h('p', { class: 'muted', role: 'status' });
  const place = outcome();
  const rows = new Map(); // by id
  const filters = {
    operation: choice([['', 'all'], ...contract.operations.map((each) => each.id)]),
    status: h('input', {
      type: 'text',
      placeholder: '4xx, 423 or a code',
      autocomplete: 'off',
      spellcheck: 'false',
    }),
    caller: h('input', { type: 'text', placeholder: 'acme-owner', autocomplete: 'off', spellcheck: 'false' }),
    q: h('input', {
      type: 'search',
      'aria-label': 'Anything',
      placeholder: 'Anything: a path, an id, a reason',
      autocomplete: 'off',
      spellcheck: 'false',
    }),
  };
  const readQuery = (from) => {
    for (const name of FILTERS) filters[name].value = from.get(name) ?? '';
  };
  readQuery(query);
  const asked = () => Object.fromEntries(FILTERS.map((name) => [name, filters[name].value]));
  const remember = () =>
    replaceQuery({
      ...asked(),
      ...(withConsole() ? { [WITH_CONSOLE]: 'true' } : {}),
    });
  for (const each of Object.values(filters)) {
    each.addEventListener('input', () => {
      remember();
      narrow();
    });
  }
  const own = check(WITH_CONSOLE, query.get(WITH_CONSOLE) === 'true', () => {
    remember();
    attempt(place, refresh);
  });
  own.classList.add('chip');
  const withConsole = () => own.querySelector('input').checked;
  const chips = {
    operation: chip('Operation', filters.operation),
    status: chip('Status or code', filters.status),
    caller: chip('Caller', filters.caller),
  };
  const classes = h('div', { class: 'chips', role: 'group', 'aria-label': 'Class of the status' });
  const setFilters = (values) => {
    readQuery(new URLSearchParams(values));
    remember();
    narrow();
  };
  const clear = button('Clear the filters', () => setFilters({}), { class: 'quiet' });

  fill(
    root,
    h(
      'section',
      { 'aria-label': 'Filters' },
      h(
        'div',
        { class: 'head' },
        count,
        button('Save as HAR', (pressed) => attempt(place, save, pressed), {
          title: 'All of them, as other tools read them; callers have names in place of tokens',
        }),
        button('Clear the journal', (pressed) => attempt(place, empty, pressed), { class: 'destroys' }),
      ),
      folding(
        'Filters',
        h('div', { class: 'chips' }, filters.q, classes),
        h('div', { class: 'chips' }, Object.values(chips), own, clear),
      ),
      place,
    ),
    list,
  );

  async function save() {
    const archive = await control('GET', inWorld(world, '/journal/har'));
    download(`${world}.har`, JSON.stringify(archive, null, 2));
  }

  async function empty() {
    if (!(await confirmed(`Delete the entries of the journal of ${world}? Its state stays.`, 'Delete them'))) return;
    await control('DELETE', inWorld(world, '/journal'));
    await refresh();
  }

  const coming = []; // what is shown with the next frame
  let early = null; // what arrives while the list is on its way
  let loading = Promise.resolve();
  const refresh = () => (loading = loading.catch(() => {}).then(load));

  async function load() {
    early = [];
    try {
      show((await control('GET', inWorld(world, `/journal${withConsole() ? `?${WITH_CONSOLE}=true` : ''}`))).entries);
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
      row.element.classList.add('fresh');
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
    fill(
      count,
      rows.size === 0
        ? 'There are no requests yet. They appear here as they come.'
        : shown === rows.size
          ? shown === 1
            ? '1 request'
            : `${shown} requests`
          : `${shown} of ${rows.size} requests`,
    );
    tellFilters();
  }

  function tellFilters() {
    const all = [...rows.values()];
    const number = (name) => all.filter(({ entry }) => statusFits(name, entry)).length;
    const offered = CLASSES.map((name) => [name, number(name)]).filter(([, each]) => each);
    const chipOf = (title, status, each) =>
      button([title, ' ', h('small', {}, String(each))], () => setFilters({ ...asked(), status }), {
        class: 'chip',
        'aria-pressed': String(filters.status.value === status),
        'data-key': title,
      });
    fill(
      classes,
      chipOf('All', '', rows.size),
      offered.map(([name, each]) => chipOf(name, name, each)),
    );
    for (const [name, each] of Object.entries(chips)) each.classList.toggle('set', filters[name].value !== '');
    clear.hidden = FILTERS.every((name) => filters[name].value === '');
  }

  function fits(entry) {
    const [operation, status, caller, text] = FILTERS.map((name) => filters[name].value.trim().toLowerCase());
    return (
      (!operation || entry.operation_id === operation) &&
      (!status || statusFits(status, entry)) &&
      (!caller || callerOf(entry).toLowerCase().includes(caller)) &&
      (!text || entryText(entry).includes(text))
    );
  }

  function rowOf(entry) {
    const row = { entry, open: false };
    const id = newId('entry');
    const head = h(
      'button',
      {
        type: 'button',
        class: 'entry',
        'aria-expanded': 'false',
        'aria-controls': id,
        on: { click: () => row.toggle() },
      },
      methodOf(entry.method),
      h('span', { class: 'what' }, pathOf(entry.path)),
      statusBadge(entry.status, entry.code),
      h(
        'span',
        { class: 'why' },
        marksOf(entry).map((each) => [each, ' ']),
        whyOf(entry),
      ),
      h('span', { class: 'who' }, callerOf(entry)),
      clockTime(entry.time),
      h('span', { class: 'id' }, `#${entry.id}`),
      h('span', { class: 'ms' }, `${entry.duration_ms.toFixed(1)} ms`),
    );
    const body = h('div', { id, hidden: true });
    row.element = h('li', { class: entry.undone ? 'undone' : null }, head, body);
    row.toggle = () => {
      row.open = !row.open;
      head.setAttribute('aria-expanded', String(row.open));
      body.hidden = !row.open;
      row.element.classList.toggle('open', row.open);
      if (row.open && !body.childElementCount) body.append(...entryDetail(entry, { world, personas, rewound }));
    };
    return row;
  }

  const rewound = async (text) => {
    await refresh();
    say(text);
    fill(place, h('p', { class: 'done' }, text));
  };

  /** Open the entry that a link names, and go there; where it is the console's, with those. */
  async function openNamed(from) {
    const named = Number(from.get('entry'));
    if (!named) return;
    if (!rows.has(named) && !withConsole()) {
      const { entries } = await control('GET', inWorld(world, `/journal?${WITH_CONSOLE}=true&since=${named - 1}`));
      if (entries[0]?.id === named) {
        own.querySelector('input').checked = true;
        await refresh();
      }
    }
    const row = rows.get(named);
    if (!row) {
      fill(place, h('p', { class: 'problem' }, `The journal of ${world} no longer has the request #${named}.`));
      return;
    }
    if (!row.open) row.toggle();
    row.element.scrollIntoView({ block: 'start' });
  }

  await refresh();
  await openNamed(query);
  return {
    refresh,
    entry: arrived,
    withConsole,
    query: (now) => {
      readQuery(now);
      narrow();
      openNamed(now);
    },
  };
}

function statusFits(wanted, entry) {
  const status = String(entry.status);
  return /^[0-9x]+$/.test(wanted)
    ? [...wanted].every((digit, at) => digit === 'x' || status[at] === digit)
    : (entry.code ?? '').includes(wanted);
}

function entryText(entry) {
  const { method, path, operation_id, caller, request_id, code, reason, gate, changes } = entry;
  const texts = [method, path, operation_id, caller, request_id, code, reason, gate, faultOf(entry)];
  texts.push(...marksOf(entry).map((each) => each.textContent));
  return [...texts, ...changes.map((each) => each.object)].join(' ').toLowerCase();
}
