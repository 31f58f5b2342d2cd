// Any collection of a world as a table: the record of each object, as the state's document has it.

import { control, inWorld } from './api.js';
import { fill, h } from './dom.js';
import { attempt, choice, field, opening, outcome, table, value } from './parts.js';

/** All collections, one at a time; read when it is opened. */
export function collections(world) {
  return opening('Every collection', async () => {
    const place = outcome();
    const shown = h('div', {});
    const { collections: known } = await control('GET', inWorld(world, '/collections'));
    const chosen = choice(
      known.map(({ name, count }) => [name, `${name} (${count})`]),
      { value: known[0]?.name },
    );
    const refresh = async () => fill(shown, await tableOf(world, chosen.value));
    chosen.addEventListener('change', () => attempt(place, refresh));
    await refresh();
    return [field('Collection', chosen), place, shown];
  });
}

async function tableOf(world, name) {
  const { objects } = await control('GET', inWorld(world, `/collections?name=${encodeURIComponent(name)}`));
  const fields = [...new Set(objects.flatMap(({ record }) => Object.keys(record)))];
  return table(
    `${objects.length} objects`,
    ['Key', ...fields],
    objects.map(({ key, record }) => [h('code', {}, key.join(' / ')), ...fields.map((each) => value(record[each]))]),
    'There are none.',
  );
}
