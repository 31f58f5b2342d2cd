// Which answers of the contract this world has given, and how to get those that it has not.

import { control, inWorld, loadPersonas } from '../api.js';
import { fits } from '../combobox.js';
import { answersOf, allows, loadContract, preference } from '../contract.js';
import { fill, h } from '../dom.js';
import {
  attempt,
  badge,
  button,
  confirmed,
  debounced,
  field,
  outcome,
  prose,
  snippet,
  statusBadge,
  times,
} from '../parts.js';
import { href } from '../route.js';

const metOf = (count) => (count ? `met ${times(count)}` : 'not met yet');
const classOf = (status) => `${Math.floor(status / 100)}xx`;
const keyOf = (status, code) => `${status} ${code ?? ''}`.trim();

export async function mount(root, { world, say }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas()]);
  const heat = h('div', {});
  const total = h('p', {});
  const detail = h('div', { 'aria-live': 'polite' });
  const place = outcome();
  const answers = contract.operations.flatMap((operation) =>
    answersOf(operation).map((each) => ({ operation, ...each })),
  );
  const classes = [...new Set(answers.map((each) => classOf(each.status)))].sort();
  const search = h('input', { type: 'search', placeholder: 'packs', autocomplete: 'off', spellcheck: 'false' });
  search.addEventListener('input', () => refresh());
  let pressed = null; // the name of a cell

  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      'Which answers the clients of this world have met, and which they have not. What this console reads is counted apart; what you send with it counts as a client’s.',
    ),
    h(
      'div',
      { class: 'work' },
      h(
        'section',
        { 'aria-label': 'Coverage' },
        h(
          'div',
          { class: 'head' },
          total,
          button('Set to zero', (at) => attempt(place, setToZero, at), { class: 'destroys' }),
        ),
        field('Find an operation', search),
        place,
        heat,
      ),
      h('div', { class: 'beside' }, detail),
    ),
  );
  fill(detail, h('section', {}, h('p', { class: 'empty' }, 'Press an answer to see how it is got.')));

  async function setToZero() {
    if (!(await confirmed('Set all counts to zero?', 'Set to zero'))) return;
    await control('DELETE', inWorld(world, '/coverage'));
    await refresh();
  }

  async function refresh() {
    const { cells } = await control('GET', inWorld(world, '/coverage'));
    const counts = new Map(cells.map((each) => [`${each.operation_id} ${keyOf(each.status, each.code)}`, each]));
    const met = (by) => cells.filter((each) => each[by] > 0).length;
    fill(
      total,
      h('strong', {}, `${met('count')} of ${cells.length}`),
      ' declared answers were met by clients, ',
      h('strong', {}, String(met('console_count'))),
      ' by this console.',
    );
    fill(heat, heatTable(counts));
  }

  function heatTable(counts) {
    const rows = contract.operations.filter(isSought).map((operation) => rowOf(operation, counts));
    if (!rows.length) return h('p', { class: 'empty' }, 'No operation has an answer like this.');
    return h(
      'table',
      { class: 'heat' },
      h('caption', {}, 'Each answer with how often clients got it; a press on it says how to get it'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Operation'),
          h('th', { scope: 'col' }, 'Met'),
          classes.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h('tbody', {}, rows),
    );
  }

  function isSought(operation) {
    return fits(search.value.trim(), `${operation.id} ${operation.method} ${operation.path}`);
  }

  function rowOf(operation, counts) {
    const own = answers.filter((each) => each.operation === operation);
    const counted = (each) => counts.get(`${operation.id} ${keyOf(each.status, each.code)}`) ?? {};
    const met = own.filter((each) => counted(each).count).length;
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('code', {}, operation.id)),
      h('td', { class: 'line' }, `${met} of ${own.length}`),
      classes.map((name) =>
        h(
          'td',
          {},
          h(
            'div',
            {},
            own.filter((each) => classOf(each.status) === name).map((each) => cell(each, counted(each))),
          ),
        ),
      ),
    );
  }

  function cell(answer, { count = 0, console_count: own = 0 }) {
    const { operation, status, code, response } = answer;
    const key = keyOf(status, code);
    const name = `${operation.id} ${key}`;
    const level = count === 0 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(count) * 2));
    return button(
      response.codes.length > 1 ? key : String(status),
      (at) => {
        for (const other of heat.querySelectorAll('[aria-pressed=true]')) other.setAttribute('aria-pressed', 'false');
        pressed = name;
        at.setAttribute('aria-pressed', 'true');
        fill(detail, howTo(answer, count));
        detail.scrollIntoView({ block: 'nearest' });
        say(`How to get ${name}: beside the table.`);
      },
      {
        class: `heat-${level}`,
        'aria-pressed': String(name === pressed),
        'data-key': name,
        'data-count': count || null,
        title: key,
        'aria-label': `${name}: ${count}, ${metOf(count)}${own ? `; this console: ${own}` : ''}`,
      },
    );
  }

  function howTo({ operation, status, code, response }, count) {
    const header = preference(operation, status, code);
    const query = { operation: operation.id, answer: keyOf(status, code) };
    return h(
      'section',
      { 'aria-label': 'How to get it' },
      h('h3', {}, h('code', {}, operation.id), ' ', statusBadge(status, code)),
      h('p', {}, prose(response.description), ' ', badge(metOf(count), count ? 'good' : 'warn')),
      h('h4', {}, 'Send a request that gets it'),
      h(
        'ul',
        { class: 'steps' },
        howToProvoke(operation, status, personas).map((text) => h('li', {}, text)),
        h(
          'li',
          {},
          h('a', { href: href(world, 'contract', { operation: operation.id }) }, 'Try it in the contract'),
          ', with an example that is filled in.',
        ),
      ),
      h('h4', {}, 'Ask for it by a header'),
      snippet(`Prefer: ${header}`, 'header'),
      status >= 400
        ? h(
            'p',
            {},
            'Or ',
            h('a', { href: href(world, 'simulate', query) }, 'let the next requests have it'),
            ', as a fault.',
          )
        : null,
    );
  }

  await refresh();
  return { refresh, entry: debounced(refresh) };
}

/** How to provoke an answer, as far as the contract says it. */
function howToProvoke(operation, status, personas) {
  const some = (who) =>
    who
      .slice(0, 3)
      .map((each) => each.name)
      .join(', ');
  const able = personas.filter((each) => allows(operation, each.permissions, each.role));
  const unable = personas.filter((each) => !able.includes(each));
  const resources = operation.parameters.filter((each) => each['x-resource']);
  switch (status) {
    case 400:
      return operation.bodies.length
        ? ['Send a body that its schema does not allow, or a query parameter that the operation does not have.']
        : ['Send a query parameter that the operation does not have.'];
    case 401:
      return ['Send no token, or make an expired or revoked one in “Who am I”.'];
    case 403:
      return [
        ...(unable.length
          ? [
              `Ask as somebody who lacks ${operation.permissions.map((each) => each.join(' or ')).join(' and ')}: ${some(unable)}.`,
            ]
          : []),
        ...(resources.length ? ['Or change what belongs to the platform or to another org.'] : []),
      ];
    case 404:
      return resources.map(
        (each) => `Name a ${each['x-resource'].name} that is not there, or that the caller cannot see.`,
      );
    case 413:
      return [`Send more than ${operation.maxBody ?? 'the allowed'} bytes.`];
    case 415:
      return [`Send a media type that is not ${operation.bodies.map((each) => each.type).join(' or ')}.`];
    case 423:
      return [`It is a ${operation.billing} operation: make the caller’s org past due under “Simulate”.`];
    case 503:
      return ['That part of the API has to be switched off for the caller’s org: a state under “Simulate”.'];
    case 502:
      return ['The upstream has to fail: arm a fault under “Simulate”. The caller needs a request that gets as far.'];
    default:
      return status < 300
        ? [`Ask as somebody who may: ${some(able)}.`]
        : [
            'The state has to stand in the way, as the description says; “Library” shows who references what and where it comes from.',
          ];
  }
}
