// The settings of an org by resource: the list as the chosen persona gets it, and what it does not show, and why.

import { asked, jsonOf, told } from '../answers.js';
import { control, inWorld, loadPersonas, readShown } from '../api.js';
import { loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { fieldsOf } from '../events.js';
import { kindOf } from '../life.js';
import { listsOf, pathOf } from '../lists.js';
import { nameIn, partOf } from '../objects.js';
import { PAGE, pagerOf } from '../pager.js';
import { afterChanges, attempt, badge, check, opening, outcome, prose, table, when } from '../parts.js';
import { objectOf, reasonOf } from '../reasons.js';
import { href, replaceQuery } from '../route.js';

const MOST = 1000; // objects of which it is said why they are not shown
const TIMES = ['created_at', 'invited_at'];

export async function mount(root, { world, query, viewer, parts }) {
  const [contract, personas, { collections }] = await Promise.all([
    loadContract(),
    loadPersonas(),
    control('GET', inWorld(world, '/collections')),
  ]);
  const lists = listsOf(contract);
  const persona = () => personas.find((each) => each.name === viewer.value);
  const switches = h('div', { class: 'row' });
  const place = outcome();
  const about = h('div', { class: 'view' });
  const kept = h('section', { 'aria-label': 'Not shown' });
  const pager = pagerOf(query, remember);
  const heading = h('h3', {});
  const rows = h('div', { class: 'view' });
  let list = null;
  let turn = 0;
  const on = () => [...switches.querySelectorAll('input:checked')].map((each) => each.name);

  function follow(now) {
    list = lists.find((each) => each.operation.tag === now.get('of')) ?? lists[0];
    fill(
      switches,
      list.switches.map(({ name }) => check(name, now.get(name) === 'true', remember)),
    );
    fill(about, h('h3', {}, list.title), h('p', { class: 'muted' }, prose(list.operation.description)));
    showParts();
  }

  function showParts() {
    const link = (each) => [each.title, href(world, 'settings', { of: each.operation.tag }), each === list];
    parts('Settings', lists.map(link));
  }

  function remember() {
    const asking = Object.fromEntries(on().map((name) => [name, 'true']));
    replaceQuery({ of: list.operation.tag, as: viewer.value, ...asking, ...pager.query() });
    attempt(place, refresh);
  }
  viewer.addEventListener('change', remember);

  async function refresh() {
    const mine = (turn += 1);
    const asking = new URLSearchParams(on().map((name) => [name, 'true'])).toString();
    const request = { method: 'GET', path: pathOf(list, persona()) + (asking ? `?${asking}` : '') };
    const of = list;
    const collection = collections.find((each) => each.resource === list.resource);
    const [answer, { objects, count }] = await Promise.all([
      readShown(world, { ...request, token: persona().token }),
      partOf(world, collection.name, `limit=${MOST}`),
    ]);
    if (mine !== turn) return;
    const items = answer.ok ? jsonOf(answer)[of.key] : [];
    const names = new Set(items.map((each) => each.id ?? each.name));
    const all = objects.map((each) => objectOf(each, persona(), names));
    showItems(items, count, request, answer, collection.name);
    showKept(
      all.filter((each) => !each.shown),
      { persona: persona(), list: of, answer, on: on(), count },
    );
  }

  function showItems(items, count, request, answer, collection) {
    const line = h('p', { class: 'muted' }, asked(request, answer));
    if (!answer.ok) told(line, request, answer);
    const sought = pager.text().toLowerCase();
    const found = sought ? items.filter((each) => JSON.stringify(each).toLowerCase().includes(sought)) : items;
    fill(heading, `Shown to ${viewer.value}`);
    fill(
      rows,
      line,
      answer.ok
        ? table(
            `${items.length} of the ${count} that the world has`,
            ['Object', 'What it is', 'Since', 'Fields', 'Actions'],
            pager.part(found).map((each) => {
              const name = each.id ?? each.name;
              const edit = href(world, 'collections', { name: collection, search: name });
              return rowOf(
                each,
                list.item,
                contract.resolve,
                h('a', { href: edit, 'aria-label': `Edit: ${name}` }, 'Edit'),
              );
            }),
            items.length ? 'Nothing is found.' : 'The list is empty.',
          )
        : null,
    );
    pager.show(found.length);
  }

  function showKept(objects, context) {
    const reasons = new Map();
    for (const each of objects) {
      const [word, why] = reasonOf(each, context);
      const alike = reasons.get(word) ?? { why: new Set(), objects: [], foreign: each.org !== context.persona.org_id };
      alike.why.add(why);
      alike.objects.push(each);
      reasons.set(word, alike);
    }
    const groups = [...reasons].sort(([, one], [, other]) => one.foreign - other.foreign);
    fill(
      kept,
      h('h3', {}, `Not shown to ${viewer.value}`),
      context.count > MOST ? h('p', { class: 'muted' }, `Of the first ${MOST} that the world has.`) : null,
      groups.length ? groups.map(([word, group]) => keptGroup(word, group)) : h('p', { class: 'empty' }, 'Nothing.'),
    );
  }

  fill(
    root,
    about,
    h('section', { 'aria-label': 'Viewer' }, switches, place),
    h(
      'div',
      { class: 'columns' },
      h('section', { 'aria-label': 'Shown' }, heading, h('div', { class: 'row' }, pager.made), rows),
      kept,
    ),
  );
  follow(query);
  await refresh();
  return {
    refresh,
    query: (now) => {
      pager.again();
      follow(now);
      attempt(place, refresh);
    },
    entry: afterChanges(refresh),
  };
}

/** The cells of an item: its name, its fields of few values as badges, its time, and the rest. */
function rowOf(item, schema, resolve, edit) {
  const name = nameIn(item) ?? item.id;
  const words = Object.entries(item).filter(([field]) => resolve(schema.properties?.[field]).enum);
  const time = TIMES.map((field) => item[field]).find(Boolean);
  return [
    [h('strong', {}, name), item.id && item.id !== name ? [h('br'), h('code', {}, item.id)] : null],
    h(
      'span',
      { class: 'words' },
      words.map(([field, word]) => [badge(word, kindOf(word), field), ' ']),
      item.user_id ? badge('personal', 'warn', `Of ${item.user_id}`) : null,
      item.archived_at ? badge('archived', 'warn') : null,
      item.accepted_at === null ? badge('pending', 'warn') : null,
    ),
    time ? when(time, 'short') : '',
    opening('Show', () => fieldsOf(item), { 'aria-label': `Fields of ${name}` }),
    edit,
  ];
}

function keptGroup(word, { why, objects, foreign }) {
  const rows = () =>
    table(
      objects.length > PAGE ? `The first ${PAGE} of ${objects.length}` : `${objects.length} of them`,
      foreign ? ['Object', 'Org'] : ['Object'],
      objects
        .slice(0, PAGE)
        .map(({ id, name, org }) => [
          [h('strong', {}, name), ' ', name === id ? null : h('code', {}, id)],
          ...(foreign ? [h('code', {}, org)] : []),
        ]),
      '',
    );
  return h(
    'div',
    { class: 'view' },
    h('p', {}, badge(word, 'warn'), ' ', [...why].join(' ')),
    foreign ? opening(`${objects.length} of other orgs`, rows) : rows(),
  );
}
