// Worlds, and the snapshots of the one that is looked at.

import { allWorlds, baseUrl, control, inWorld } from '../api.js';
import { fill, h } from '../dom.js';
import { download } from '../download.js';
import { attempt, button, changesTable, choice, confirmed, field, form, outcome, table, when } from '../parts.js';
import { href } from '../route.js';

const NAME = {
  type: 'text',
  required: true,
  maxlength: 64,
  autocomplete: 'off',
  spellcheck: 'false',
  placeholder: 'checkout-test-7',
};

export async function mount(root, { world, listWorlds }) {
  const worlds = h('div', {});
  const snapshots = h('div', {});
  const diff = h('div', { 'aria-live': 'polite' });
  const here = outcome();
  const there = outcome();

  async function refresh() {
    const [all, kept] = await Promise.all([allWorlds(), control('GET', inWorld(world, '/snapshots'))]);
    fill(worlds, worldsTable(all));
    fill(snapshots, snapshotsTable(kept.snapshots));
    await listWorlds();
  }

  const act = (place, action, pressed) =>
    attempt(
      place,
      async () => {
        const text = await action();
        await refresh();
        return text;
      },
      pressed,
    );

  function worldsTable(all) {
    const nodes = all.some((each) => each.node !== undefined);
    return table(
      'The worlds that were used',
      ['World', ...(nodes ? ['Node'] : []), 'Requests', 'Snapshots', 'Clock', 'Actions'],
      all.map((each) => [
        h('a', { href: href(each.name, 'worlds'), 'aria-current': each.name === world ? 'true' : null }, each.name),
        ...(nodes ? [each.node ?? ''] : []),
        String(each.requests),
        String(each.snapshots),
        [when(each.clock.now), each.clock.mode === 'frozen' ? ' (frozen)' : ''],
        h(
          'div',
          { class: 'row' },
          button(
            'Reset',
            (pressed) =>
              act(
                here,
                async () => {
                  await control('POST', inWorld(each.name, '/reset'));
                  return `${each.name} is as in the beginning. A rewind in its journal undoes that.`;
                },
                pressed,
              ),
            { of: each.name },
          ),
          button(
            'Delete',
            (pressed) =>
              act(
                here,
                async () => {
                  if (!(await confirmed(`Delete the world ${each.name}, its journal and its snapshots?`, 'Delete it')))
                    return 'Nothing was deleted.';
                  await control('DELETE', inWorld(each.name));
                  return each.name === 'default' ? 'default begins anew.' : `${each.name} is gone.`;
                },
                pressed,
              ),
            { of: each.name, class: 'destroys' },
          ),
        ),
      ]),
      '',
    );
  }

  function snapshotsTable(all) {
    return table(
      `Snapshots of ${world}`,
      ['Snapshot', 'Taken, by the world’s clock', 'Actions'],
      all.map((each) => [
        h('code', {}, each.name),
        when(each.taken_at),
        h(
          'div',
          { class: 'row' },
          button('Compare with now', (pressed) => attempt(there, () => compare(each.name), pressed), {
            of: each.name,
          }),
          button(
            'Restore',
            (pressed) =>
              act(
                there,
                async () => {
                  await control('POST', snapshotPath(each.name, '/restore'));
                  fill(diff);
                  return `${world} stands as ${each.name} says.`;
                },
                pressed,
              ),
            { of: each.name },
          ),
          button(
            'Delete',
            (pressed) =>
              act(
                there,
                async () => {
                  if (!(await confirmed(`Delete the snapshot ${each.name} of ${world}?`, 'Delete it')))
                    return 'Nothing was deleted.';
                  await control('DELETE', snapshotPath(each.name));
                  fill(diff);
                  return `The snapshot ${each.name} is gone.`;
                },
                pressed,
              ),
            { of: each.name, class: 'destroys' },
          ),
        ),
      ]),
      'None yet. A snapshot costs nothing: save one before you change things.',
    );
  }

  const snapshotPath = (name, below = '') => inWorld(world, `/snapshots/${encodeURIComponent(name)}${below}`);

  async function compare(name) {
    const { changes } = await control('GET', snapshotPath(name, '/diff'));
    fill(diff, changesTable(changes, `What changed since ${name}`, `Nothing has changed since ${name}.`));
  }

  const newName = h('input', NAME);
  const from = choice([
    ['', 'the seed data'],
    [world, `${world}, as it stands`],
  ]);
  const snapshotName = h('input', { ...NAME, placeholder: 'before-checkout' });
  const file = h('input', { type: 'file', accept: 'application/json,.json', required: true });
  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      'A world is the same mock with data of its own. Its base URL is ',
      h('code', {}, baseUrl(world)),
      '.',
    ),
    h(
      'section',
      { 'aria-label': 'Worlds' },
      h('h3', {}, 'Worlds'),
      worlds,
      here,
      form(
        async () => {
          const name = newName.value.trim();
          if (from.value === '') await control('POST', '/worlds', { name });
          else await control('POST', inWorld(from.value, '/fork'), { name });
          location.hash = href(name, 'worlds');
        },
        field('New world', newName),
        field('Begins as', from),
        h('button', {}, 'Create'),
      ),
    ),
    h(
      'section',
      { 'aria-label': 'Snapshots' },
      h('h3', {}, 'Snapshots'),
      snapshots,
      form(
        async () => {
          const name = snapshotName.value.trim();
          await control('POST', inWorld(world, '/snapshots'), { name });
          snapshotName.value = '';
          await refresh();
          return `Saved ${name}.`;
        },
        field('New snapshot', snapshotName),
        h('button', {}, 'Save'),
      ),
      there,
      diff,
    ),
    h(
      'section',
      { 'aria-label': 'File' },
      h('h3', {}, 'The whole state as a file'),
      h(
        'p',
        {},
        button('Export', async () =>
          download(`${world}.json`, JSON.stringify(await control('GET', inWorld(world, '/state')), null, 2)),
        ),
      ),
      form(
        async () => {
          await control('PUT', inWorld(world, '/state'), new Blob([await file.files[0].arrayBuffer()]));
          await refresh();
          return `${world} stands as ${file.files[0].name} says.`;
        },
        field('State file', file),
        h('button', {}, 'Import'),
      ),
    ),
  );
  await refresh();
  return { refresh };
}
