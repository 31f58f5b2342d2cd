// Any collection of a world as a table: the record of each object, as the state's document has it, and a form for one.

import { control, inWorld } from '../api.js';
import { fill, h } from '../dom.js';
import { editorOf } from '../editor.js';
import { partOf } from '../objects.js';
import { pagerOf } from '../pager.js';
import { afterChanges, attempt, button, choice, field, idOf, outcome, table } from '../parts.js';
import { replaceQuery } from '../route.js';
import { styled } from '../styles.js';

const LONGEST = 32; // characters of a value in the table

export async function mount(root, { world, query }) {
  const place = outcome();
  const shown = h('div', { class: 'scrolls records' });
  const editing = h('div', {});
  const [{ collections }] = await Promise.all([control('GET', inWorld(world, '/collections')), styled('editor')]);
  const names = collections.map((each) => each.name);
  const chosen = choice(
    collections.map(({ name, count }) => [name, `${name} (${count})`]),
    { value: names.includes(query.get('name')) ? query.get('name') : names[0] },
  );
  const pager = pagerOf(query, changed);
  let turn = 0;
  let edited = null;

  async function refresh() {
    const mine = (turn += 1);
    const found = await partOf(world, chosen.value, pager.asked());
    if (mine !== turn) return;
    fill(shown, tableOf(found, edit));
    pager.show(found.count);
    const [only] = found.objects;
    if (pager.text() && found.count === 1) await show(only);
  }

  /** Show the form of an object; one that stands already keeps what is typed in it. */
  async function show(object) {
    const name = [chosen.value, ...object.key].join('/');
    if (edited === name) return;
    edited = name;
    const made = await editorOf(world, chosen.value, object, refresh);
    if (edited === name) fill(editing, made);
  }

  async function edit(object) {
    edited = null;
    await show(object);
    editing.querySelector('input, select, textarea')?.focus();
  }

  function changed() {
    replaceQuery({ name: chosen.value, ...pager.query() });
    attempt(place, refresh);
  }
  chosen.addEventListener('change', () => {
    edited = null;
    fill(editing);
    pager.again();
    changed();
  });
  fill(
    root,
    h('p', { class: 'lead' }, 'What the world holds, whoever may see it. Values of secrets and keys are not kept.'),
    h(
      'section',
      { 'aria-label': 'Collection' },
      h('div', { class: 'row' }, field('Collection', chosen), pager.made),
      place,
    ),
    editing,
    h('section', { 'aria-label': 'Objects' }, shown),
  );
  await refresh();
  return {
    refresh,
    entry: afterChanges(refresh),
  };
}

/** A value on a line, no longer than a column is wide. */
function shortOf(each) {
  if (each === undefined) return h('span', { class: 'muted' }, '–');
  const text = typeof each === 'string' ? each : JSON.stringify(each);
  return h('code', { title: text }, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

function tableOf({ objects, count }, edit) {
  const fields = [...new Set(objects.flatMap(({ record }) => Object.keys(record)))];
  return table(
    count === 1 ? '1 object' : `${count} objects`,
    ['Key', 'Actions', ...fields],
    objects.map((object) => [
      idOf(object.key.join(' / ')),
      button('Edit', () => edit(object), { of: object.key.at(-1) }),
      ...fields.map((each) => shortOf(object.record[each])),
    ]),
    'There are none.',
  );
}
