// The icons of the console: drawn on 16 by 16, in the colour of the text beside them, and silent for screen readers.

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  mark: 'M8 1.5 14 5v6l-6 3.5L2 11V5zM8 1.5v6.2m0 0L2.2 5M8 7.7 13.8 5M8 7.7v6.6',
  start: 'M9.5 2 3.5 9H8l-1.5 5 6-7H8z',
  callers: 'M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M3 13.5c.4-2.6 2.4-4 5-4s4.6 1.4 5 4',
  contract: 'M4 1.8h5L12.5 5v9.2H4zM9 2v3.2h3.3M6.2 8.3h4M6.2 11h4',
  workspaces: 'M2 3.5h12v9H2zM2 6.5h12M5 10h3',
  packs: 'M8 2l5.5 2.8v6.4L8 14l-5.5-2.8V4.8zM2.6 4.9 8 7.6l5.4-2.7M8 7.6V14',
  collections:
    'M8 5.5c3.3 0 5.5-.8 5.5-2S11.3 2 8 2s-5.5.4-5.5 1.5 2.2 2 5.5 2M2.5 3.5v9c0 1.1 2.2 1.8 5.5 1.8s5.5-.7 5.5-1.8v-9M2.5 8c0 1.2 2.2 2 5.5 2s5.5-.8 5.5-2',
  settings:
    'M2 4.5h7m3 0h2M2 11.5h2m3 0h7M10.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3M5.5 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3',
  journal: 'M2.5 4h1m2 0h8m-11 4h1m2 0h8m-11 4h1m2 0h8',
  audit: 'M8 1.8 13 4v3.6c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6V4zM5.7 8l1.6 1.7 3-3.3',
  coverage: 'M2.5 2.5h4v4h-4zm7 0h4v4h-4zm-7 7h4v4h-4zm7 0h4v4h-4z',
  simulate: 'M2 8h2.5l2-4.5 3 9 2-4.5H14',
  states:
    'M4.5 5.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6m7 8.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6M4.5 5.5v3.3c0 1.9 1.2 3.5 3.2 3.5h2M8 3.7h1.5c1.3 0 2 .8 2 2v4.8',
  worlds:
    'M8 14.2a6.2 6.2 0 1 0 0-12.4 6.2 6.2 0 0 0 0 12.4M2 8h12M8 1.8c2 2 2.6 4 2.6 6.2S10 12.2 8 14.2C6 12.2 5.4 10.2 5.4 8S6 3.8 8 1.8',
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10m3.7-1.3L14 14',
  menu: 'M2 4h12M2 8h12M2 12h12',
  clock: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12M8 4.5V8l2.3 1.7',
  chevron: 'M4 6l4 4 4-4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M2.8 8.5 6.3 12l7-8',
  close: 'M3.5 3.5l9 9m0-9-9 9',
  system: 'M2 3h12v8H2zM6 13.8h4',
  light:
    'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6M8 1.5V3m0 10v1.5M1.5 8H3m10 0h1.5M3.4 3.4l1 1m7.2 7.2 1 1m0-9.2-1 1m-7.2 7.2-1 1',
  dark: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1',
};

/** An icon by its name. */
export function icon(name) {
  const made = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: '0 0 16 16', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' };
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  made.append(path);
  return made;
}
