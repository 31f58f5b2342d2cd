// Operations as buttons: one sends what needs no more, or opens a form of its query and body.

import { told } from './answers.js';
import { send } from './api.js';
import { filled } from './contract.js';
import { fill, h } from './dom.js';
import { attempt, button, form, opening, outcome } from './parts.js';
import { parameterForm } from './stateform.js';

const JSON_TYPE = 'application/json';

/** What makes something new leads, and what deletes or stops is marked. */
function lookOf({ method, id }, home) {
  if (id === `${home}.create`) return 'primary';
  return method === 'DELETE' || id.split('.')[1].startsWith('stop') ? 'destroys' : null;
}

const ofOne = (tag) => tag.replace(/s$/, '');

/** What an operation is called on a button: the words of its id, with what it is about where that is not `home`. */
export function titleOf({ id, tag }, home) {
  const [first, ...rest] = id.split('.')[1].split('_');
  const words = [first, ...(tag === home ? [] : [ofOne(tag)]), ...rest].join(' ');
  return words.replace(` to ${ofOne(home)}`, '').replace(/^./, (letter) => letter.toUpperCase());
}

/**
 * Buttons for operations, at one place. `context`: world, contract, collections, the persona as a function, the values
 * of the path, `of` for screen readers, `home`, and `done`, which is called with the id of the path after each
 * answer.
 */
export function actionsOf(context) {
  const place = outcome();
  const panel = h('div', {});
  const rows = h('div', { class: 'actions' });
  let open = null;

  const ask = async (operation, { query = [], body } = {}) => {
    const search = new URLSearchParams(query).toString();
    const path = filled(operation, context.path) + (search ? `?${search}` : '');
    const request = { method: operation.method, path };
    const sent = body ? { headers: { 'Content-Type': JSON_TYPE }, body: JSON.stringify(body) } : {};
    const got = await send(context.world, { ...request, ...sent, token: context.persona().token });
    told(place, request, got, '');
    context.done(context.path.id);
    return got.ok;
  };

  function buttonOf(operation) {
    const title = titleOf(operation, context.home);
    const parameters = parametersOf(operation, context);
    const look = { of: context.of, class: lookOf(operation, context.home) };
    if (!parameters.length) return button(title, (pressed) => attempt(place, () => ask(operation), pressed), look);
    const pressed = () => attempt(place, () => toggle(operation, title, parameters));
    const expanded = String(open === operation.id);
    return button(title, pressed, { ...look, 'aria-expanded': expanded, 'data-key': operation.id });
  }

  async function toggle(operation, title, parameters) {
    open = open === operation.id ? null : operation.id;
    for (const each of rows.querySelectorAll('[aria-expanded]'))
      each.setAttribute('aria-expanded', String(each.dataset.key === open));
    const asked = open && (await formOf(operation, title, parameters));
    if (open === null) fill(panel);
    else if (open === operation.id) {
      fill(panel, asked);
      panel.querySelector('input, select')?.focus();
    }
  }

  async function formOf(operation, title, parameters) {
    const { made, read } = await parameterForm(context.world, parameters, context.persona().org_id);
    const rare = parameters.map((each) => !each.required && !each.collection && parameters.length > 1);
    const some = (which) => made.filter((_, at) => rare[at] === which);
    const submit = async () => {
      const values = read();
      const asked = (where) => Object.entries(values).filter(([name]) => inPlace(parameters, name) === where);
      const body = parameters.some((each) => each.in === 'body') ? Object.fromEntries(asked('body')) : undefined;
      if (await ask(operation, { query: asked('query'), body })) {
        open = null;
        fill(panel);
      }
    };
    return form(
      submit,
      some(false),
      h('button', { 'aria-label': `Send: ${title}` }, title),
      some(true).length
        ? opening('More fields', () => h('div', { class: 'row' }, some(true)), { class: 'body' })
        : null,
    );
  }

  /** Show buttons for these operations, and those of others behind a disclosure. */
  function show(operations, others = []) {
    fill(
      rows,
      operations.length ? h('div', { class: 'row' }, operations.map(buttonOf)) : null,
      others.length
        ? opening('Refused now', () => h('div', { class: 'row' }, others.map(buttonOf)), {
            'aria-label': `Refused now: ${context.of}`,
          })
        : null,
    );
  }

  return { made: [rows, panel, place], show };
}

const inPlace = (parameters, name) => parameters.find((each) => each.name === name).in;

/** The query and the JSON body of an operation as parameters, with the values of its first example. */
function parametersOf(operation, { contract, collections }) {
  const media = operation.bodies.find((each) => each.type === JSON_TYPE);
  const { properties = {}, required = [] } = media?.schema ?? {};
  const resource = (name) => collections.find((each) => `${each.resource}_id` === name)?.name ?? null;
  const ofQuery = operation.parameters
    .filter((each) => each.in === 'query')
    .map(({ name, schema, required: needed = false }) => ({ name, in: 'query', schema, required: needed }));
  const ofBody = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'body',
    schema: contract.resolve(schema),
    required: required.includes(name),
    collection: resource(name),
    value: media.example?.[name],
  }));
  return [...ofQuery, ...ofBody];
}
