// Who one can be: personas, their credentials, and how a request as one of them is written.

import { basePath, control, inWorld, loadPersonas } from '../api.js';
import { fill, h } from '../dom.js';
import {
  attempt,
  badge,
  button,
  choice,
  copying,
  field,
  form,
  opening,
  outcome,
  POSTURES,
  snippet,
  when,
} from '../parts.js';
import { replaceQuery } from '../route.js';
import { ways } from '../snippets.js';

export async function mount(root, { world, query }) {
  const list = h('div', { class: 'view' });
  const search = h('input', {
    type: 'search',
    value: query.get('q') ?? '',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const signedIn = outcome();
  search.addEventListener('input', () => {
    replaceQuery({ q: search.value });
    narrow();
  });

  fill(
    root,
    h('p', { class: 'lead' }, 'A persona is an org and what the caller may do there. Its token never changes.'),
    h(
      'section',
      { 'aria-label': 'Find' },
      field('Find', search, 'A part of a name, a role, a scope or an org.'),
      h(
        'p',
        {},
        button('Sign this browser out', (pressed) => attempt(signedIn, signOut, pressed), { class: 'quiet' }),
      ),
      signedIn,
    ),
    list,
    madeToMeasure(world),
  );

  let cards = [];

  async function refresh() {
    const [personas, { orgs }] = await Promise.all([loadPersonas(), control('GET', inWorld(world, '/orgs'))]);
    cards = [];
    fill(
      list,
      orgs.map((org) =>
        orgSection(
          org,
          personas.filter((each) => each.org_id === org.id),
        ),
      ),
    );
    narrow();
  }

  function orgSection(org, personas) {
    const grid = h(
      'div',
      { class: 'grid' },
      personas.map((persona) => {
        const made = card(persona);
        cards.push({ made, text: JSON.stringify([persona, org.name, org.posture]).toLowerCase() });
        return made;
      }),
    );
    return h(
      'section',
      { 'aria-label': org.name },
      h(
        'h3',
        {},
        org.name,
        ' ',
        h('code', {}, org.id),
        ' ',
        badge(org.posture.replace('_', ' '), POSTURES[org.posture]),
      ),
      org.trial_ends_at
        ? h(
            'p',
            { class: 'muted' },
            org.posture === 'trial' ? 'The trial ends ' : 'The trial ended ',
            when(org.trial_ends_at),
            '.',
          )
        : null,
      grid,
    );
  }

  function narrow() {
    const wanted = search.value.trim().toLowerCase();
    for (const { made, text } of cards) made.hidden = !text.includes(wanted);
    for (const section of list.children) section.hidden = !section.querySelector('article:not([hidden])');
  }

  function card(persona) {
    const place = outcome();
    const given = async (state) =>
      showToken(await control('POST', inWorld(world, '/tokens'), { persona: persona.name, state }), world);
    return h(
      'article',
      { class: 'card', 'aria-label': persona.name },
      h('h4', {}, persona.name),
      h('p', {}, badge(persona.kind === 'session' ? 'person' : 'API key'), ' ', persona.role ?? persona.permission_set),
      opening(`${persona.permissions.length} scopes`, () =>
        h(
          'ul',
          { class: 'plain' },
          persona.permissions.map((scope) => h('li', {}, h('code', {}, scope))),
        ),
      ),
      h(
        'div',
        { class: 'row' },
        copying(persona.token, 'Copy token', persona.name),
        ['expired', 'revoked'].map((state) =>
          button(
            state === 'expired' ? 'Expired one' : 'Revoked one',
            (pressed) => attempt(place, async () => fill(place, await given(state)), pressed),
            { class: 'quiet', of: persona.name },
          ),
        ),
        persona.kind === 'session'
          ? button('Sign this browser in', (pressed) => attempt(signedIn, () => signIn(persona.name), pressed), {
              class: 'quiet',
              of: persona.name,
            })
          : null,
      ),
      opening('Snippets', () => snippets(world, persona.token)),
      place,
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

  await refresh();
  return {
    refresh,
    query: (now) => {
      search.value = now.get('q') ?? '';
      narrow();
    },
  };
}

function snippets(world, token) {
  const request = {
    method: 'GET',
    url: `${location.origin}${basePath(world)}/packs`,
    headers: { Authorization: `Bearer ${token}` },
  };
  return ways(request).map(([name, text]) => snippet(text, name));
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

/** Somebody with just these scopes. */
function madeToMeasure(world) {
  const org = h('input', {
    type: 'text',
    required: true,
    value: 'org_acme',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const scopes = h('input', {
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'audit:read caps:write',
  });
  const state = choice(['valid', 'expired', 'revoked']);
  const place = h('div', {});
  return h(
    'section',
    { 'aria-label': 'Somebody else' },
    h('h3', {}, 'Somebody else'),
    form(
      async () => {
        fill(place);
        const asked = {
          org_id: org.value.trim(),
          scopes: scopes.value.split(/[\s,]+/).filter(Boolean),
          state: state.value,
        };
        fill(place, showToken(await control('POST', inWorld(world, '/tokens'), asked), world));
      },
      field('Org', org),
      field('Scopes, those and no others', scopes),
      field('Token', state),
      h('button', {}, 'Make a token'),
    ),
    place,
  );
}
