// A schema of the contract for people: its fields one below the other, each with its type and what is asked of it.

import { h } from './dom.js';
import { opening, prose } from './parts.js';

const LIMITS = {
  minLength: (limit) => (limit === 1 ? 'not empty' : `at least ${limit} characters`),
  maxLength: (limit) => `at most ${limit} characters`,
  minItems: (limit) => `at least ${limit} of them`,
  maxItems: (limit) => `at most ${limit} of them`,
  minimum: (limit) => `at least ${limit}`,
  maximum: (limit) => `at most ${limit}`,
  pattern: (text) => ['matches ', h('code', { title: text }, shortened(text))],
  default: (value) => ['else ', h('code', {}, JSON.stringify(value))],
};
const LONGEST = 48;

const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** The fields of a schema as a list, or its type where it has none; what is inside a field opens below it. */
export function schemaOf(schema, resolve) {
  const whole = mergedOf(schema, resolve);
  const entries = Object.entries(whole.properties ?? {});
  if (!entries.length) return h('p', { class: 'schema-type' }, typeOf(schema, resolve), ' ', limitsOf(whole));
  const required = new Set(whole.required);
  return h(
    'ul',
    { class: 'schema' },
    entries.map(([name, each]) => {
      const made = fieldOf(name, each, required.has(name), resolve);
      for (const inner of entries.length === 1 ? made.querySelectorAll('details') : []) inner.open = true;
      return made;
    }),
  );
}

/** A parameter as a field is shown, with where it stands in a request. */
export function parameterOf({ name, schema = {}, required, description, in: place }, resolve) {
  const told = resolve(schema);
  return fieldOf(name, description ? { ...told, description } : told, required, resolve, place);
}

function fieldOf(name, schema, required, resolve, place = null) {
  const whole = mergedOf(schema, resolve);
  const inner = insideOf(whole, resolve);
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'schema-head' },
      h('code', {}, name),
      h('span', { class: 'schema-type' }, typeOf(schema, resolve)),
      place ? h('span', { class: 'muted' }, `in ${place}`) : null,
      required ? h('span', { class: 'schema-required' }, 'required') : null,
      whole.readOnly ? h('span', { class: 'muted' }, 'read-only') : null,
      whole.writeOnly ? h('span', { class: 'muted' }, 'write-only') : null,
    ),
    whole.description ? h('p', {}, prose(whole.description)) : null,
    limitsOf(whole),
    inner ? opening(`Fields of ${name}`, () => schemaOf(inner, resolve)) : null,
  );
}

/** What has fields of its own in a schema: it itself, what is in its list, or the value of any name. */
function insideOf(whole, resolve) {
  const inner = whole.items ?? (typeof whole.additionalProperties === 'object' ? whole.additionalProperties : whole);
  return Object.keys(mergedOf(inner, resolve).properties ?? {}).length ? inner : null;
}

function limitsOf(whole) {
  const told = Object.entries(LIMITS).filter(([name]) => whole[name] !== undefined);
  const values = whole.enum ?? whole.items?.enum;
  if (!told.length && !values) return null;
  return h(
    'p',
    { class: 'schema-limits' },
    values?.filter((each) => each !== null).map((each) => [h('code', {}, String(each)), ' ']),
    told.map(([name, tell], at) => [at || values ? ' · ' : '', tell(whole[name])]),
  );
}

/** The type of a schema in a word or some, with the name that the contract has for it. */
function typeOf(schema, resolve) {
  const named = schema?.$ref?.split('/').at(-1);
  const whole = mergedOf(schema, resolve);
  const forms = whole.oneOf ?? whole.anyOf;
  const type = whole.items
    ? ['list of ', typeOf(whole.items, resolve)]
    : forms
      ? forms.map((each, at) => [at ? ' or ' : '', typeOf(each, resolve)])
      : [named && whole.properties ? named : (whole.type ?? (whole.properties ? 'object' : 'anything'))];
  return [type, whole.format ? ` · ${whole.format}` : '', whole.nullable ? ' or null' : ''];
}

/** A schema with all that it is all of, as one. */
function mergedOf(schema, resolve) {
  const one = resolve(schema);
  if (!one.allOf) return one;
  const { allOf, ...own } = one;
  return [...allOf.map((each) => mergedOf(each, resolve)), own].reduce((whole, part) => ({
    ...whole,
    ...part,
    properties: bothOf(whole.properties, part.properties),
    required: [...(whole.required ?? []), ...(part.required ?? [])],
  }));
}

function bothOf(some = {}, others = {}) {
  const both = { ...some };
  for (const [name, each] of Object.entries(others)) both[name] = name in some ? { allOf: [some[name], each] } : each;
  return both;
}
