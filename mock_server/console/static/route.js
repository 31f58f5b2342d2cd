// The address: #/WORLD/VIEW?QUERY, so that a link shares what is looked at; #VIEW is one of the world `default`.

export const DEFAULT_WORLD = 'default';

/** World, view and query of the address. */
export function route() {
  const [path, query = ''] = location.hash.slice(1).split('?');
  const [world, view] = path.includes('/') ? path.replace(/^\//, '').split('/').map(decoded) : ['', decoded(path)];
  return { world: world || DEFAULT_WORLD, view: view || 'start', query: new URLSearchParams(query) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a view without empty parts of the query; a part with a list of values stands there once for each. */
export function href(world, view, query = {}) {
  const pairs = query instanceof URLSearchParams ? [...query] : Object.entries(query);
  const kept = pairs
    .flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
    .filter(([, value]) => value !== '' && value !== null && value !== undefined);
  const text = new URLSearchParams(kept).toString();
  return `#/${encodeURIComponent(world)}/${view}${text ? `?${text}` : ''}`;
}

/** Change the query without a new entry in the browser's history, and without a new view. */
export function replaceQuery(query) {
  const { world, view } = route();
  history.replaceState(null, '', href(world, view, query));
}
