// The way to the views, in groups: each view with its icon, and the parts of the one that is looked at below it.

import { IS_OURS } from './base.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { href } from './route.js';

const ALL = {
  Start: { start: 'Connect', callers: 'Who am I', contract: 'Contract' },
  Objects: { workspaces: 'Workspaces', packs: 'Packs', settings: 'Settings', collections: 'Collections' },
  Traffic: { journal: 'Journal', audit: 'Audit', coverage: 'Coverage' },
  Simulate: { simulate: 'Billing, clock, faults', states: 'States', worlds: 'Worlds' },
};
const OF_OURS = ['workspaces', 'packs', 'settings', 'audit', 'states'];
const GROUPS = IS_OURS ? ALL : withoutViews(ALL, OF_OURS); // another API has other objects
const RENAMED = { levers: 'simulate', state: 'packs' }; // so that old links lead there

/** The title of each view. */
export const VIEWS = Object.assign({}, ...Object.values(GROUPS));
export const FIRST = Object.keys(VIEWS)[0];

/** The groups without some views, and without the groups that have no other. */
function withoutViews(groups, names) {
  const left = Object.entries(groups).map(([group, views]) => [
    group,
    Object.fromEntries(Object.entries(views).filter(([view]) => !names.includes(view))),
  ]);
  return Object.fromEntries(left.filter(([, views]) => Object.keys(views).length));
}

/** The present name of a view; null where there is none of this name. */
export function viewNamed(name) {
  const view = Object.hasOwn(RENAMED, name) ? RENAMED[name] : name;
  return Object.hasOwn(VIEWS, view) ? view : null;
}

const side = document.getElementById('side');

/** Show the groups and their views, the present one marked. */
export function showNavigation(world, view) {
  const items = (views) => Object.entries(views).map(([name, title]) => viewItem(name, title, world, name === view));
  const groups = Object.entries(GROUPS).map(([group, views]) =>
    h('li', { class: 'group' }, h('span', { id: `group-${group}` }, group), listOf(`group-${group}`, items(views))),
  );
  fill(side, h('ul', {}, groups));
}

const listOf = (labelledBy, items) => h('ul', { 'aria-labelledby': labelledBy }, items);

function viewItem(name, title, world, present) {
  const link = h('a', { href: href(world, name), 'aria-current': present ? 'page' : null }, icon(name), title);
  return h('li', {}, link);
}

/** Show links to the parts of the present view below it, [text, address, whether it is the present one]. */
export function showParts(name, links) {
  const view = side.querySelector('[aria-current]');
  if (!view) return;
  const several = links.length > 1;
  view.setAttribute('aria-current', several ? 'true' : 'page');
  const before = document.getElementById('views');
  if (!several) {
    before?.remove();
    return;
  }
  const list = before ?? h('ul', { id: 'views' });
  list.setAttribute('aria-label', name);
  const part = ([text, to, present]) =>
    h('li', {}, h('a', { href: to, 'aria-current': present ? 'page' : null }, text));
  fill(list, links.map(part));
  if (!before) view.parentElement.append(list);
}
