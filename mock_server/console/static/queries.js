// Queries of an operation: its parameters as fields, and filters of events as rows of a column, an operator and values.

import { fill, h, newId } from './dom.js';
import { button, choice, field } from './parts.js';

const OPERATORS = [
  ['=', 'is one of'],
  ['!=', 'is none of'],
  ['', 'is there'],
];

/** A field for each query parameter of these names: the elements, their values, and a way to set them. */
export function parameterFields(operation, names) {
  const declared = operation.parameters.filter((each) => each.in === 'query' && names.includes(each.name));
  const controls = new Map(declared.map((each) => [each.name, controlOf(each)]));
  return {
    made: [...controls].map(([name, control]) => field(name, control)),
    names: [...controls.keys()],
    read: () => [...controls].map(([name, control]) => [name, control.value.trim()]).filter(([, text]) => text !== ''),
    set: (query) => controls.forEach((control, name) => (control.value = query.get(name) ?? '')),
  };
}

function controlOf({ schema, example }) {
  if (schema.enum) return choice([['', 'default'], ...schema.enum]);
  const placeholder = String(example ?? schema.default ?? '');
  return h('input', { type: 'text', placeholder, autocomplete: 'off', spellcheck: 'false' });
}

/** The columns that filters have, by the pattern of the contract. */
export function columnsOf(operation) {
  const { schema } = operation.parameters.find((each) => each.name === 'filter');
  return /^\^\(([a-z_|]+)\)/.exec(schema.items.pattern)?.[1].split('|') ?? [];
}

/** Rows of filters, and a button that adds one: the element, the texts as the API takes them, and a way to set them. */
export function filterRows(columns) {
  const list = h('div', { class: 'view' });
  const rows = new Map(); // what each row says, by its element
  const add = (text) => {
    const row = rowOf(columns, text, (element) => {
      rows.delete(element);
      element.remove();
    });
    rows.set(row.element, row.read);
    list.append(row.element);
    return row.element;
  };
  const more = button('Add a filter', () => add(`${columns[0]}=`).querySelector('select').focus());
  return {
    made: [list, h('div', {}, more)],
    read: () => [...rows.values()].map((read) => read()),
    set: (texts) => {
      rows.clear();
      fill(list);
      texts.forEach(add);
    },
  };
}

function rowOf(columns, text, removed) {
  const [, column, sign, values] = /^(.*?)(!?=)(.*)$/s.exec(text) ?? [null, columns[0], '=', text];
  const which = choice(columns, { value: column });
  const how = choice(OPERATORS, { value: sign === '!=' && !values ? '' : sign });
  const of = h('input', { type: 'text', value: values, placeholder: 'a,b', autocomplete: 'off', spellcheck: 'false' });
  const wanted = field('Values', of);
  const adapt = () => (wanted.hidden = how.value === '');
  how.addEventListener('change', adapt);
  adapt();
  const element = h(
    'div',
    { class: 'row', role: 'group', 'aria-label': newId('Filter').replace('-', ' ') },
    field('Column', which),
    field('Operator', how),
    wanted,
    button('Remove', () => removed(element), { class: 'quiet', of: 'the filter' }),
  );
  return { element, read: () => which.value + (how.value === '' ? '!=' : how.value + of.value.trim()) };
}
