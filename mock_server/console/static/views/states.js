// Provider states: what the control API can bring a world into, by name and parameters, and out of again.

import { control, inWorld } from '../api.js';
import { fill, h } from '../dom.js';
import { attempt, button, choice, copying, field, form, outcome, table, value } from '../parts.js';
import { replaceQuery } from '../route.js';
import { parameterForm } from '../stateform.js';
import { lifeCycles } from '../steps.js';

const made = new Map(); // what this page has set up, by world

export async function mount(root, { world, query }) {
  const { states, life_cycles: steps } = await control('GET', inWorld(world, '/states'));
  const named = (name) => states.find((each) => each.state === name) ?? states[0];
  const which = choice(
    states.map((each) => each.state),
    { value: named(query.get('state')).state },
  );
  const about = h('p', { class: 'muted' });
  const fields = h('div', { class: 'row' });
  const place = outcome();
  const list = h('div', {});
  let read = () => ({});
  let turn = 0;
  const own = () => made.get(world) ?? [];

  async function show() {
    const mine = (turn += 1);
    const state = named(which.value);
    const asked = await parameterForm(world, state.parameters);
    if (mine !== turn) return;
    fill(about, state.description);
    fill(fields, asked.made);
    read = asked.read;
  }
  which.addEventListener('change', () => {
    replaceQuery({ state: which.value });
    attempt(place, show);
  });

  const change = (action, { state, params, values }) =>
    control('POST', inWorld(world, '/states'), { action, state, params, ...(values ? { values } : {}) });

  async function setUp() {
    const asked = { state: which.value, params: read() };
    const values = await change('setup', asked);
    made.set(world, [...own(), { ...asked, values }]);
    await Promise.all([show(), refresh()]);
    return `Set up in ${world}: ${asked.state}.`;
  }

  const back = (each) => (pressed) =>
    attempt(
      place,
      async () => {
        await change('teardown', each);
        made.set(
          world,
          own().filter((other) => other !== each),
        );
        refresh();
        return `Taken back in ${world}: ${each.state}.`;
      },
      pressed,
    );

  function refresh() {
    fill(
      list,
      table(
        'A state is taken back with the parameters and values that it was set up with',
        ['State', 'Parameters', 'Values', 'Actions'],
        own().map((each, at) => [
          each.state,
          pairs(each.params),
          pairs(each.values, true),
          button('Take back', back(each), { of: `${each.state}, ${at + 1}` }),
        ]),
        'None yet.',
      ),
    );
  }

  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      'A state is what no call of the API brings about: what a provider answers, what somebody does elsewhere, what is switched off.',
    ),
    h(
      'section',
      { 'aria-label': 'Provider states' },
      h('h3', {}, 'Bring the world into a state'),
      h('div', { class: 'row' }, field('State', which)),
      about,
      form(setUp, fields, h('button', {}, 'Set up')),
      place,
    ),
    h('section', { 'aria-label': 'Set up' }, h('h3', {}, 'Set up from this page'), list),
    h(
      'section',
      { 'aria-label': 'Life cycles' },
      h('h3', {}, 'Life cycles'),
      h('p', { class: 'muted' }, 'What is held stays where it is until something acts on it.'),
      lifeCycles(steps),
    ),
  );
  await show();
  refresh();
  return {
    refresh: show,
    query: (now) => {
      which.value = named(now.get('state')).state;
      attempt(place, show);
    },
  };
}

function pairs(values, copied = false) {
  const all = Object.entries(values);
  if (!all.length) return h('span', { class: 'muted' }, 'none');
  return all.map(([name, each]) =>
    h(
      'div',
      { class: 'pair' },
      h('span', { class: 'muted' }, name),
      ' ',
      value(each),
      copied ? [' ', copying(String(each), 'Copy', name)] : null,
    ),
  );
}
