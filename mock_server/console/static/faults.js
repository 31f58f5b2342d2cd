// Declared answers at somebody's wish: for the next requests, or for one that asks by itself.

import { baseUrl, control, inWorld } from './api.js';
import { allows, answersOf, filled, preference } from './contract.js';
import { fill, h } from './dom.js';
import { attempt, button, choice, field, form, outcome, snippet, table, times } from './parts.js';
import { curl } from './snippets.js';

const EVERY = '*';

/** Errors that the contract does not declare, such as those of a gateway. */
const UNDECLARED = {
  'undeclared 500': { text: '500', status: 500 },
  'undeclared 503': { text: '503', status: 503 },
  'undeclared 429': { text: '429 with Retry-After', status: 429 },
  'undeclared 502': { text: '502, HTML of a gateway', status: 502, html: true },
};

/** What goes wrong most: a name, what it does, and the fault that it is. */
const PRESETS = [
  ['503 once', 'The next call is answered as by a service that is down.', { status: 503, undeclared: true }],
  ['429 with Retry-After', 'The next call is told to come again later.', { status: 429, undeclared: true }],
  [
    'Slow',
    'Each call takes 2 to 3 s more, until this is removed.',
    { delay_ms: 2000, jitter_ms: 1000, times: 'always' },
  ],
  ['Drops', 'The connection of the next call ends without an answer.', { drop: true }],
  ['Cut in the middle', 'The body of the next answer ends after 20 bytes.', { truncate: 20 }],
];

/** Two selects: an operation, and the errors that it declares. */
function answerChoice(contract, chosen, errorsOnly, none) {
  const errors = choice([]);
  const operation = choice(
    [...(errorsOnly ? [[EVERY, 'all operations']] : []), ...contract.operations.map((each) => [each.id, each.id])],
    { value: chosen.get('operation') ?? (errorsOnly ? EVERY : contract.operations[0].id) },
  );
  const fillErrors = () => {
    const of =
      operation.value === EVERY
        ? contract.operations
        : contract.operations.filter((each) => each.id === operation.value);
    const answers = new Map(
      of
        .flatMap(answersOf)
        .filter((each) => !errorsOnly || each.status >= 400)
        .map((each) => [`${each.status} ${each.code ?? ''}`.trim(), each]),
    );
    const declared = [...answers.keys()].sort().map((text) => h('option', { value: text }, text));
    fill(
      errors,
      none ? h('option', { value: '' }, none) : null,
      errorsOnly
        ? [
            h('optgroup', { label: 'Declared by the contract' }, declared),
            h(
              'optgroup',
              { label: 'Not declared' },
              Object.entries(UNDECLARED).map(([value, { text }]) => h('option', { value }, text)),
            ),
          ]
        : declared,
    );
  };
  operation.addEventListener('change', fillErrors);
  fillErrors();
  if (chosen.get('answer')) errors.value = chosen.get('answer');
  return { operation, errors, read: () => errors.value.split(' ') };
}

/** The armed faults, and a form to arm more. */
export function faults(world, contract, query) {
  const list = h('div', {});
  const place = outcome();
  const lists = answerChoice(contract, query, true, 'no error of its own');
  const often = h('input', { type: 'number', min: '1', value: '1', required: true });
  const always = h('input', { type: 'checkbox', id: 'always' });
  const jitter = h('input', { type: 'number', min: '0', placeholder: '0' });
  const delay = h('input', { type: 'number', min: '0', placeholder: '0' });
  const cut = h('input', { type: 'number', min: '0', placeholder: 'all' });
  const drop = h('input', { type: 'checkbox', id: 'drop' });

  async function refresh() {
    const { faults: left } = await control('GET', inWorld(world, '/faults'));
    fill(
      list,
      table(
        'Armed faults',
        ['Operation', 'What', 'Left', 'Actions'],
        left.map((each) => [
          h('code', {}, each.operation_id),
          faultText(each),
          each.times === 'always' ? 'always' : `${each.left} of ${each.times}`,
          button(
            'Remove',
            (pressed) =>
              attempt(
                place,
                async () => {
                  await control('DELETE', inWorld(world, `/faults/${each.id}`));
                  await refresh();
                },
                pressed,
              ),
            { of: `fault ${each.id}`, class: 'destroys' },
          ),
        ]),
        'No fault is armed. A fault is removed when it has affected its calls.',
      ),
    );
    clear.hidden = !left.length;
  }

  const clear = button(
    'Remove all',
    (pressed) =>
      attempt(
        place,
        async () => {
          await control('DELETE', inWorld(world, '/faults'));
          await refresh();
        },
        pressed,
      ),
    { class: 'destroys' },
  );

  async function add() {
    const [status, code] = lists.read();
    const fault = { operation_id: lists.operation.value, times: always.checked ? 'always' : Number(often.value) };
    const undeclared = UNDECLARED[lists.errors.value];
    if (undeclared) {
      fault.undeclared = true;
      fault.status = undeclared.status;
      if (undeclared.html) fault.html = true;
    } else {
      if (status) fault.status = Number(status);
      if (code) fault.code = code;
    }
    if (jitter.value) fault.jitter_ms = Number(jitter.value);
    if (delay.value) fault.delay_ms = Number(delay.value);
    if (cut.value) fault.truncate = Number(cut.value);
    if (drop.checked) fault.drop = true;
    return arm(fault);
  }

  async function arm(fault) {
    const made = await control('POST', inWorld(world, '/faults'), fault);
    await refresh();
    const how = made.times === 'always' ? 'every time' : times(made.times);
    return `Fault ${made.id} waits: ${made.operation_id}, ${faultText(made)}, ${how}.`;
  }

  const presets = PRESETS.map(([name, text, fault]) =>
    h(
      'li',
      {},
      button(
        [h('strong', {}, name), h('span', {}, text)],
        (pressed) => attempt(place, () => arm({ operation_id: lists.operation.value, ...fault }), pressed),
        { class: 'preset', 'data-key': `preset ${name}` },
      ),
    ),
  );

  const ownFault = h(
    'details',
    {},
    h('summary', {}, 'Another fault'),
    form(
      add,
      field('Error', lists.errors),
      field('Times', often),
      h('p', { class: 'check' }, always, h('label', { for: 'always' }, 'Every time')),
      field('Delay, ms', delay),
      field('And up to, ms more', jitter),
      field('Cut the body after, bytes', cut),
      h('p', { class: 'check' }, drop, h('label', { for: 'drop' }, 'Drop the connection')),
      h('button', {}, 'Arm the fault'),
    ),
  );
  ownFault.open = query.has('answer');

  const made = h(
    'section',
    { 'aria-label': 'Faults' },
    h('h3', {}, 'Faults'),
    field('Operation', lists.operation, 'Whose next calls go wrong.'),
    h('ul', { class: 'presets', 'aria-label': 'Presets' }, presets),
    ownFault,
    place,
    list,
    h('p', {}, clear),
  );
  return { made, refresh };
}

function faultText(fault) {
  const parts = [];
  const error = [fault.status, fault.code, fault.undeclared && 'undeclared', fault.html && 'HTML'].filter(Boolean);
  if (error.length) parts.push(error.join(' '));
  const [least, more] = [fault.delay_ms ?? 0, fault.jitter_ms ?? 0];
  if (least || more) parts.push(more ? `${least} to ${least + more} ms late` : `${least} ms late`);
  if (fault.drop) parts.push('connection dropped');
  if (fault.truncate !== undefined) parts.push(`body cut after ${fault.truncate} bytes`);
  return parts.join(', ');
}

/** The header by which one request asks for a chosen answer. */
export function prefer(world, contract, query, personas) {
  const lists = answerChoice(contract, query, false, null);
  const place = h('div', { class: 'view', 'aria-live': 'polite' });
  const keys = personas.filter((each) => each.kind === 'api_key'); // shorter than a session
  const show = () => {
    const operation = contract.operations.find((each) => each.id === lists.operation.value);
    const [status, code] = lists.read();
    const header = preference(operation, Number(status), code);
    const example = Object.fromEntries(
      operation.parameters.filter((each) => each.in === 'path').map((each) => [each.name, each.example]),
    );
    const request = {
      ...operation,
      url: `${baseUrl(world)}${filled(operation, example)}`,
      headers: {
        Prefer: header,
        Authorization: `Bearer ${(keys.find((each) => allows(operation, each.permissions, each.role)) ?? personas[0])?.token}`,
      },
    };
    fill(place, snippet(`Prefer: ${header}`, 'header'), snippet(curl(request), 'curl'));
  };
  for (const list of [lists.operation, lists.errors]) list.addEventListener('change', show);
  show();
  return {
    made: h(
      'section',
      { 'aria-label': 'Prefer' },
      h('h3', {}, 'Prefer'),
      h('p', { class: 'muted' }, 'One request asks for a declared answer by itself, whatever the state.'),
      h('div', { class: 'row' }, field('Operation that is asked', lists.operation), field('Answer', lists.errors)),
      place,
    ),
  };
}
