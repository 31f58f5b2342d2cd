// One object of a world as a form, made of the schema of its collection, and saved from outside of the API.

import { control, inWorld } from './api.js';
import { fill, h, newId } from './dom.js';
import { nameIn, partOf } from './objects.js';
import { choice, field, form, idOf } from './parts.js';

const LONG = 60;
const MOST_OFFERED = 200;
let schemas = null;

/** The schema of a record of a collection, whose key has so many parts. */
async function schemaOf(name, parts) {
  schemas ??= control('GET', '/state.schema.json').catch((problem) => {
    schemas = null;
    throw problem;
  });
  let found = (await schemas).properties[name];
  for (let part = 0; part < parts; part += 1) found = found?.additionalProperties;
  return found ?? {};
}

/** A form for an object of a collection; `saved` is called with its new record. */
export async function editorOf(world, name, { key, record }, saved) {
  const { properties = {}, required = [] } = await schemaOf(name, key.length);
  const path = inWorld(world, `/collections/${[name, ...key].map(encodeURIComponent).join('/')}`);
  const controls = Object.entries(properties).map(([each, schema]) => {
    const control = controlOf(schema, record[each], required.includes(each));
    const offered = offer(world, control, schema['x-collection']);
    return { name: each, schema, control, offered, told: h('small', { class: 'bad' }), begun: control.value };
  });
  const changed = () => controls.filter(({ control, begun }) => control.value !== begun);
  const count = h('span', { class: 'muted', role: 'status' });
  const tell = () => {
    const names = changed().map((each) => each.name);
    fill(count, names.length ? `Changes ${names.join(', ')}` : 'Nothing is changed.');
  };

  async function save() {
    const edited = changed();
    for (const each of controls) showProblem(each, '');
    if (!edited.length) return 'Nothing is changed.';
    try {
      const patch = Object.fromEntries(
        edited.map(({ name: each, schema, control }) => [each, valueOf(schema, control)]),
      );
      const now = await control('PATCH', path, patch);
      for (const each of controls) each.begun = each.control.value;
      tell();
      saved(now);
      return `Saved: ${edited.map((each) => each.name).join(', ')}.`;
    } catch (problem) {
      for (const each of controls) showProblem(each, problemOf(each.name, problem.fields));
      controls.find(({ control: each }) => each.ariaInvalid === 'true')?.control.focus();
      throw problem;
    }
  }

  tell();
  return h(
    'section',
    { 'aria-label': `Edit ${[name, ...key].join('/')}`, class: 'editor', on: { input: tell } },
    h('div', { class: 'head' }, h('h3', {}, 'Edit '), idOf(key.at(-1))),
    h(
      'p',
      { class: 'muted' },
      'From outside: held to the contract, in the journal, and with its event where there is one.',
    ),
    form(
      save,
      controls.map(({ name: each, schema, control, offered, told }) =>
        h(
          'div',
          { class: isLong(control) ? 'body' : null },
          field(each, control, hintOf(schema, required.includes(each))),
          offered,
          told,
        ),
      ),
      h('div', { class: 'body row' }, h('button', {}, 'Save'), count),
    ),
  );
}

/** Some objects of a collection that a field refers to, offered once it is looked at; null for other fields. */
function offer(world, control, collection) {
  if (!collection || control.tagName !== 'INPUT') return null;
  const list = h('datalist', { id: newId('offered') });
  control.setAttribute('list', list.id);
  const show = async () => {
    const { objects } = await partOf(world, collection, `limit=${MOST_OFFERED}`).catch(() => ({ objects: [] }));
    list.append(...objects.map(({ key, record }) => h('option', { value: key.at(-1) }, nameIn(record) ?? '')));
  };
  control.addEventListener('focus', show, { once: true });
  return list;
}

const isLong = (control) => control.tagName === 'TEXTAREA';

function showProblem({ control, told }, text) {
  fill(told, text);
  control.ariaInvalid = text ? 'true' : null;
}

/** What a refusal says of a field, or of a place in it. */
function problemOf(name, fields = {}) {
  const found = Object.entries(fields).find(([place]) => place === name || place.startsWith(`${name}.`));
  return found ? found[1] : '';
}

function hintOf({ description, format, type, pattern }, required) {
  const told = [
    required ? null : 'optional',
    type === 'array' ? 'one a line' : type === 'object' ? 'JSON' : (format ?? (type === 'string' ? null : type)),
    pattern ? `matches ${pattern}` : null,
    description,
  ];
  return told.filter(Boolean).join(' · ') || null;
}

function controlOf(schema, value, required) {
  const open = required ? [] : [['', 'not given']];
  const text = { autocomplete: 'off', spellcheck: 'false' };
  if (schema.enum)
    return choice([...open, ...schema.enum.map((each) => [each, each || 'empty'])], { value: value ?? '' });
  if (schema.type === 'boolean') return choice([...open, 'true', 'false'], { value: String(value ?? '') });
  const shown = textOf(schema, value);
  if (['array', 'object'].includes(schema.type) || shown.includes('\n') || shown.length > LONG)
    return h('textarea', { ...text, rows: '3', value: shown });
  const isNumber = ['integer', 'number'].includes(schema.type);
  return h('input', { ...text, type: isNumber ? 'number' : 'text', step: isNumber ? 'any' : null, value: shown });
}

function textOf({ type }, value) {
  if (value === undefined) return '';
  if (type === 'array') return value.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** What stands in a control as a value of the schema; null where nothing does, as it is where it is none. */
function valueOf({ type, items }, { value }) {
  if (type === 'array')
    return value
      .split('\n')
      .filter(Boolean)
      .map((each) => read(items?.type, each));
  return value === '' ? null : read(type, value);
}

function read(type, text) {
  if (type === 'string' || type === undefined) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
