// Where agents work: the workspaces that a persona is shown as cards, and beside them the clock and what happens.

import { actionsOf } from '../actions.js';
import { asked, jsonOf, told } from '../answers.js';
import { control, inWorld, loadPersonas, readShown } from '../api.js';
import { clockOf } from '../clock.js';
import { filled, loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { feedOf } from '../feed.js';
import { nameIn } from '../objects.js';
import { afterChanges, attempt, button, check, debounced, outcome } from '../parts.js';
import { href, replaceQuery } from '../route.js';
import { styled } from '../styles.js';
import { cardOf } from '../workspace.js';

const PAGE = 24;
const LATEST = 20;
const NEEDED = ['workspaces.list', 'workspaces.get', 'tasks.list', 'activity.stream'];
const ARCHIVED = 'include_archived';
const HOME = 'workspaces';

export async function mount(root, { world, query, viewer, parts }) {
  const [contract, personas, { collections }, { life_cycles: steps }] = await Promise.all([
    loadContract(),
    loadPersonas(),
    control('GET', inWorld(world, '/collections')),
    control('GET', inWorld(world, '/states')),
    styled('simulate'),
  ]);
  const served = (id) => contract.operations.find((each) => each.id === id);
  const missing = NEEDED.filter((id) => !served(id));
  if (missing.length) {
    fill(root, h('p', { class: 'empty' }, `The contract that this mock serves has no ${missing.join(', no ')}.`));
    return {};
  }
  const below = contract.operations.filter((each) => isBelow(each));
  const ofOrg = contract.operations.filter((each) => isWrite(each) && !pathOf(each).length && isOfTag(below, each.tag));
  const persona = () => personas.find((each) => each.name === viewer.value);
  const withArchived = check(ARCHIVED, query.get(ARCHIVED) === 'true', () => {
    remember();
    attempt(place, read);
  });
  const archived = () => withArchived.querySelector('input').checked;
  const place = outcome();
  const title = h('h3', {});
  const line = h('p', { class: 'muted' });
  const grid = h('div', { class: 'grid' });
  const more = h('div', {});
  const stale = new Set(); // workspaces whose tasks are to be read; null: all of them
  const tasks = new Map();
  let cards = new Map();
  let only = null;
  let most = PAGE;
  let reading = null;

  const soon = debounced(read);
  const done = (id) => {
    if (id) stale.add(id);
    soon();
  };
  const feed = feedOf(world, (event) => {
    stale.add(event && event.workspace_id);
    soon();
  });
  const clock = clockOf(world, soon, () => cards.forEach((each) => each.tick()));
  const roles = new Map(); // their names by their ids
  const context = { world, contract, collections, persona, steps, done };
  const making = actionsOf({ ...context, path: {}, of: 'the org', home: HOME });
  making.show(ofOrg);

  /** Read what is stale, once at a time. */
  function read() {
    reading ??= (async () => {
      try {
        do await readOnce();
        while (stale.size);
      } finally {
        reading = null;
      }
    })();
    return reading;
  }

  const ask = (operation, path, query = '') => {
    const request = { method: 'GET', path: filled(operation, path) + query };
    return readShown(world, { ...request, token: persona().token }).then((got) => [got, request]);
  };

  async function readRole(id) {
    const found = await control('GET', inWorld(world, `/collections/roles/${encodeURIComponent(id)}`)).catch(
      () => null,
    );
    roles.set(id, (found && nameIn(found.record)) ?? id);
  }

  async function readOnce() {
    const [who, one, ids] = [viewer.value, only, [...stale]];
    stale.clear();
    const [got, request] = await (one
      ? ask(served('workspaces.get'), { id: one })
      : ask(served('workspaces.list'), {}, archived() ? `?${ARCHIVED}=true` : ''));
    const found = !got.ok ? [] : one ? [jsonOf(got)] : jsonOf(got).workspaces.reverse();
    const seen = found.slice(0, most);
    const wanted = seen.filter((each) => ids.includes(null) || ids.includes(each.id) || !tasks.has(each.id));
    const lists = await Promise.all(wanted.map((each) => ask(served('tasks.list'), { id: each.id })));
    const unknown = new Set(seen.map((each) => each.role_id).filter((id) => !roles.has(id)));
    await Promise.all([clock.refresh(), ...[...unknown].map(readRole)]);
    if (who !== viewer.value || one !== only) return; // somebody else is asked about by now
    wanted.forEach((each, at) => tasks.set(each.id, lists[at][0].ok ? jsonOf(lists[at][0]) : []));
    fill(title, `Shown to ${who}`);
    const others = h('a', { href: href(world, 'settings', { of: HOME, as: who }) }, 'What is not shown, and why');
    if (got.ok) fill(line, asked(request, got), ' ', found.length ? '' : 'There is none. ', others);
    else told(line, request, got);
    showCards(seen);
    fill(more, found.length > most ? button(`Show ${found.length - most} more`, () => showMore()) : null);
  }

  function showMore() {
    most += PAGE;
    attempt(place, read);
  }

  function showCards(seen) {
    const before = cards;
    cards = new Map(seen.map(({ id }) => [id, before.get(id) ?? newCard(id)]));
    for (const each of seen) cards.get(each.id).show(each, tasks.get(each.id));
    for (const [id, card] of before) if (!cards.has(id)) card.made.remove();
    [...cards.values()].forEach(
      ({ made }, at) => grid.children[at] !== made && grid.insertBefore(made, grid.children[at]),
    );
  }

  const newCard = (id) =>
    cardOf(id, {
      ...context,
      operations: below,
      path: { id },
      dueOf: clock.dueOf,
      nameOf: (role) => roles.get(role) ?? role,
      whole: only !== null,
      link: only === null ? href(world, HOME, { workspace: id, as: viewer.value }) : null,
    });

  function follow(now) {
    only = now.get('workspace');
    withArchived.hidden = only !== null;
    const link = (text, to) => [text, href(world, HOME, to), (to.workspace ?? null) === only];
    parts('Work', [link('Workspaces', {}), ...(only ? [link(only, { workspace: only })] : [])]);
    return begin();
  }

  /** Forget what another persona was shown, or of another part, and follow what this one is. */
  function begin() {
    tasks.clear();
    cards = new Map();
    fill(grid);
    const ofOne = only && served('activity.stream_for_workspace');
    const stream = ofOne || served('activity.stream');
    const listed = only && served('activity.list');
    return feed.show({
      path: filled(stream, { id: only }),
      token: persona().token,
      workspace: only,
      before: listed && `${filled(listed, { id: only })}?limit=${LATEST}`,
    });
  }

  async function refresh() {
    stale.add(null);
    await read();
  }

  function remember() {
    replaceQuery({ as: viewer.value, workspace: only, [ARCHIVED]: archived() ? 'true' : null });
  }

  viewer.addEventListener('change', () => {
    remember();
    attempt(place, () => begin().then(refresh));
  });

  fill(
    root,
    h('section', { 'aria-label': 'Viewer' }, withArchived, ofOrg.length ? making.made : null, place),
    h(
      'div',
      { class: 'work' },
      h('section', { 'aria-label': 'Workspaces' }, title, line, grid, more),
      h(
        'div',
        { class: 'view beside' },
        h('section', { 'aria-label': 'Clock' }, h('h3', {}, 'Clock'), clock.made),
        h('section', { 'aria-label': 'Feed' }, feed.made),
      ),
    ),
  );
  await follow(query);
  await refresh();
  return {
    refresh,
    query: (now) => {
      attempt(place, () => follow(now).then(refresh));
    },
    entry: afterChanges(read),
    unmount: () => {
      clock.stop();
      feed.stop();
    },
  };
}

const isWrite = (operation) => operation.method !== 'GET';
const pathOf = (operation) => operation.parameters.filter((each) => each.in === 'path');
const isOfTag = (operations, tag) => operations.some((each) => each.tag === tag) || tag === HOME;

/** Whether an operation changes something in one workspace, which its path names alone. */
function isBelow(operation) {
  const named = pathOf(operation);
  return isWrite(operation) && named.length === 1 && named[0]['x-resource']?.name === 'workspace';
}
