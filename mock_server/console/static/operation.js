// An operation of the contract for people: what it does, who may, what it takes, what it answers, and its own rules.

import { allows, names, namesOperations } from './contract.js';
import { h } from './dom.js';
import { badge, methodOf, opening, pathOf, prose, size, snippet, statusBadge } from './parts.js';
import { parameterOf, schemaOf } from './schema.js';

const CERTAINTY = ['seed', 'reference', 'mentioned', 'assumed']; // the surest first

/** A quiet mark that says where statements come from: the least sure of them, and each on hover. */
export function provenanceOf(said) {
  const known = Object.entries(said).filter(([, word]) => word);
  if (!known.length) return null;
  const [least] = known.map(([, word]) => word).sort((a, b) => CERTAINTY.indexOf(b) - CERTAINTY.indexOf(a));
  const text = known.map(([name, word]) => `${name}: ${word}`).join(', ');
  return h('span', { class: `provenance of-${least}`, title: `Provenance of ${text}` }, least);
}

/** What stands at the head of an operation: its method and path, its sentences, and who may. */
export function headOf(operation, personas) {
  const able = personas.filter((each) => allows(operation, each.permissions, each.role)).map((each) => each.name);
  const every = able.length === personas.length;
  const shown = `${able.slice(0, 6).join(', ')}${able.length > 6 ? ' …' : ''}`;
  const scopes = operation.permissions.map((each) => each.join(' or ')).join(', and ');
  const facts = [
    ['Scopes', operation.permissions.length ? h('code', {}, scopes) : 'none; any signed-in caller'],
    ['Role', operation.role],
    ['Billing class', operation.billing],
    ['Largest body', operation.maxBody ? size(operation.maxBody) : null],
    ['Who may', every ? 'every persona' : `${able.length} of ${personas.length} personas: ${shown}`],
  ];
  return [
    h('h3', {}, operation.summary || operation.id, ' ', provenanceOf({ operation: operation.provenance })),
    h('p', { class: 'address' }, methodOf(operation.method), pathOf(operation.path), h('code', {}, operation.id)),
    operation.stateless ? h('p', {}, badge('stateless', 'warn'), ' ', answerWithoutState(operation.stateless)) : null,
    operation.description.split(/\n\s*\n/).map((each) => h('p', {}, prose(each))),
    h(
      'dl',
      { class: 'facts' },
      facts.filter(([, text]) => text).map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', {}, text))),
    ),
  ];
}

/** What a request has: its parameters and its body, schema and examples side by side. */
export function requestOf(operation, resolve) {
  const { parameters, bodies } = operation;
  return [
    parameters.length
      ? [
          h('h4', {}, 'Parameters'),
          h(
            'ul',
            { class: 'schema' },
            parameters.map((each) => parameterOf(each, resolve)),
          ),
        ]
      : null,
    bodies.map((each) => [h('h4', {}, 'Body ', h('code', {}, each.type)), besideOf(each, resolve)]),
  ];
}

/** The answers, the first success open: of each its schema and its examples. */
export function responsesOf(operation, resolve) {
  const first = operation.responses.find((each) => each.status < 400);
  return h(
    'section',
    { 'aria-label': 'Responses' },
    h('h3', {}, 'Responses'),
    operation.responses.map((each) => {
      const title = [
        statusBadge(each.status, each.codes.join(' or ')),
        h('span', {}, prose(each.description)),
        provenanceOf(each.provenance),
      ];
      const made = opening(title, () => besideOf(each, resolve), { class: 'response' });
      made.open = each === first;
      return made;
    }),
  );
}

/** A schema and its examples, side by side. */
function besideOf({ schema, examples, type }, resolve) {
  if (!schema) return h('p', { class: 'muted' }, 'It has no body.');
  return h(
    'div',
    { class: 'beside-each-other' },
    h('div', {}, schemaOf(schema, resolve)),
    h(
      'div',
      { class: 'view' },
      examples.length
        ? examples.map(([name, value], at) =>
            at
              ? opening(name, () => exampleOf(value, name))
              : [h('p', { class: 'muted' }, name), exampleOf(value, name)],
          )
        : h('p', { class: 'muted' }, `The contract has no example of this ${type}.`),
    ),
  );
}

function exampleOf(value, name) {
  return snippet(typeof value === 'string' ? value : JSON.stringify(value, null, 2), name);
}

/** The rules that name an operation. */
export function rulesOf(operation, rules) {
  const own = rules.filter((each) => names(each, operation));
  return h(
    'section',
    { 'aria-label': 'Rules' },
    h('h3', {}, 'Its rules'),
    h('p', { class: 'muted' }, `${own.length} promises that a schema cannot express`),
    listOf(own),
  );
}

/** The rules that are about every operation. */
export function generalRules(rules) {
  const general = rules.filter((each) => !namesOperations(each));
  return h(
    'section',
    { 'aria-label': 'Rules of every operation' },
    h('h3', {}, 'Rules of every operation'),
    opening(`${general.length} rules that hold for each request`, () => listOf(general)),
  );
}

function listOf(rules) {
  if (!rules.length) return h('p', { class: 'empty' }, 'None.');
  return h(
    'ul',
    { class: 'rules' },
    rules.map((each) =>
      h(
        'li',
        {},
        h('p', {}, h('code', {}, each.id), h('span', { class: 'muted' }, ` ${each.clause} · ${each.level}`)),
        h('p', {}, prose(each.text), ' ', provenanceOf({ rule: each.provenance })),
      ),
    ),
  );
}

function answerWithoutState({ status, problem }) {
  return problem
    ? `The mock has no function for it and no example to answer with: ${problem}. It answers ${status}.`
    : `The mock has no function for it: it answers ${status} with the contract’s example, whatever its world holds.`;
}
