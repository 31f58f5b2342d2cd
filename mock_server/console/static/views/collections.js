// Any collection of a world as a table: the record of each object, as the state's document has it.

import { control, inWorld } from '../api.js';
import { fill, h } from '../dom.js';
import { partOf } from '../objects.js';
import { pagerOf } from '../pager.js';
import { afterChanges, attempt, choice, field, idOf, outcome, table, value } from '../parts.js';
import { replaceQuery } from '../route.js';

export async function mount(root, { world, query }) {
  const place = outcome();
  const shown = h('div', { class: 'scrolls' });
  const { collections } = await control('GET', inWorld(world, '/collections'));
  const names = collections.map((each) => each.name);
  const chosen = choice(
    collections.map(({ name, count }) => [name, `${name} (${count})`]),
    { value: names.includes(query.get('name')) ? query.get('name') : names[0] },
  );
  const pager = pagerOf(query, changed);
  let turn = 0;

  async function refresh() {
    const mine = (turn += 1);
    const found = await partOf(world, chosen.value, pager.asked());
    if (mine !== turn) return;
    fill(shown, tableOf(found));
    pager.show(found.count);
  }

  function changed() {
    replaceQuery({ name: chosen.value, ...pager.query() });
    attempt(place, refresh);
  }
  chosen.addEventListener('change', () => {
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
      shown,
    ),
  );
  await refresh();
  return {
    refresh,
    entry: afterChanges(refresh),
  };
}

function tableOf({ objects, count }) {
  const fields = [...new Set(objects.flatMap(({ record }) => Object.keys(record)))];
  return table(
    `${count} objects`,
    ['Key', ...fields],
    objects.map(({ key, record }) => [idOf(key.join(' / ')), ...fields.map((each) => value(record[each]))]),
    'There are none.',
  );
}
