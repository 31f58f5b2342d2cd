// The events of an org as the chosen persona gets them: filtered, page by page, and counted.

import { asked, jsonOf, told } from '../answers.js';
import { loadPersonas, readShown } from '../api.js';
import { loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { eventRow, EVENT_COLUMNS, statisticsTable } from '../events.js';
import { attempt, button, debounced, form, outcome, table, tableRow } from '../parts.js';
import { columnsOf, filterRows, parameterFields } from '../queries.js';
import { replaceQuery } from '../route.js';

const WINDOW = ['from', 'to'];
const OF_LIST = ['order', 'limit'];
const SHORT_PAGE = '20'; // what one looks at; the API has more on a page
const OF_COUNT = ['group_by', 'time_bucket', 'bucket_by', 'metric', 'top'];

export async function mount(root, { world, query, viewer }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas()]);
  const [listing, counting] = ['audit.list', 'audit.stats'].map((id) =>
    contract.operations.find((each) => each.id === id),
  );
  const filters = filterRows(columnsOf(listing));
  const between = parameterFields(listing, WINDOW);
  const paged = parameterFields(listing, OF_LIST);
  const counted = parameterFields(counting, OF_COUNT);
  const events = h('div', { class: 'view' });
  const counts = h('div', { class: 'view', 'aria-live': 'polite' });
  let pages = 0;
  let turn = 0;

  const common = () => [...filters.read().map((text) => ['filter', text]), ...between.read()];
  function set(now) {
    filters.set(now.getAll('filter'));
    for (const each of [between, paged, counted]) each.set(now);
    if (!now.has('limit')) paged.set(new URLSearchParams([...now, ['limit', SHORT_PAGE]]));
  }

  /** Ask an operation as the persona; return the answer and the request. */
  async function ask(operation, pairs) {
    const text = new URLSearchParams(pairs).toString();
    const request = { method: 'GET', path: operation.path + (text ? `?${text}` : '') };
    const { token } = personas.find((each) => each.name === viewer.value);
    return [await readShown(world, { ...request, token }), request];
  }

  function remember() {
    const rest = Object.fromEntries([...between.read(), ...paged.read(), ...counted.read()]);
    replaceQuery({ as: viewer.value, filter: filters.read(), ...rest });
  }

  async function list() {
    const mine = (turn += 1);
    const pairs = [...common(), ...paged.read()];
    const [got, request] = await ask(listing, pairs);
    if (mine !== turn) return;
    if (!got.ok) {
      told(events, request, got);
      return;
    }
    pages = 1;
    const body = jsonOf(got);
    const rows = table('Events, page by page', EVENT_COLUMNS, body.events.map(eventRow), 'There are none.');
    fill(events, h('p', { class: 'muted' }, asked(request, got)), rows, following(pairs, rows, body));
  }

  /** How many events are shown, and a button for the next page where there may be one. */
  function following(pairs, rows, { events: page, cursor }, before = 0) {
    const count = before + page.length;
    const place = outcome();
    const line = h('p', { class: 'muted' }, `${count} shown. `, cursor ? null : 'There are no more.');
    const next = button('Next page', (pressed) =>
      attempt(
        place,
        async () => {
          const [got, request] = await ask(listing, [...pairs, ['cursor', cursor]]);
          if (!got.ok) return told(place, request, got);
          pages += 1;
          const body = jsonOf(got);
          rows.querySelector('tbody').append(...body.events.map((each) => tableRow(EVENT_COLUMNS, eventRow(each))));
          bottom.replaceWith(following(pairs, rows, body, count));
          return null;
        },
        pressed,
      ),
    );
    const bottom = h('div', { class: 'view', 'aria-live': 'polite' }, line, cursor ? h('div', {}, next) : null, place);
    return bottom;
  }

  async function count() {
    const [got, request] = await ask(counting, [...common(), ...counted.read()]);
    if (!got.ok) told(counts, request, got);
    else fill(counts, h('p', { class: 'muted' }, asked(request, got)), statisticsTable(jsonOf(got).buckets));
  }

  const both = async () => {
    remember();
    fill(counts);
    await list();
  };
  viewer.addEventListener('change', both);

  fill(
    root,
    h(
      'section',
      { 'aria-label': 'Query' },
      filters.made,
      form(both, between.made, paged.made, h('button', {}, 'List')),
    ),
    h(
      'section',
      { 'aria-label': 'Statistics' },
      h('h3', {}, 'Statistics of these events'),
      form(
        async () => {
          remember();
          await count();
        },
        counted.made,
        h('button', {}, 'Count'),
      ),
      counts,
    ),
    h('section', { 'aria-label': 'Events' }, h('h3', {}, 'Events'), events),
  );
  set(query);
  await list();
  if (counted.read().length) await count();
  const soon = debounced(list);
  return {
    refresh: list,
    query: (now) => {
      set(now);
      attempt(outcome(), list);
    },
    entry: (entry) => {
      if (entry.changes.length && pages < 2) soon(); // who has turned pages keeps them
    },
  };
}
