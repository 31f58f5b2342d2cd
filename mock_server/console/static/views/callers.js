// Who one is: the persona that is chosen, its credentials and snippets, and everybody else whom one can be.

import { baseUrl, control, inWorld, loadOrgs, loadPersonas } from '../api.js';
import { IS_OURS } from '../base.js';
import { fill, h } from '../dom.js';
import {
  attempt,
  badge,
  button,
  choice,
  copyField,
  copyIcon,
  field,
  form,
  opening,
  outcome,
  POSTURES,
  snippet,
  when,
} from '../parts.js';
import { chosen, roleOf } from '../persona.js';
import { href, replaceQuery } from '../route.js';
import { snippetsOf } from '../snippets.js';

export async function mount(root, { world, query, viewer, say }) {
  const you = h('div', {});
  const list = h('div', { class: 'view' });
  const search = h('input', { type: 'search', value: query.get('q') ?? '', autocomplete: 'off', spellcheck: 'false' });
  let asked = query;
  let items = [];
  let known = null;
  search.addEventListener('input', () => {
    replaceQuery({ as: asked.get('as'), q: search.value });
    narrow();
  });

  viewer.addEventListener('change', () => {
    asked = new URLSearchParams({ as: viewer.value, q: search.value });
    replaceQuery(asked);
    show();
  });

  fill(
    root,
    you,
    h(
      'section',
      { 'aria-label': 'Everybody' },
      h('h3', {}, 'Choose another caller'),
      field('Find', search, 'A part of a name, a role, a scope or an org.'),
      list,
    ),
    customCaller(world),
  );

  async function refresh() {
    const [personas, orgs] = await Promise.all([loadPersonas(), loadOrgs(world)]);
    known = { personas, orgs };
    show();
  }

  function show() {
    const { personas, orgs } = known;
    const persona = chosen(personas, asked);
    items = [];
    fill(you, card(persona, orgs.get(persona.org_id), world));
    fill(
      list,
      [...orgs.values()].map((org) =>
        orgGroup(
          org,
          personas.filter((each) => each.org_id === org.id),
          persona,
        ),
      ),
    );
    narrow();
  }

  function orgGroup(org, personas, present) {
    return h(
      'div',
      { class: 'org' },
      h('h4', {}, org.name, ' ', h('code', {}, org.id), ' ', postureBadge(org)),
      h(
        'ul',
        { class: 'people' },
        personas.map((each) => {
          const link = h('a', { 'aria-current': each.name === present.name ? 'true' : null }, each.name);
          const item = h(
            'li',
            {},
            link,
            h('span', { class: 'muted' }, `${kindOf(each)}, ${roleOf(each)}`),
            copyIcon(each.token, `token of ${each.name}`),
          );
          items.push({
            item,
            link,
            name: each.name,
            text: JSON.stringify([each, org.name, org.posture]).toLowerCase(),
          });
          return item;
        }),
      ),
    );
  }

  function narrow() {
    const wanted = search.value.trim().toLowerCase();
    for (const { item, link, name, text } of items) {
      item.hidden = !text.includes(wanted);
      link.href = href(world, 'callers', { as: name, q: search.value });
    }
    for (const group of list.children) group.hidden = !group.querySelector('li:not([hidden])');
  }

  await refresh();
  return {
    refresh,
    query: (now) => {
      asked = now;
      search.value = now.get('q') ?? '';
      show();
      say(`You are ${chosen(known.personas, now).name}.`);
    },
  };
}

const kindOf = (persona) => (persona.kind === 'session' ? 'person' : 'API key');
const postureBadge = (org) => badge(org.posture.replace('_', ' '), POSTURES[org.posture]);

/** The chosen persona first, then its credentials and snippets. */
function card(persona, org, world) {
  const place = outcome();
  const given = async (state) =>
    showToken(await control('POST', inWorld(world, '/tokens'), { persona: persona.name, state }), world);
  const fact = (name, ...shown) => h('div', {}, h('dt', {}, name), h('dd', {}, shown));
  return h(
    'article',
    { class: 'card', 'aria-label': persona.name },
    h('h3', {}, 'You are ', persona.name),
    h(
      'dl',
      { class: 'facts' },
      fact('Org', org ? [org.name, ' ', h('code', {}, org.id), ' ', postureBadge(org)] : h('code', {}, persona.org_id)),
      fact('Role', roleOf(persona), ' ', badge(kindOf(persona))),
      org?.trial_ends_at
        ? fact(org.posture === 'trial' ? 'The trial ends' : 'The trial ended', when(org.trial_ends_at))
        : null,
    ),
    copyField('Token', persona.token),
    h(
      'div',
      { class: 'row' },
      ['expired', 'revoked'].map((state) =>
        button(
          state === 'expired' ? 'Expired one' : 'Revoked one',
          (pressed) => attempt(place, async () => fill(place, await given(state)), pressed),
          { of: persona.name },
        ),
      ),
      persona.kind === 'session'
        ? button('Sign this browser in', (pressed) => attempt(place, () => signIn(persona.name), pressed), {
            of: persona.name,
          })
        : null,
      button('Sign this browser out', (pressed) => attempt(place, signOut, pressed)),
    ),
    place,
    opening(`${persona.permissions.length} scopes`, () =>
      h(
        'ul',
        { class: 'scopes' },
        persona.permissions.map((scope) => h('li', {}, h('code', {}, scope))),
      ),
    ),
    opening('Snippets', () => snippets(world, persona.token)),
  );
}

async function signIn(name) {
  await control('GET', `/login?persona=${encodeURIComponent(name)}`);
  return (
    `This browser is signed in as ${name}: pages of ${location.hostname}, on whatever port, send its cookie. ` +
    `From a page of your own, go to ${location.origin}/_mock/login?persona=${name}&return_to=YOUR-PAGE.`
  );
}

async function signOut() {
  await control('POST', '/logout');
  return 'This browser is signed in as nobody.';
}

function snippets(world, token) {
  const request = {
    method: 'GET',
    url: baseUrl(world) + (IS_OURS ? '/packs' : ''),
    headers: { Authorization: `Bearer ${token}` },
  };
  return snippetsOf(request).map(([name, text]) => snippet(text, name));
}

function showToken(made, world) {
  return h(
    'div',
    { class: 'view' },
    h(
      'p',
      { class: 'done' },
      `Made one that is ${made.state}. `,
      made.expires_at ? ['It ends ', when(made.expires_at), '.'] : null,
    ),
    snippet(made.token, 'token'),
    opening('Snippets', () => snippets(world, made.token)),
  );
}

/** A form for a caller with exactly these scopes. */
function customCaller(world) {
  const text = { type: 'text', autocomplete: 'off', spellcheck: 'false' };
  const org = h('input', { ...text, required: true, value: 'org_acme' });
  const scopes = h('input', { ...text, placeholder: 'audit:read caps:write' });
  const state = choice(['valid', 'expired', 'revoked']);
  const place = h('div', {});
  return h(
    'section',
    { 'aria-label': 'Somebody else' },
    h('h3', {}, 'Somebody with just these scopes'),
    form(
      async () => {
        fill(place);
        const wanted = {
          org_id: org.value.trim(),
          scopes: scopes.value.split(/[\s,]+/).filter(Boolean),
          state: state.value,
        };
        fill(place, showToken(await control('POST', inWorld(world, '/tokens'), wanted), world));
      },
      field('Org', org),
      field('Scopes, those and no others', scopes),
      field('Token state', state),
      h('button', {}, 'Make a token'),
    ),
    place,
  );
}
