// The way to everything by some letters: views, callers and worlds, operations, requests, objects.

import { allWorlds, control, inWorld, loadPersonas } from './api.js';
import { fits, offering } from './combobox.js';
import { loadContract } from './contract.js';
import { h } from './dom.js';
import { whyOf } from './entry.js';
import { icon } from './icons.js';
import { VIEWS } from './navigation.js';
import { nameIn, partOf } from './objects.js';
import { methodOf, pathOf, statusBadge } from './parts.js';
import { href } from './route.js';

const MOST = 6; // of a group
const MOST_REQUESTS = 200;
const SHORTEST = 2; // letters that objects are sought by
const SOON_MS = 120;

/** Open the palette for a world, once. */
export function openPalette(world) {
  if (document.querySelector('.palette')) return;
  const input = h('input', {
    type: 'text',
    spellcheck: 'false',
    'aria-label': 'Search views, operations, requests, objects',
    placeholder: 'Search views, operations, requests, objects',
  });
  const list = h('div', { 'aria-label': 'Found' });
  const dialog = h(
    'dialog',
    { class: 'palette', 'aria-label': 'Search', on: { close: () => dialog.remove() } },
    input,
    list,
    h('p', {}, 'Arrows move, Enter goes there, Escape leaves.'),
  );
  const go = (to) => {
    dialog.close();
    location.hash = to;
  };
  const sources = sourcesOf(world);
  let asked = 0;
  const { open } = offering(input, list, {
    find: async (text) => {
      const mine = (asked += 1);
      if (text) await new Promise((done) => setTimeout(done, SOON_MS));
      if (mine !== asked) return []; // more was typed meanwhile, and what is found is not shown
      return Promise.all(
        sources.map(async ([title, found]) => ({
          title,
          options: (await found(text).catch(() => [])).slice(0, text ? MOST : undefined),
        })),
      );
    },
    choose: ({ to }) => go(to),
    shut: () => dialog.close(),
  });
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  open();
}

/** What is sought in: a title, and what finds options for a text. */
function sourcesOf(world) {
  const once = (load) => {
    let loaded = null;
    return () => (loaded ??= load());
  };
  const contract = once(loadContract);
  const personas = once(loadPersonas);
  const worlds = once(allWorlds);
  const journal = once(() => control('GET', inWorld(world, `/journal?last=${MOST_REQUESTS}`)));
  const collections = once(() => control('GET', inWorld(world, '/collections')));
  const sought = (text, all, textOf) => (text ? all.filter((each) => fits(text, textOf(each))) : []);
  return [
    [
      'Views',
      async (text) =>
        Object.entries(VIEWS)
          .filter(([, title]) => fits(text, title))
          .map((each) => viewOf(world, each)),
    ],
    [
      'Operations',
      async (text) =>
        sought(text, (await contract()).operations, textOfOperation).map((each) => operationOf(world, each)),
    ],
    [
      'Requests',
      async (text) =>
        sought(text, (await journal()).entries.toReversed(), textOfEntry).map((each) => entryOf(world, each)),
    ],
    ['Objects', async (text) => (text.length < SHORTEST ? [] : objectsFor(world, await collections(), text))],
    [
      'Callers',
      async (text) => sought(text, await personas(), (each) => each.name).map((each) => callerOf(world, each)),
    ],
    ['Worlds', async (text) => sought(text, await worlds(), (each) => each.name).map((each) => worldOf(each))],
  ];
}

const viewOf = (world, [name, title]) => ({ to: href(world, name), shown: [icon(name), title] });

const textOfOperation = ({ id, method, path, summary }) => `${method} ${path} ${id} ${summary}`;
const operationOf = (world, { id, method, path }) => ({
  to: href(world, 'contract', { operation: id }),
  shown: [methodOf(method), pathOf(path), h('small', {}, id)],
});

const textOfEntry = ({ id, method, path, status, code, request_id: request, caller }) =>
  `#${id} ${method} ${path} ${status} ${code ?? ''} ${request ?? ''} ${caller ?? ''}`;
const entryOf = (world, entry) => ({
  to: href(world, 'journal', { entry: entry.id }),
  shown: [
    methodOf(entry.method),
    pathOf(entry.path),
    statusBadge(entry.status),
    h('small', {}, `#${entry.id} ${whyOf(entry)}`.trim()),
  ],
});

const callerOf = (world, { name }) => ({ to: href(world, 'callers', { as: name }), shown: [icon('callers'), name] });
const worldOf = ({ name }) => ({ to: href(name, 'worlds'), shown: [icon('worlds'), name] });

/** The objects that hold a text, those first which are called so, and those of the API before what the mock keeps. */
async function objectsFor(world, { collections }, text) {
  const query = new URLSearchParams({ search: text, limit: MOST });
  const parts = await Promise.all(
    collections
      .filter(({ count }) => count)
      .map(async (each) => (await partOf(world, each.name, query)).objects.map((one) => objectOf(world, each, one))),
  );
  const distance = ({ called, resource }) => (fits(text, called) ? 0 : 2) + (resource ? 0 : 1);
  return parts.flat().sort((one, other) => distance(one) - distance(other));
}

function objectOf(world, { name: collection, resource }, { key, record }) {
  const id = key.at(-1);
  const name = nameIn(record) ?? id;
  return {
    called: `${id} ${name}`,
    resource,
    to: placeOf(world, collection, id),
    shown: [icon('collections'), name, h('small', {}, `${collection}/${id}`)],
  };
}

/** The view in which an object is looked at. */
function placeOf(world, collection, id) {
  if (collection === 'workspaces') return href(world, 'workspaces', { workspace: id });
  if (collection === 'packs') return href(world, 'packs', { search: id });
  return href(world, 'collections', { name: collection, search: id });
}
