// The objects of a collection, as the control API has them: each with its key and its record.

import { control, inWorld } from './api.js';

/** The objects of a collection of a world. */
export async function objectsIn(world, name) {
  const { objects } = await partOf(world, name);
  return objects;
}

/** The objects of a collection of a world that a query asks for, and how many its search finds. */
export function partOf(world, name, query = '') {
  return control('GET', inWorld(world, `/collections?name=${encodeURIComponent(name)}&${query}`));
}

/** What a record calls its object; undefined where it has no name of any kind. */
export function nameIn(record) {
  return record.display_name ?? record.name ?? record.label ?? record.email;
}

/** The id of the org that an object is of; null where it is of none. */
export function orgOf({ key, record }) {
  return record.org_id ?? (key.length > 1 ? key[0] : null);
}
