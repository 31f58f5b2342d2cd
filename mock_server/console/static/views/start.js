// The first view: what a client needs to ask this mock, a request to copy, what came of the last one, what to try next.

import { baseUrl, control, inWorld, loadOrgs, loadPersonas } from '../api.js';
import { IS_OURS } from '../base.js';
import { loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { callerOf, marksOf, whyOf } from '../entry.js';
import { attempt, badge, clockTime, copyField, methodOf, outcome, pathOf, statusBadge } from '../parts.js';
import { roleOf } from '../persona.js';
import { href, replaceQuery } from '../route.js';

export async function mount(root, { world, query, viewer }) {
  const personas = await loadPersonas();
  let orgs = new Map();
  const address = Object.fromEntries(query);
  const credentials = h('div', { class: 'credentials' });
  const request = h(
    'div',
    { class: 'view', 'aria-busy': 'true' },
    h('p', { class: 'muted' }, 'The contract is loading.'),
  );
  const last = h('div', { class: 'view', 'aria-live': 'polite' });
  const next = h('ol', { class: 'next' });
  const persona = () => personas.find((each) => each.name === viewer.value);
  const orgOf = (each) => orgs.get(each.org_id)?.name ?? each.org_id;
  const remember = (change) => {
    Object.assign(address, change);
    replaceQuery(address);
  };
  let showRequest = () => {};

  const showPersona = () => {
    const { name, token, kind, org_id: id } = persona();
    const posture = orgs.get(id)?.posture.replace('_', ' ');
    const what = kind === 'session' ? 'a person' : 'an API key';
    const said = `${name}: ${what} of ${orgOf(persona())}, ${roleOf(persona())}; the org is ${posture}.`;
    fill(credentials, copyField('Base URL', baseUrl(world)), copyField('Token', token));
    fill(about, said, ' ', h('a', { href: href(world, 'callers', { as: name }) }, 'Choose another caller'));
    fill(next, steps());
  };
  viewer.addEventListener('change', () => {
    remember({ as: viewer.value });
    showPersona();
    showRequest();
  });

  const about = h('p', { class: 'muted' });
  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      `A mock of ${IS_OURS ? 'the Evershell control plane' : 'this API'}. Give your client this base URL and this token.`,
    ),
    h('section', { 'aria-label': 'Connect', class: 'connect' }, credentials, about),
    h(
      'div',
      { class: 'columns' },
      h('section', { 'aria-label': 'Request' }, h('h3', {}, 'A request'), request),
      h(
        'div',
        { class: 'view' },
        h('section', { 'aria-label': 'Last request' }, h('h3', {}, 'The last request of this world'), last),
        h('section', { 'aria-label': 'Next' }, h('h3', {}, 'Try next'), next),
      ),
    ),
  );

  function steps() {
    const org = orgOf(persona());
    const link = (view, text, to) => h('a', { href: href(world, view, to) }, text);
    return [
      ['Send the request from your own code, or from here. ', link('contract', 'Change what it sends'), '.'],
      [link('journal', 'See it in the journal'), ': both messages, what refused it, what it changed.'],
      [link('simulate', `Make ${org} past due`), ' and change a pack: that is a 423.'],
      [link('worlds', 'Give each test a world'), ' by a base URL of its own: ', h('code', {}, baseUrl('my-test')), '.'],
      [
        'Have types and a client in a front end: ',
        h('code', {}, `npm install ${location.origin}/_mock/client.tgz`),
        '.',
      ],
    ].map((each) => h('li', {}, each));
  }

  function showLast(entry) {
    if (!entry) {
      fill(last, h('p', { class: 'muted' }, 'There was no request yet. It appears here when it comes.'));
      return;
    }
    const told =
      entry.gate && !entry.faults.length
        ? ['Refused by ', badge(entry.gate, 'warn'), ' ', entry.reason]
        : whyOf(entry) || 'It changed nothing.';
    fill(
      last,
      h('p', {}, methodOf(entry.method), ' ', pathOf(entry.path), ' ', statusBadge(entry.status, entry.code)),
      h('p', {}, told),
      h(
        'p',
        { class: 'muted' },
        clockTime(entry.time),
        ` · ${callerOf(entry)}`,
        marksOf(entry).map((each) => [' ', each]),
        ' · ',
        h('a', { href: href(world, 'journal', { entry: entry.id }) }, 'In the journal'),
      ),
    );
  }

  async function refresh() {
    const [known, { entries }] = await Promise.all([
      loadOrgs(world),
      control('GET', inWorld(world, '/journal?last=1')),
    ]);
    orgs = known;
    showPersona();
    showLast(entries[0]);
  }

  /** The contract is many times what else this view needs: it is there without it, and shows requests once it has come. */
  async function offer() {
    const [contract, { packs }] = await Promise.all([
      loadContract(),
      IS_OURS ? control('GET', inWorld(world, `/packs?viewer=${encodeURIComponent(persona().org_id)}`)) : { packs: [] },
    ]);
    const { requestOf } = await import('../request.js');
    const offered = requestOf(contract, { world, query, packs, persona, remember });
    fill(request, offered.made);
    showRequest = offered.show;
    showRequest();
  }

  await refresh();
  const offered = offer()
    .catch((problem) => attempt(failed(request), () => Promise.reject(problem)))
    .finally(() => request.removeAttribute('aria-busy'));
  return { refresh, entry: showLast, offered };
}

function failed(place) {
  const said = outcome();
  fill(place, said);
  return said;
}
