// A long list, a page at a time: a search, and the way to what comes before and after.

import { fill, h } from './dom.js';
import { button, field } from './parts.js';

export const PAGE = 100;
const SOON_MS = 150;

/**
 * A search and the pages of a list. `changed` is called when another part of it is wanted. `query` says which part, for
 * a request or for the address; `show` says how many there are in all.
 */
export function pagerOf(query, changed, name = 'Search') {
  const search = h('input', {
    type: 'search',
    value: query.get('search') ?? '',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const pages = h('div', { class: 'row', role: 'group', 'aria-label': 'Pages' });
  let offset = Math.max(0, Number.parseInt(query.get('offset') ?? '0', 10) || 0);
  let waiting = null;

  const goTo = (to) => {
    offset = to;
    changed();
  };
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => goTo(0), SOON_MS);
  });

  function show(count) {
    if (offset >= count && offset > 0) {
      goTo(0);
      return;
    }
    const last = Math.min(offset + PAGE, count);
    const move = (text, to, possible) => button(text, () => goTo(to), { disabled: !possible, class: 'quiet' });
    fill(
      pages,
      count > PAGE
        ? [
            move('Previous', Math.max(0, offset - PAGE), offset > 0),
            h('span', { class: 'muted' }, `${offset + 1} to ${last} of ${count}`),
            move('Next', offset + PAGE, last < count),
          ]
        : null,
    );
  }

  return {
    made: [field(name, search), pages],
    text: () => search.value.trim(),
    query: () => ({ search: search.value.trim(), offset: offset || '' }),
    asked: () => new URLSearchParams({ search: search.value.trim(), offset, limit: PAGE }).toString(),
    part: (all) => all.slice(offset, offset + PAGE),
    again: () => (offset = 0),
    show,
  };
}
