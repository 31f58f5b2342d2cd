// What is done to a world from outside: billing, time, what goes wrong; and what a client may ask for by itself.

import { control, inWorld, loadPersonas } from '../api.js';
import { clockOf } from '../clock.js';
import { loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { faults, prefer } from '../faults.js';
import { attempt, badge, button, choice, debounced, field, form, outcome, POSTURES, table, when } from '../parts.js';

export async function mount(root, { world, query }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas()]);
  const parts = [
    billing(world),
    clockWithForms(world),
    faults(world, contract, query),
    prefer(world, contract, query, personas),
  ];
  fill(
    root,
    parts.map((each) => each.made),
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
      table(
        'Create-class operations answer 423 unless the org is active or in a trial',
        ['Org', 'Now', 'Change to'],
        orgs.map((org) => [
          [org.name, ' ', h('code', {}, org.id)],
          [
            badge(org.posture.replace('_', ' '), POSTURES[org.posture]),
            org.trial_ends_at ? [org.posture === 'trial' ? ' until ' : ' since ', when(org.trial_ends_at)] : null,
          ],
          h(
            'div',
            { class: 'segments', role: 'group', 'aria-label': `Billing of ${org.name}` },
            Object.keys(POSTURES).map((posture) =>
              button(posture.replace('_', ' '), (pressed) => attempt(place, () => set(org, posture), pressed), {
                'aria-pressed': String(posture === org.posture),
                'data-key': `${org.id} ${posture}`,
              }),
            ),
          ),
        ]),
        'This world has no orgs.',
      ),
    );
  }

  async function set(org, posture) {
    await control('PUT', inWorld(world, `/orgs/${encodeURIComponent(org.id)}/billing`), { posture });
    await refresh();
    return `${org.id} is ${posture.replace('_', ' ')} in ${world}.`;
  }
  return { made: h('section', { 'aria-label': 'Billing' }, h('h3', {}, 'Billing'), list, place), refresh };
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
  );
  return { made, refresh: clock.refresh, stop: clock.stop };
}
