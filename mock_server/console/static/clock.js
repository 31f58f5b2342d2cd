// The clock of a world: what it shows, what is due by it and when, and buttons that move it.

import { control, inWorld } from './api.js';
import { fill, h } from './dom.js';
import { attempt, badge, button, outcome, when } from './parts.js';
import { href } from './route.js';

const MOVES = [
  ['+2 s', { advance_seconds: 2 }],
  ['+1 min', { advance_seconds: 60 }],
];
const TICK_MS = 1000;
const MOST_DUE = 100;
const MOST_SHOWN = 8;

/**
 * The clock with its buttons, and what is due as a timeline; `moved` is called after each change, `ticked` whenever it
 * shows another time. `dueOf` says what is due of an object. `stop` ends its ticking.
 */
export function clockOf(world, moved = () => {}, ticked = () => {}) {
  const now = h('p', { class: 'clock-now' });
  const due = h('p', { class: 'muted' });
  const list = h('ol', { class: 'timeline', 'aria-label': 'What is due' });
  const place = outcome();
  let told = null;
  let since = 0;

  const tell = (answer) => {
    told = answer;
    since = performance.now();
    showDue();
    show();
  };
  const shown = () => Date.parse(told.now) + (told.mode === 'real' ? performance.now() - since : 0);

  function show() {
    const offset = Math.round(told.offset_seconds ?? 0);
    const real = offset ? `real, ${offset > 0 ? '+' : ''}${offset} s` : 'real';
    const frozen = told.mode === 'frozen';
    fill(now, when(frozen ? told.now : new Date(shown()).toISOString()), ' ', badge(frozen ? 'frozen' : real));
    fill(due, dueText());
    step.disabled = !told.next;
    [...list.children].forEach((item, at) => fill(item.firstChild, left(told.due[at])));
    ticked();
  }

  function dueText() {
    if (!told.next) return 'Nothing is due.';
    const more = told.due.length - MOST_SHOWN;
    const others = more > 0 ? `, and ${more}${told.due.length === MOST_DUE ? ' or more' : ''} that are not shown` : '';
    return ['Next: ', h('code', {}, told.next.object), ` ${left(told.next)}${others}.`];
  }

  function showDue() {
    told.due ??= [];
    fill(list, told.due.slice(0, MOST_SHOWN).map(dueItem));
  }

  function dueItem(each) {
    return h(
      'li',
      { 'data-key': each.object },
      h('span', { class: 'muted' }),
      h('span', {}, objectOf(each.object), each.to ? [' ', stepText(each)] : null),
      setting('Go there', { advance_to: each.at }, { of: each.object, class: 'quiet', title: each.at }),
    );
  }

  function objectOf(object) {
    const [collection, id] = object.split('/');
    return collection === 'workspaces'
      ? h('a', { href: href(world, 'workspaces', { workspace: id }) }, h('code', {}, id))
      : h('code', {}, id);
  }

  function left({ at }) {
    const seconds = (Date.parse(at) - shown()) / 1000;
    if (seconds < 0) return 'is due';
    if (seconds < 120) return `in ${Math.round(seconds)} s`;
    return seconds < 7200 ? `in ${Math.round(seconds / 60)} min` : `in ${Math.round(seconds / 3600)} h`;
  }

  async function refresh() {
    tell(await control('GET', inWorld(world, `/clock?due=${MOST_DUE}`)));
  }

  async function set(change) {
    const answer = await control('PUT', inWorld(world, '/clock'), change);
    await refresh();
    moved();
    return `It is ${answer.now} in ${world}${answer.mode === 'frozen' ? ', and stays so' : ''}.`;
  }

  const setting = (text, change, props) => button(text, (pressed) => attempt(place, () => set(change), pressed), props);
  const step = setting('To the next step', { advance_steps: 1 }, { class: 'primary' });
  const ticking = setInterval(() => {
    if (!document.hidden && told?.mode === 'real') show();
  }, TICK_MS);

  const made = [
    now,
    h(
      'div',
      { class: 'row', role: 'group', 'aria-label': 'Move the clock' },
      step,
      MOVES.map(([text, change]) => setting(text, change)),
      setting('Freeze now', { mode: 'frozen' }),
      setting('Back to real', { mode: 'real' }, { class: 'quiet' }),
    ),
    place,
    due,
    list,
  ];
  const dueOf = (object) => {
    const found = told?.due.find((each) => each.object === object);
    return found && { ...found, left: left(found) };
  };
  return { made, set, refresh, dueOf, stop: () => clearInterval(ticking) };
}

/** A step that is due, in words. */
export function stepText({ from, to }) {
  return [h('span', { class: 'muted' }, `${from} → `), h('strong', {}, to)];
}
