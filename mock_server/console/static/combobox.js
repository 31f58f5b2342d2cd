// A text field that offers what fits what is typed, and is used by arrows and Enter or by pointing.

import { fill, h, newId } from './dom.js';
import { icon } from './icons.js';

/**
 * Offer options below a field. `find` returns groups for a text, or a promise of them: { title, options }, where an
 * option has `shown`, its content, and is given to `choose`; `shut` is called where nobody wants them any more.
 */
export function offering(input, list, { find, choose, shut }) {
  list.id ||= newId('options');
  list.setAttribute('role', 'listbox');
  const attributes = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, autocomplete: 'off' };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  let offered = []; // each option with its element
  let at = -1;
  let turn = 0;
  let coming = Promise.resolve(); // what is found for what was typed last

  function mark(to) {
    at = to;
    offered.forEach(({ element }, index) => element.setAttribute('aria-selected', String(index === at)));
    const marked = offered[at]?.element;
    if (marked) input.setAttribute('aria-activedescendant', marked.id);
    else input.removeAttribute('aria-activedescendant');
    marked?.scrollIntoView({ block: 'nearest' });
  }

  function show(groups) {
    offered = [];
    fill(list, groups.filter(({ options }) => options.length).map(groupOf));
    list.hidden = !offered.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark(offered.length ? 0 : -1);
  }

  function groupOf({ title, options }) {
    const id = newId('group');
    const elements = options.map((option) => {
      const click = () => choose(option);
      const element = h('div', { role: 'option', id: newId('option'), on: { click } }, option.shown);
      offered.push({ option, element });
      return element;
    });
    if (!title) return elements;
    return h(
      'div',
      { role: 'group', 'aria-labelledby': id },
      h('div', { class: 'options-group', id, role: 'presentation' }, title),
      elements,
    );
  }

  function open(text = input.value) {
    const mine = (turn += 1);
    coming = Promise.resolve(find(text.trim())).then((groups) => {
      if (mine === turn) show(groups);
    });
    return coming;
  }

  function close() {
    turn += 1;
    show([]);
  }

  const keys = {
    ArrowDown: () => (offered.length ? mark((at + 1) % offered.length) : open('')),
    ArrowUp: () => offered.length && mark((at + offered.length - 1) % offered.length),
    Enter: async () => {
      await coming;
      if (offered[at]) choose(offered[at].option);
    },
    Escape: () => !list.hidden && (close(), shut?.()),
  };
  input.addEventListener('input', () => open());
  input.addEventListener('keydown', (event) => {
    if (!Object.hasOwn(keys, event.key) || (event.key === 'Escape' && list.hidden)) return;
    event.preventDefault();
    keys[event.key]();
  });
  list.addEventListener('mousedown', (event) => event.preventDefault()); // the focus stays in the field
  close();
  return { open, close };
}

/** Whether each word of a text is in another one. */
export function fits(text, within) {
  const all = within.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/**
 * A field in which one of several options is chosen: [value, what is sought, what is shown]. `changed` is called with the
 * value; the field itself has it, too.
 */
export function combobox(label, options, { value, changed }) {
  const input = h('input', { type: 'text', spellcheck: 'false', id: newId('choice') });
  const list = h('div', { 'aria-label': 'What fits' });
  let chosen = value ?? options[0]?.[0];
  input.value = chosen;
  const back = () => {
    box.close();
    input.value = chosen;
  };
  const box = offering(input, list, {
    find: (text) => [
      { options: options.filter((each) => fits(text, each[1])).map(([to, , shown]) => ({ to, shown: shown() })) },
    ],
    choose: ({ to }) => {
      chosen = to;
      back();
      changed(to);
    },
    shut: back,
  });
  input.addEventListener('focus', () => input.select());
  input.addEventListener('click', () => box.open(''));
  input.addEventListener('blur', back);
  return h(
    'div',
    { class: 'field' },
    h('label', { for: input.id }, label),
    h('div', { class: 'combobox' }, input, icon('chevron'), list),
  );
}
