// The contract: its operations by tag, and of the one that is looked at all that is promised, with a way to try it.

import { inWorld, loadPersonas, control } from '../api.js';
import { IS_OURS } from '../base.js';
import { loadContract } from '../contract.js';
import { fill, h } from '../dom.js';
import { generalRules, headOf, requestOf, responsesOf, rulesOf } from '../operation.js';
import { field, folding, methodOf, statusBadge } from '../parts.js';
import { href } from '../route.js';
import { styled } from '../styles.js';
import { tryIt } from '../tryit.js';

const SOME = 50;

export async function mount(root, { world, query, viewer }) {
  const personas = await loadPersonas();
  const caller = personas.find((each) => each.name === viewer.value) ?? personas[0];
  const [contract, packs] = await Promise.all([
    loadContract(),
    IS_OURS ? packsOf(world, caller.org_id) : [],
    styled('reader'),
  ]);
  const { operations, rules, resolve, document } = contract;
  const list = operationsOf(operations, world);
  const detail = h('div', { class: 'view' });
  const stateless = operations.filter((each) => each.stateless);

  function show(id) {
    const operation = operations.find((each) => each.id === id) ?? operations[0];
    list.mark(operation);
    fill(
      detail,
      h(
        'div',
        { class: 'operation' },
        h('section', { 'aria-label': operation.id }, headOf(operation, personas), requestOf(operation, resolve)),
        tryIt(operation, { world, personas, packs, caller }),
      ),
      responsesOf(operation, resolve),
      rulesOf(operation, rules),
    );
  }

  fill(
    root,
    h(
      'p',
      { class: 'lead' },
      `${document.info.title} ${document.info.version}. `,
      h('a', { href: 'contract' }, 'The document'),
      ' · ',
      h('a', { href: 'control.yaml' }, 'that of the control API'),
    ),
    h(
      'div',
      { class: 'reader' },
      list.made,
      h(
        'div',
        { class: 'view' },
        detail,
        stateless.length ? withoutState(stateless, world) : null,
        generalRules(rules),
      ),
    ),
  );
  show(query.get('operation'));
  return {
    query: (now) => {
      show(now.get('operation'));
      scrollTo({ top: 0 });
    },
  };
}

/** Some packs of an org, one of which a request may be about. */
async function packsOf(world, org) {
  const query = new URLSearchParams({ viewer: org, search: org, limit: SOME });
  const { packs } = await control('GET', inWorld(world, `/packs?${query}`)).catch(() => ({ packs: [] }));
  return packs;
}

/** The operations by tag, with a field that finds some of them; `mark` shows which one is looked at. */
function operationsOf(operations, world) {
  const search = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const links = operations.map((operation) => [
    operation,
    h(
      'a',
      { href: href(world, 'contract', { operation: operation.id }), title: `${operation.id}: ${operation.summary}` },
      methodOf(operation.method),
      h('span', {}, operation.id.replace(`${operation.tag}.`, '')),
    ),
  ]);
  const groups = [...new Set(operations.map((each) => each.tag))].map((tag) => {
    const own = links.filter(([operation]) => operation.tag === tag);
    const items = own.map(([, link]) => h('li', {}, link));
    return { tag, own, items, made: h('details', {}, h('summary', {}, tag.replaceAll('_', ' ')), h('ul', {}, items)) };
  });
  let present = null;

  function narrow() {
    const sought = search.value.trim().toLowerCase();
    for (const { tag, own, items, made } of groups) {
      own.forEach(
        ([each], at) =>
          (items[at].hidden = !`${each.method} ${each.path} ${each.id} ${each.summary}`.toLowerCase().includes(sought)),
      );
      made.hidden = items.every((each) => each.hidden);
      made.open = sought !== '' || tag === present?.tag;
    }
  }
  search.addEventListener('input', narrow);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter')
      groups
        .flatMap(({ items }) => items)
        .find((each) => !each.hidden)
        ?.firstChild.click();
  });

  const made = h(
    'div',
    { class: 'operations', role: 'navigation', 'aria-label': 'Operations' },
    folding(
      'All operations',
      field('Find an operation', search),
      groups.map((each) => each.made),
    ),
  );
  return {
    made,
    mark: (operation) => {
      present = operation;
      for (const [each, link] of links) {
        if (each === operation) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      if (!search.value) narrow();
    },
  };
}

function withoutState(stateless, world) {
  return h(
    'section',
    { 'aria-label': 'Operations without state' },
    h('h3', {}, 'Operations without state'),
    h(
      'p',
      {},
      'The mock has no function for these. Credential, scope, billing and validation are real; the answer is an ',
      'example of the contract, with the header ',
      h('code', {}, 'X-Mock-Stateless'),
      '.',
    ),
    h(
      'ul',
      { class: 'steps' },
      stateless.map((each) =>
        h(
          'li',
          {},
          h('a', { href: href(world, 'contract', { operation: each.id }) }, each.id),
          ` ${each.method} `,
          h('code', {}, each.path),
          ' ',
          statusBadge(each.stateless.status),
          ' ',
          each.stateless.problem ?? each.stateless.reason ?? '',
        ),
      ),
    ),
  );
}
