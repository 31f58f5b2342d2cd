// What stands around every view: the caller, the clock of the world, the way to everything, the menu and the theme.

import { control, inWorld, loadPersonas, onControlled } from './api.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { choose, chosen } from './persona.js';
import { href } from './route.js';

const [mark, menu, search, caller, clock, theme] = ['mark', 'menu', 'search', 'caller', 'clock', 'theme'].map((id) =>
  document.getElementById(id),
);
const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const TICK_MS = 1000;

/** The caller of the top line, as a view has it while it is shown: its name, and an event for each change. */
export class Viewer extends EventTarget {
  get value() {
    return caller.value;
  }
}

/** Offer the personas, with the one that the address or this tab has chosen; go on as that one. */
export async function showCallers(query) {
  const personas = await loadPersonas();
  if (caller.options.length !== personas.length)
    fill(
      caller,
      personas.map(({ name }) => h('option', { value: name }, name)),
    );
  caller.value = chosen(personas, query)?.name ?? '';
  if (caller.value === query.get('as')) choose(caller.value); // whom a link names, one goes on as
}

let told = null; // what the mock said of the clock last, and when
let clockWorld = null;

/** Show the clock of another world. */
export async function followClock(world) {
  clockWorld = world;
  clock.href = href(world, 'simulate');
  await control('GET', inWorld(world, '/clock')).catch(() => (clock.hidden = true));
}

function tellClock() {
  const now = told.at + (told.mode === 'real' ? performance.now() - told.since : 0);
  const [date, time] = [
    new Date(now).toLocaleDateString(undefined, { day: 'numeric', month: 'short' }),
    new Date(now).toLocaleTimeString('en-GB'),
  ];
  clock.title = `The clock of ${clockWorld}, ${told.mode}`;
  fill(clock, icon('clock'), `${date}, ${time}`, told.mode === 'frozen' ? ' · frozen' : '');
  clock.hidden = false;
}

onControlled((method, path, answer) => {
  if (path === inWorld(clockWorld, '/clock')) {
    told = { mode: answer.mode, at: Date.parse(answer.now), since: performance.now() };
    tellClock();
  } else if (method !== 'GET' && method !== 'DELETE' && path.startsWith(inWorld(clockWorld, '/')))
    followClock(clockWorld); // a state, a reset or a rewind may have moved it
});

const THEMES = ['system', 'light', 'dark'];
const KEY = 'evershell-mock-theme';

const presentTheme = () => document.documentElement.dataset.theme ?? THEMES[0];

function showTheme() {
  const name = presentTheme();
  fill(theme, icon(name));
  theme.setAttribute('aria-label', `Theme: ${name}`);
  theme.title = `Theme: ${name}`;
}

function nextTheme() {
  const name = THEMES[(THEMES.indexOf(presentTheme()) + 1) % THEMES.length];
  if (name === THEMES[0]) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, name);
  dispatchEvent(new Event('storage')); // what was there before the page, theme.js, shows it
  showTheme();
}

/** Make the frame work; `world` returns the present one, `changed` is called when somebody chose another caller. */
export function beginFrame({ world, changed }) {
  mark.prepend(icon('mark'));
  fill(menu, icon('menu'), h('span', {}, 'Menu'));
  fill(
    search,
    icon('search'),
    h('span', {}, 'Search'),
    h('kbd', { 'aria-hidden': 'true' }, IS_APPLE ? '⌘K' : 'Ctrl K'),
  );
  const unfold = (open) => menu.setAttribute('aria-expanded', String(open));
  menu.addEventListener('click', () => unfold(menu.getAttribute('aria-expanded') === 'false'));
  addEventListener('hashchange', () => unfold(false));
  caller.addEventListener('change', () => {
    choose(caller.value);
    changed();
  });
  const openPalette = async () => (await import('./palette.js')).openPalette(world());
  search.addEventListener('click', openPalette);
  addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    openPalette();
  });
  theme.addEventListener('click', nextTheme);
  showTheme();
  setInterval(() => {
    if (!document.hidden && told?.mode === 'real') tellClock();
  }, TICK_MS);
}
