// Whom the views speak as: whom the address names, else whom somebody chose last in this tab.

const CHOSEN = 'evershell-mock-persona';

/** The chosen persona, or the first one. */
export function chosen(personas, query) {
  const names = [query.get('as'), sessionStorage.getItem(CHOSEN)];
  return names.map((name) => personas.find((each) => each.name === name)).find(Boolean) ?? personas[0];
}

/** Keep the chosen persona for the other views. */
export function choose(name) {
  sessionStorage.setItem(CHOSEN, name);
}

/** The role of a persona, the permission set of an API key, or that it has scopes which are neither. */
export function roleOf(persona) {
  return (persona.role ?? persona.permission_set ?? 'own scopes').replaceAll('_', ' ');
}
