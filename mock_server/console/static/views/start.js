// The first view: what a client needs to ask this mock, a request to copy, what came of the last one, what to try next.

import { baseUrl, control, inWorld, loadOrgs, loadPersonas, send } from '../api.js';
import { IS_OURS } from '../base.js';
import { choiceOf, loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { callerOf, marksOf, whyOf } from '../entry.js';
import {
  attempt,
  badge,
  button,
  choice,
  clockTime,
  confirmed,
  copyField,
  field,
  outcome,
  snippet,
  statusBadge,
} from '../parts.js';
import { roleOf } from '../persona.js';
import { bodyOf, exampleRequest } from '../requests.js';
import { href, replaceQuery } from '../route.js';
import { curl, fetching, httpx, typed } from '../snippets.js';
import { typeOf } from '../types.js';

const WAYS = { fetch: 'fetch', typescript: 'TypeScript', python: 'Python (httpx)', curl: 'curl' };

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
      h(
        'p',
        {},
        statusBadge(entry.status, entry.code),
        ' ',
        h('strong', {}, entry.method),
        ' ',
        h('code', {}, entry.path),
      ),
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
    const operation = choice(contract.operations.map(choiceOf), {
      value: contract.operations.some((each) => each.id === query.get('operation'))
        ? query.get('operation')
        : undefined,
    });
    let way = Object.hasOwn(WAYS, query.get('in')) ? query.get('in') : 'fetch';
    const code = h('div', {});
    const answer = outcome();
    const tabs = h('div', { class: 'segments', role: 'group', 'aria-label': 'Written for' });
    const ofContract = () => contract.operations.find((each) => each.id === operation.value);
    const made = () => exampleRequest(ofContract(), { world, packs, persona: persona() });

    showRequest = () => {
      const texts = {
        fetch: () => fetching(made()),
        typescript: () => typed(made(), typesOf(contract, ofContract())),
        python: () => httpx(made()),
        curl: () => curl(made()),
      };
      fill(
        tabs,
        Object.entries(WAYS).map(([name, title]) =>
          button(
            title,
            () => {
              way = name;
              remember({ in: name });
              showRequest();
            },
            { 'aria-pressed': String(name === way) },
          ),
        ),
      );
      fill(code, snippet(texts[way](), WAYS[way]));
    };
    operation.addEventListener('change', () => {
      remember({ operation: operation.value });
      fill(answer);
      showRequest();
    });
    const sent = button(
      'Send it from here',
      (pressed) =>
        attempt(
          answer,
          async () => {
            const asked = made();
            if (asked.method === 'DELETE' && !(await confirmed(`Send DELETE ${asked.path} to ${world}?`, 'Delete it')))
              return 'Nothing was sent.';
            await send(world, { ...(await requestOf(asked)), token: persona().token });
            return 'Sent: see the last request of this world.';
          },
          pressed,
        ),
      { class: 'primary' },
    );
    fill(request, field('Operation', operation), tabs, code, h('div', { class: 'row' }, sent), answer);
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

/** The arguments of `send`; a form sets its own media type. */
async function requestOf({ method, path, headers, form, body }) {
  const { Authorization: _, ...others } = headers;
  return { method, path, headers: others, body: await bodyOf({ form, body }) };
}

/** The types of the request body and of the successful answer. */
function typesOf({ document }, operation) {
  const raw = document.paths[operation.path][operation.method.toLowerCase()];
  const jsonOf = (node) => node?.content?.['application/json']?.schema;
  const done = Object.entries(raw.responses).find(([status]) => status.startsWith('2'))?.[1];
  const [sent, got] = [jsonOf(raw.requestBody), jsonOf(done)];
  return { sent: sent && typeOf(document, sent), got: got && typeOf(document, got) };
}
