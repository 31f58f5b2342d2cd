// What several views are made of.

import { fill, h, newId, successorOf } from './dom.js';
import { highlighted } from './highlight.js';
import { icon } from './icons.js';

/** A label, its control, and an optional hint below it. */
export function field(label, control, hint) {
  control.id ||= newId('field');
  if (!hint) return h('p', { class: 'field' }, h('label', { for: control.id }, label), control);
  const about = newId('hint');
  control.setAttribute('aria-describedby', about);
  return h('p', { class: 'field' }, h('label', { for: control.id }, label), control, h('small', { id: about }, hint));
}

/** A control with its label in one chip, such as a filter. */
export function chip(label, control) {
  control.id ||= newId('chip');
  return h('span', { class: 'chip' }, h('label', { for: control.id }, label), control);
}

/** A box that is checked or not, with its name. */
export function check(name, checked, changed) {
  const box = h('input', { type: 'checkbox', id: `with-${name}`, name, checked, on: { change: changed } });
  return h('p', { class: 'check' }, box, h('label', { for: box.id }, h('code', {}, name)));
}

/** A select of values, or of [value, text] pairs. */
export function choice(options, props) {
  const select = h('select', { ...props, value: undefined });
  fill(
    select,
    options.map((each) => {
      const [value, text] = Array.isArray(each) ? each : [each, each];
      return h('option', { value }, text);
    }),
  );
  if (props?.value !== undefined) select.value = props.value;
  return select;
}

/** A table whose cells show their column on a small screen. */
export function table(caption, columns, rows, empty) {
  if (!rows.length) return h('p', { class: 'empty' }, empty);
  return h(
    'table',
    { role: 'table' },
    h('caption', {}, caption),
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        columns.map((column) => h('th', { scope: 'col', role: 'columnheader' }, column)),
      ),
    ),
    h(
      'tbody',
      { role: 'rowgroup' },
      rows.map((row) => tableRow(columns, row)),
    ),
  );
}

export function tableRow(columns, cells, props) {
  return h(
    'tr',
    { role: 'row', ...props },
    cells.map((cell, at) => h('td', { role: 'cell', 'data-label': columns[at] }, h('div', {}, cell))),
  );
}

/** A place beside a control for the result of its action. */
export function outcome() {
  return h('div', { class: 'outcome', role: 'status' });
}

/** Run an action of the user. An error is shown at `place`; return whether it succeeded. */
export async function attempt(place, action, button) {
  fill(place);
  if (button) button.setAttribute('aria-busy', 'true');
  try {
    const said = await action();
    if (typeof said === 'string') fill(place, h('p', { class: 'done' }, said));
    return true;
  } catch (problem) {
    fill(place, problemOf(problem));
    return false;
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

export function problemOf(problem) {
  const code = problem.code ? [h('code', {}, `${problem.status} ${problem.code}`), ' '] : [];
  const fields = Object.entries(problem.fields ?? {});
  return h(
    'div',
    { class: 'problem' },
    h('p', {}, code, problem.message),
    fields.length
      ? h(
          'ul',
          {},
          fields.map(([name, text]) => h('li', {}, h('code', {}, name), ' ', text)),
        )
      : null,
  );
}

/** A button; `of` names its object for screen readers. */
export function button(text, action, { of, ...props } = {}) {
  return h(
    'button',
    {
      type: 'button',
      'aria-label': of ? `${text}: ${of}` : null,
      ...props,
      on: { click: (event) => action(event.currentTarget) },
    },
    text,
  );
}

/** A form that calls `action` in place of being sent. */
export function form(action, ...children) {
  const place = outcome();
  const made = h(
    'form',
    {
      class: 'row',
      on: {
        submit: (event) => {
          event.preventDefault();
          attempt(place, action, made.querySelector('button:not([type=button])'));
        },
      },
    },
    ...children,
  );
  return h('div', {}, made, place);
}

/** A time in the local zone, exact on hover. */
export function when(iso, timeStyle = 'medium') {
  const shown = new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle });
  return h('time', { datetime: iso, title: iso }, shown);
}

/** The time of day in the local zone, exact on hover. */
export function clockTime(iso) {
  return h('time', { datetime: iso, title: iso }, new Date(iso).toLocaleTimeString('en-GB'));
}

/** How something stands, as a pill; of no kind it is a quiet word. */
export function badge(text, kind = 'plain', title) {
  return h('span', { class: `badge ${kind}`, title }, text);
}

/** A method of HTTP in its colour. */
export function methodOf(name) {
  return h('span', { class: 'method', 'data-method': name }, name);
}

/** A path as code, which breaks after its slashes and nowhere else. */
export function pathOf(path) {
  const steps = path.split(/(?<=\/)(?=.)/);
  return h(
    'code',
    { class: 'path' },
    steps.map((step, at) => [at ? h('wbr') : null, step]),
  );
}

const LONGEST_ID = 24;

/** An id with a button that copies it; a long one without its middle. */
export function idOf(id) {
  const shown = id.length > LONGEST_ID ? `${id.slice(0, 12)}…${id.slice(-6)}` : id;
  return h('span', { class: 'id-of' }, h('code', { title: id }, shown), copyIcon(id, id));
}

/** A status in the colour of its class; 0 means that the connection ended. */
export function statusBadge(status, code) {
  const kind = status === 0 ? 'bad' : status < 300 ? 'good' : status < 400 ? 'plain' : status < 500 ? 'warn' : 'bad';
  return badge(status === 0 ? 'no answer' : code ? `${status} ${code}` : String(status), kind);
}

export const POSTURES = {
  active: 'good',
  trial: 'good',
  trial_expired: 'warn',
  past_due: 'warn',
  decommissioning: 'bad',
};

/** A function that runs `action` soon, once for all calls until then; errors are shown at the next action. */
export function debounced(action, ms = 150) {
  let waiting = null;
  return () => {
    waiting ??= setTimeout(() => {
      waiting = null;
      action().catch(() => {});
    }, ms);
  };
}

/** What a view does at an entry of the journal: soon after one that changed something, refresh. */
export function afterChanges(refresh) {
  const soon = debounced(refresh);
  return (entry) => {
    if (entry.changes.length) soon();
  };
}

/** A button that copies a text and says so. */
export function copying(text, name = 'Copy', of = null) {
  return copyButton(text, of ? `${name}: ${of}` : name, { before: [name], after: ['Copied'], class: 'quiet' });
}

/** An icon that copies a text and says so. */
export function copyIcon(text, of) {
  return copyButton(text, `Copy: ${of}`, { before: [icon('copy')], after: [icon('check')], class: 'quiet only-icon' });
}

function copyButton(text, name, { before, after, ...props }) {
  const made = button(
    before,
    async () => {
      await copied(text);
      fill(made, after);
      made.setAttribute('aria-label', 'Copied');
      made.addEventListener(
        'blur',
        () => {
          fill(made, before);
          made.setAttribute('aria-label', name);
        },
        { once: true },
      );
    },
    { ...props, 'aria-label': name, title: props.class.includes('only-icon') ? 'Copy' : null },
  );
  return made;
}

async function copied(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text).catch(() => copiedByHand(text));
    return;
  }
  copiedByHand(text);
}

function copiedByHand(text) {
  // a page that is not on this machine has no clipboard without TLS
  const area = h('textarea', { class: 'unseen', 'aria-label': 'To be copied' });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

const SPOKEN = { fetch: 'js', TypeScript: 'js', 'Python (httpx)': 'python', httpx: 'python', test: 'python' };

/** Code in its colours with an icon in its box that copies it; `language` as `highlighted` has it. */
export function snippet(text, name, language = SPOKEN[name] ?? (name.startsWith('curl') ? 'shell' : 'json')) {
  return h('div', { class: 'snippet' }, codeOf(text, name, language), copyIcon(text, name));
}

/** Code in its colours, with its name for screen readers. */
export function codeOf(text, name, language) {
  return h('pre', { tabindex: '0', role: 'group', 'aria-label': name }, h('code', {}, highlighted(text, language)));
}

/** A line of text with an icon in its box that copies it, such as a token. */
export function copyField(label, text) {
  const input = h('input', { type: 'text', class: 'mono', readonly: true, value: text, spellcheck: 'false' });
  input.addEventListener('focus', () => input.select());
  return h('div', { class: 'copied' }, field(label, input), copyIcon(text, label));
}

/** Controls that are folded where the screen is small, and stand open where it is not. */
export function folding(title, ...children) {
  const made = h('details', { class: 'folding' }, h('summary', {}, title), children);
  const small = matchMedia('(max-width: 60rem)');
  const adapt = () => {
    made.open = !small.matches;
    if (!made.isConnected) small.removeEventListener('change', adapt);
  };
  adapt();
  small.addEventListener('change', adapt);
  return made;
}

/** A disclosure whose content is made when it opens. */
export function opening(summary, make, props = {}) {
  const made = h(
    'details',
    {
      ...props,
      on: {
        toggle: async () => {
          if (made.open && made.childElementCount === 1) made.append(...[await make()].flat());
        },
      },
    },
    h('summary', {}, summary),
  );
  return made;
}

/** Ask for confirmation of an action that cannot be undone; return the choice. The focus returns to where it was. */
export function confirmed(question, yes) {
  const asker = document.activeElement;
  return new Promise((decide) => {
    const title = newId('question');
    const dialog = h(
      'dialog',
      {
        role: 'alertdialog',
        'aria-labelledby': title,
        on: {
          close: () => {
            dialog.remove();
            // The browser itself returns it to `asker`, unless a refresh replaced that meanwhile.
            if (!asker.isConnected) successorOf(asker, document.body)?.focus({ preventScroll: true });
            decide(dialog.returnValue === 'yes');
          },
        },
      },
      h('p', { id: title }, question),
      h(
        'div',
        { class: 'row' },
        button('Cancel', () => dialog.close('no'), { autofocus: true }),
        button(yes, () => dialog.close('yes'), { class: 'danger' }),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A count with its noun. */
export function times(count) {
  return count === 1 ? 'once' : `${count} times`;
}

/** Text with `these` parts as code. */
export function prose(text) {
  return text.split('`').map((part, at) => (at % 2 ? h('code', {}, part) : part));
}

/** A number of bytes as text. */
export function size(bytes) {
  return bytes < 1024
    ? `${bytes} B`
    : bytes < 1048576
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1048576).toFixed(1)} MiB`;
}

/** A value of a change, or other JSON, on one line. */
export function value(each) {
  if (each === null || each === undefined) return h('span', { class: 'muted' }, 'nothing');
  return h('code', {}, typeof each === 'string' ? each : JSON.stringify(each));
}

/** Changes as a table. */
export function changesTable(changes, caption, empty) {
  return table(
    caption,
    ['Object', 'Field', 'Before', 'After'],
    changes.map((each) => [
      h('code', {}, each.object),
      each.field === null ? h('span', { class: 'muted' }, 'the whole') : each.field,
      h('span', { class: 'before' }, value(each.before)),
      h('span', { class: 'after' }, value(each.after)),
    ]),
    empty,
  );
}
