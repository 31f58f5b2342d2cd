// Any collection of a world as a table: the record of each object, as the state's document has it.

import { control, inWorld } from '../api.js';
import { fill, h } from '../dom.js';
import { objectsIn } from '../objects.js';
import { afterChanges, attempt, choice, field, outcome, table, value } from '../parts.js';
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
  const refresh = async () => fill(shown, await tableOf(world, chosen.value));
  chosen.addEventListener('change', () => {
    replaceQuery({ name: chosen.value });
    attempt(place, refresh);
  });
  fill(
    root,
    h('p', { class: 'lead' }, 'What the world holds, whoever may see it. Values of secrets and keys are not kept.'),
    h('section', { 'aria-label': 'Collection' }, h('div', { class: 'row' }, field('Collection', chosen)), place, shown),
  );
  await refresh();
  return {
    refresh,
    entry: afterChanges(refresh),
  };
}

async function tableOf(world, name) {
  const objects = await objectsIn(world, name);
  const fields = [...new Set(objects.flatMap(({ record }) => Object.keys(record)))];
  return table(
    `${objects.length} objects`,
    ['Key', ...fields],
    objects.map(({ key, record }) => [h('code', {}, key.join(' / ')), ...fields.map((each) => value(record[each]))]),
    'There are none.',
  );
}
