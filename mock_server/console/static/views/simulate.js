// What is done to a world from outside: billing, time, what goes wrong; and what a client may ask for by itself.

import { control, inWorld, loadPersonas } from '../api.js';
import { clockOf } from '../clock.js';
import { loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { faults, prefer } from '../faults.js';
import { attempt, badge, choice, debounced, field, form, outcome, POSTURES, when } from '../parts.js';
import { styled } from '../styles.js';

export async function mount(root, { world, query }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas(), styled('simulate')]);
  const parts = [
    billing(world),
    clockWithForms(world),
    faults(world, contract, query),
    prefer(world, contract, query, personas),
  ];
  const [bills, clock, wrong, asking] = parts.map((each) => each.made);
  fill(
    root,
    h(
      'div',
      { class: 'work' },
      h('div', { class: 'view' }, wrong, asking),
      h('div', { class: 'view beside' }, clock, bills),
    ),
  );
  const refresh = async () => {
    await Promise.all(parts.map((each) => each.refresh?.()));
  };
  await refresh();
  const soon = debounced(parts[2].refresh);
  return {
    refresh,
    entry: (entry) => {
      if (entry.faults.length) soon();
    },
    unmount: parts[1].stop,
  };
}

function billing(world) {
  const list = h('div', {});
  const place = outcome();

  async function refresh() {
    const { orgs } = await control('GET', inWorld(world, '/orgs'));
    fill(
      list,
      orgs.length
        ? h('ul', { class: 'bills' }, orgs.map(billOf))
        : h('p', { class: 'empty' }, 'This world has no orgs.'),
    );
  }

  function billOf(org) {
    const standing = org.posture === 'active' ? null : badge(wordOf(org.posture), POSTURES[org.posture]);
    return h(
      'li',
      {},
      h(
        'div',
        {},
        h('strong', {}, org.name),
        ' ',
        standing,
        h('div', { class: 'muted' }, h('code', {}, org.id), trialOf(org)),
      ),
      postureOf(org),
    );
  }

  function postureOf(org) {
    const select = choice(
      Object.keys(POSTURES).map((posture) => [posture, wordOf(posture)]),
      { value: org.posture, 'aria-label': `Billing of ${org.name}` },
    );
    select.addEventListener('change', () => attempt(place, () => set(org, select.value)));
    return select;
  }

  async function set(org, posture) {
    await control('PUT', inWorld(world, `/orgs/${encodeURIComponent(org.id)}/billing`), { posture });
    await refresh();
    return `${org.id} is ${wordOf(posture)} in ${world}.`;
  }
  return {
    made: h(
      'section',
      { 'aria-label': 'Billing' },
      h('h3', {}, 'Billing'),
      h('p', { class: 'muted' }, 'Create-class operations answer 423 unless the org is active or in a trial.'),
      list,
      place,
    ),
    refresh,
  };
}

const wordOf = (posture) => posture.replace('_', ' ');

function trialOf({ posture, trial_ends_at: ends }) {
  return ends ? [posture === 'trial' ? ' until ' : ' since ', when(ends, 'short')] : null;
}

function clockWithForms(world) {
  const clock = clockOf(world);
  const at = h('input', { type: 'datetime-local', step: '1' });
  const by = h('input', { type: 'number', value: '1', step: 'any', required: true });
  const unit = choice([
    ['86400', 'days'],
    ['3600', 'hours'],
    ['60', 'minutes'],
    ['1', 'seconds'],
  ]);
  const made = h(
    'section',
    { 'aria-label': 'Clock' },
    h('h3', {}, 'Clock'),
    clock.made,
    h(
      'details',
      {},
      h('summary', {}, 'To another time'),
      form(
        () => clock.set({ mode: 'frozen', now: new Date(at.value).toISOString() }),
        field('Freeze at, local time', ((at.required = true), at)),
        h('button', {}, 'Freeze'),
      ),
      form(
        () => clock.set({ advance_seconds: Number(by.value) * Number(unit.value) }),
        field('Move by, negative: back', by),
        field('Unit', unit),
        h('button', {}, 'Move'),
      ),
    ),
  );
  return { made, refresh: clock.refresh, stop: clock.stop };
}
