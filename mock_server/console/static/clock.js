// The clock of a world: what it shows, what is due next by it, and buttons that move it.

import { control, inWorld } from './api.js';
import { fill, h } from './dom.js';
import { attempt, badge, button, outcome, when } from './parts.js';

const MOVES = [
  ['+2 s', { advance_seconds: 2 }],
  ['+1 min', { advance_seconds: 60 }],
];
const TICK_MS = 1000;

/** The clock with its buttons; `moved` is called after each change. `stop` ends its ticking. */
export function clockOf(world, moved = () => {}) {
  const now = h('p', {});
  const due = h('p', { class: 'muted' });
  const place = outcome();
  let told = null;
  let since = 0;

  const tell = (answer) => {
    told = answer;
    since = performance.now();
    show();
  };
  const shown = () => Date.parse(told.now) + (told.mode === 'real' ? performance.now() - since : 0);

  function show() {
    const offset = Math.round(told.offset_seconds ?? 0);
    const real = offset ? `real, ${offset > 0 ? '+' : ''}${offset} s` : 'real';
    const frozen = told.mode === 'frozen';
    fill(now, when(frozen ? told.now : new Date(shown()).toISOString()), ' ', badge(frozen ? 'frozen' : real));
    fill(due, told.next ? ['Next: ', h('code', {}, told.next.object), ` ${left()}.`] : 'Nothing is due.');
    step.disabled = !told.next;
  }

  function left() {
    const seconds = (Date.parse(told.next.at) - shown()) / 1000;
    if (seconds < 0) return 'is due';
    return seconds < 120 ? `in ${Math.round(seconds)} s` : `in ${Math.round(seconds / 60)} min`;
  }

  async function refresh() {
    tell(await control('GET', inWorld(world, '/clock')));
  }

  async function set(change) {
    tell(await control('PUT', inWorld(world, '/clock'), change));
    moved();
    return `It is ${told.now} in ${world}${told.mode === 'frozen' ? ', and stays so' : ''}.`;
  }

  const setting = (text, change, props) => button(text, (pressed) => attempt(place, () => set(change), pressed), props);
  const step = setting('To the next step', { advance_steps: 1 });
  const ticking = setInterval(() => {
    if (!document.hidden && told?.mode === 'real') show();
  }, TICK_MS);

  const made = [
    now,
    due,
    h(
      'div',
      { class: 'row', role: 'group', 'aria-label': 'Move the clock' },
      MOVES.map(([text, change]) => setting(text, change)),
      step,
    ),
    h(
      'div',
      { class: 'row' },
      setting('Freeze now', { mode: 'frozen' }),
      setting('Back to real', { mode: 'real' }, { class: 'quiet' }),
    ),
    place,
  ];
  return { made, set, refresh, stop: () => clearInterval(ticking) };
}
