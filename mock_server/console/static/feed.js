// What happens in workspaces, as it happens: the stream of activity, as a persona gets it.

import { jsonOf } from './answers.js';
import { openStream, readShown } from './api.js';
import { fill, h } from './dom.js';
import { fieldsOf } from './events.js';
import { kindOf } from './life.js';
import { follow } from './live.js';
import { badge, button, clockTime, opening, problemOf } from './parts.js';
import { href } from './route.js';

const MOST = 200;

/**
 * The feed: its elements, `show` to follow a stream, `stop`. `happened` is called with each event, and with null where
 * some may have been missed.
 */
export function feedOf(world, happened) {
  const list = h('ol', { class: 'feed' });
  const empty = h(
    'p',
    { class: 'empty' },
    'Nothing yet. What the seed data hold stays as it is until something acts on it, or lets it go in ',
    h('a', { href: href(world, 'states', { state: 'workspace is' }) }, 'States'),
    '.',
  );
  const problem = h('div', { role: 'status' });
  const clear = button('Clear', () => forget(), { class: 'quiet', of: 'the feed' });
  const log = h('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': 'Events' }, empty, list);
  let following = new AbortController();
  let asked = null;
  let last = null;

  function forget() {
    list.replaceChildren();
    empty.hidden = false;
  }

  function receive({ id, data }) {
    const event = JSON.parse(data);
    last = id;
    happened(event);
    if (asked.workspace && event.workspace_id !== asked.workspace) return;
    empty.hidden = true;
    list.prepend(itemOf(event));
    if (list.childElementCount > MOST) list.lastChild.remove();
  }

  /** Follow the stream; `begun` is called once it is clear whether there is one. */
  function go(begun) {
    following.abort();
    if (document.hidden) return begun(); // as the page's own stream: a browser has few connections to one host
    following = new AbortController();
    let first = true;
    const { path, token } = asked;
    follow(
      world,
      (headers, signal) => openStream(world, { path, token, headers, signal }),
      following.signal,
      {
        event: receive,
        connected: () => {
          fill(problem);
          if (!first) happened(null);
          first = false;
          begun();
        },
        refused: (why) => {
          fill(problem, problemOf(why));
          begun();
        },
        lost: begun,
      },
      { known: true, last },
    );
    return null;
  }

  /**
   * Follow another stream: its path, the token of who asks, the workspace whose events alone are shown, and perhaps the
   * path of the list of what happened before.
   */
  async function show(request) {
    asked = request;
    last = null;
    forget();
    await new Promise(go);
    if (request.before) await recall(request);
  }

  async function recall(request) {
    const got = await readShown(world, { path: request.before, token: request.token });
    if (!got.ok || asked !== request) return; // who may not read it has the stream alone
    const shown = new Set([...list.children].map((each) => each.dataset.key));
    const before = jsonOf(got).events.filter((each) => !shown.has(each.id));
    list.append(...before.map(itemOf));
    empty.hidden = list.childElementCount > 0;
  }

  const whileSeen = () => asked && go(() => happened(null));
  document.addEventListener('visibilitychange', whileSeen);
  return {
    made: [h('div', { class: 'head' }, h('h3', {}, 'Feed'), clear), problem, log],
    show,
    stop: () => {
      following.abort();
      document.removeEventListener('visibilitychange', whileSeen);
    },
  };
}

function itemOf(event) {
  const about = [event.task_id, event.workspace_id].filter(Boolean);
  return h(
    'li',
    { 'data-key': event.id },
    h('div', { class: 'muted' }, clockTime(event.timestamp), h('br'), dayOf(event.timestamp)),
    h(
      'div',
      {},
      h('strong', {}, event.event_type),
      event.status ? [' ', badge(event.status, kindOf(event.status))] : null,
      h(
        'div',
        { class: 'muted' },
        about.map((id) => [h('code', {}, id), ' ']),
      ),
      opening('Fields', () => fieldsOf(event), { 'aria-label': `Fields of ${event.event_type}` }),
    ),
  );
}

function dayOf(iso) {
  return new Date(iso).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}
