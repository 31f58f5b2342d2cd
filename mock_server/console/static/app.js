// The frame around the views: which world, which view, and whether the mock is there.

import { allWorlds, askForTokenAgain, controlled, inWorld, onTokenAsked, setToken } from './api.js';
import { forgetContract } from './contract.js';
import { fill, h, newId } from './dom.js';
import { beginFrame, followClock, showCallers, Viewer } from './frame.js';
import { follow } from './live.js';
import { FIRST, showNavigation, showParts, viewNamed, VIEWS } from './navigation.js';
import { button, clockTime, field, problemOf } from './parts.js';
import { DEFAULT_WORLD, href, route } from './route.js';

const [main, status, notice, picker, said] = ['main', 'status', 'notice', 'world', 'said'].map((id) =>
  document.getElementById(id),
);

// `early`: what happened while a view was being made, and is told to it then.
const shown = { world: null, view: null, viewer: null, mounted: {}, early: null, following: new AbortController() };
let turn = 0;

const say = (text) => fill(said, text);

function setStatus(state, text) {
  if (status.dataset.state === state) return;
  status.dataset.state = state;
  fill(status, text);
}

/** The names in the picker, with the present one. */
async function listWorlds() {
  const worlds = await allWorlds();
  const names = new Set([...worlds.map((each) => each.name), shown.world]);
  fill(
    picker,
    [...names].map((name) => h('option', { value: name }, name)),
  );
  picker.value = shown.world;
}

async function refresh() {
  try {
    await shown.mounted.refresh?.();
  } catch (problem) {
    fill(notice, problemOf(problem));
  }
}

/** Tell the view of an entry; of what the console read only a view that asks for it. */
function happened(entry) {
  if (shown.early) shown.early.push(entry);
  else if (!entry.from_console || shown.mounted.withConsole?.()) shown.mounted.entry?.(entry);
}

/** Say whether the mock serves its files as they are, or went on with those before, as it could not serve a change. */
function showHealth({ refused }) {
  if (!refused) {
    setStatus('live', 'Live');
    if (notice.querySelector('.refused')) fill(notice);
    return;
  }
  setStatus('refused', 'Not up to date');
  fill(
    notice,
    h(
      'div',
      { class: 'refused' },
      h(
        'p',
        {},
        h('strong', {}, 'Not up to date. '),
        `${refused.change} at `,
        clockTime(refused.at),
        ' and cannot be served: what was served before still is.',
      ),
      h('p', {}, h('code', {}, refused.problem)),
    ),
  );
}

/**
 * Follow a world, and return what is fulfilled once that is so, or cannot be; `missed`: requests may have been missed;
 * `known`: the world exists, and is not made by asking.
 */
function followWorld(world, { missed = false, known = false } = {}) {
  shown.following.abort();
  shown.following = new AbortController();
  const { signal } = shown.following;
  let settle;
  const settled = new Promise((done) => {
    settle = done;
  });
  signal.addEventListener('abort', settle, { once: true });
  let lost = false;
  let before = false;
  follow(
    world,
    (headers, signal) =>
      controlled(inWorld(world, '/journal/stream?with_console=true&with_health=true'), { headers, signal }),
    signal,
    {
      event: ({ name, data }) => {
        if (name === 'message') happened(JSON.parse(data));
        else if (name === 'health') showHealth(JSON.parse(data));
        else refresh();
      },
      connected: () => {
        if (before) {
          forgetContract(); // another process may have gone on, with another one, and with an empty journal
          missed = true;
        }
        before = true;
        if (lost) {
          fill(notice);
          say('The mock is there again.');
          listWorlds().catch(() => {});
        }
        if (lost || missed) refresh();
        followClock(world);
        lost = false;
        missed = false;
        settle();
      },
      lost: () => {
        lost = true;
        settle();
        setStatus('lost', 'No answer');
        fill(notice, h('p', {}, 'The mock does not answer. This page goes on by itself as soon as it is there again.'));
      },
      refused: () => {
        setStatus('lost', 'Refused');
        settle();
      },
      deleted: () => {
        setStatus('deleted', 'Deleted');
        settle();
        fill(
          notice,
          h(
            'p',
            {},
            `The world ${world} was deleted. `,
            button('Make it again', () => {
              fill(notice);
              followWorld(world, { missed: true });
            }),
            ' ',
            h(
              'a',
              { href: href(DEFAULT_WORLD, route().view), on: { click: () => fill(notice) } },
              `Go to the world ${DEFAULT_WORLD}`,
            ),
          ),
        );
      },
    },
    { known },
  );
  return settled;
}

/** A browser has few connections to one host, so a hidden tab closes its own and catches up later. */
function followWhileSeen() {
  if (document.hidden) {
    shown.following.abort();
    setStatus('waiting', 'Paused');
  } else if (shown.world !== null) followWorld(shown.world, { missed: true, known: true });
}

function again() {
  askForTokenAgain();
  Object.assign(shown, { world: null, view: '' });
  show();
}

async function show() {
  const asked = route();
  const named = viewNamed(asked.view);
  if (named === null) history.replaceState(null, '', href(asked.world, FIRST));
  else if (named !== asked.view) history.replaceState(null, '', href(asked.world, named, asked.query));
  const { world, view, query } = route();
  const moved = shown.world !== world;
  if (!moved && shown.view === view && shown.mounted.query) {
    await showCallers(query);
    shown.mounted.query(query);
    return;
  }
  const first = shown.view === null;
  const mine = (turn += 1);
  shown.mounted.unmount?.();
  Object.assign(shown, { world, view, viewer: new Viewer(), mounted: {}, early: [] });
  document.title = `${VIEWS[view]} · ${world} · Evershell mock`;
  showNavigation(world, view);
  let followed;
  if (moved) {
    fill(notice);
    followed = followWorld(world);
    listWorlds().catch((problem) => fill(notice, problemOf(problem)));
  }
  const { viewer } = shown;
  const parts = (...links) => mine === turn && showParts(...links);
  const root = h('div', { class: `view in-${view}` });
  fill(main, h('h2', { tabindex: '-1' }, VIEWS[view]), root);
  if (!first) main.firstChild.focus({ preventScroll: true });
  main.setAttribute('aria-busy', 'true');
  try {
    // The world is followed first: what came between a view's lists and the stream's beginning would not be shown.
    const [{ mount }] = await Promise.all([import(`./views/${view}.js`), showCallers(query), followed]);
    const mounted = await mount(root, { world, query, viewer, say, listWorlds, parts });
    if (mine === turn) shown.mounted = mounted;
    else mounted.unmount?.();
  } catch (problem) {
    if (mine === turn) fill(root, problemOf(problem), button('Try again', again));
    if (mine === turn) shown.mounted = { refresh: again };
  }
  if (mine !== turn) return;
  const early = shown.early;
  shown.early = null;
  early.forEach(happened);
  main.removeAttribute('aria-busy');
}

/** Ask for the control token; return whether there is one now. */
function askForToken(word) {
  return new Promise((decide) => {
    const title = newId('token');
    const input = h('input', { type: 'password', autocomplete: 'off', required: true });
    const dialog = h(
      'dialog',
      {
        'aria-labelledby': title,
        on: {
          close: () => {
            dialog.remove();
            decide(dialog.returnValue === 'given');
          },
        },
      },
      h('h2', { id: title }, 'This mock asks for its control token'),
      h('p', {}, word || 'It was started with --control-token. The token is kept until this tab is closed.'),
      h(
        'form',
        {
          on: {
            submit: (event) => {
              event.preventDefault();
              setToken(input.value);
              dialog.close('given');
            },
          },
        },
        field('Control token', input),
        h(
          'div',
          { class: 'row' },
          h('button', { type: 'submit', class: 'primary' }, 'Go on'),
          button('Not now', () => dialog.close('')),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}

onTokenAsked(askForToken);
beginFrame({ world: () => shown.world, changed: () => shown.viewer?.dispatchEvent(new Event('change')) });
picker.addEventListener('change', () => {
  location.hash = href(picker.value, route().view);
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
document.addEventListener('visibilitychange', followWhileSeen);
addEventListener('hashchange', show);
show();
