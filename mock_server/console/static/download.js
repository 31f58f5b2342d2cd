// A file that the browser saves.

import { h } from './dom.js';

/** Have the browser save a text of JSON under a name. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  h('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
