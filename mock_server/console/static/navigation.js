// The way to the views, on two levels: groups, and the views of the one that is looked at.

import { IS_OURS } from './base.js';
import { fill, h } from './dom.js';
import { href } from './route.js';

const ALL = {
  Start: { start: 'Connect', callers: 'Who am I', contract: 'Contract' },
  Work: { workspaces: 'Workspaces' },
  Library: { packs: 'Packs', collections: 'Collections' },
  Settings: { settings: 'Settings' },
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

/** Show the groups, and the views of the one that the present view is in. */
export function showNavigation(world, view) {
  const groups = Object.entries(GROUPS).map(([group, views]) => [group, Object.keys(views), views]);
  const [name, , views] = groups.find(([, each]) => each.includes(view));
  fill(
    document.getElementById('groups'),
    groups.map(([group, [first]]) => item(group, href(world, first), group === name && 'true')),
  );
  const several = Object.keys(views).length > 1;
  const links = Object.entries(views).map(([each, text]) => [text, href(world, each), each === view]);
  showParts(name, several ? links : []);
}

/** Show links of the second level, [text, address, whether it is the present one], under the name of their group. */
export function showParts(group, links) {
  const list = document.getElementById('views');
  list.setAttribute('aria-label', group);
  list.hidden = !links.length;
  fill(
    list,
    links.map(([text, to, present]) => item(text, to, present && 'page')),
  );
}

function item(text, to, present) {
  return h('li', {}, h('a', { href: to, 'aria-current': present || null }, text));
}
