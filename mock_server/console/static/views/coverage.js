// Which answers of the contract this world has given, and how to get those that it has not.

import { control, inWorld, loadPersonas } from '../api.js';
import { answersOf, allows, loadContract, preference } from '../contract.js';
import { fill, h } from '../dom.js';
import { attempt, badge, button, confirmed, debounced, outcome, prose, snippet, statusBadge, times } from '../parts.js';
import { href } from '../route.js';

const metOf = (count) => (count ? `met ${times(count)}` : 'not met yet');
const keyOf = (status, code) => `${status} ${code ?? ''}`.trim();

export async function mount(root, { world, say }) {
  const [contract, personas] = await Promise.all([loadContract(), loadPersonas()]);
  const heat = h('div', { class: 'scrolls' });
  const total = h('p', {});
  const detail = h('div', { 'aria-live': 'polite' });
  const place = outcome();
  const answers = contract.operations.flatMap((operation) =>
    answersOf(operation).map((each) => ({ operation, ...each })),
  );
  const columns = [...new Set(answers.map((each) => keyOf(each.status, each.code)))].sort();
  let pressed = null; // the name of a cell

  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      'Which answers the clients of this world have met, and which they have not. What this console reads is counted apart; what you send with it counts as a client’s.',
    ),
    h(
      'section',
      { 'aria-label': 'Coverage' },
      h(
        'div',
        { class: 'row' },
        total,
        button(
          'Set to zero',
          (at) =>
            attempt(
              place,
              async () => {
                if (!(await confirmed('Set all counts to zero?', 'Set to zero'))) return;
                await control('DELETE', inWorld(world, '/coverage'));
                await refresh();
              },
              at,
            ),
          { class: 'quiet' },
        ),
      ),
      place,
      heat,
    ),
    detail,
  );

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
    return h(
      'table',
      { class: 'heat' },
      h(
        'caption',
        {},
        'Each number is how often clients got an answer, +1 that this console got it once; a press on it says how to get it',
      ),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('td'),
          columns.map((key) =>
            h(
              'th',
              { scope: 'col' },
              key.split(' ').map((word) => h('span', {}, word.replaceAll('_', ' '))),
            ),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        contract.operations.map((operation) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, h('code', {}, operation.id)),
            columns.map((key) => cell(operation, key, counts.get(`${operation.id} ${key}`))),
          ),
        ),
      ),
    );
  }

  function cell(operation, key, counted) {
    const answer = answers.find((each) => each.operation === operation && keyOf(each.status, each.code) === key);
    if (!answer) return h('td');
    const name = `${operation.id} ${key}`;
    const { count = 0, console_count: own = 0 } = counted ?? {};
    const level = count === 0 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(count) * 2));
    return h(
      'td',
      {},
      button(
        [String(count), own ? h('small', {}, ` +${own}`) : null],
        (at) => {
          for (const other of heat.querySelectorAll('[aria-pressed=true]')) other.setAttribute('aria-pressed', 'false');
          pressed = name;
          at.setAttribute('aria-pressed', 'true');
          fill(detail, howTo(answer, count));
          say(`How to get ${name}: below the table.`);
        },
        {
          class: `heat-${level}`,
          'aria-pressed': String(name === pressed),
          'data-key': name,
          'data-answer': key,
          'aria-label': `${name}: ${count}, ${metOf(count)}${own ? `; this console: ${own}` : ''}`,
        },
      ),
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
