// Why a list does not show an object to a caller, by what the answer, the contract and the object's record say.

import { nameIn, orgOf } from './objects.js';

/** What an object is called, whose it is, and whether it is in an answer with objects of these names. */
export function objectOf({ key, record }, persona, names) {
  const id = key.at(-1);
  const org = orgOf({ key, record });
  return {
    id,
    org,
    record,
    name: nameIn(record) ?? id,
    shown: names.has(id) && (key.length === 1 || org === persona.org_id),
  };
}

/** A word for the reason, and a sentence; `asked` has the persona, the list, the answer and the switches that are on. */
export function reasonOf({ org, record }, asked) {
  const { persona, list, answer, on } = asked;
  if (org !== persona.org_id) return ['of another org', `Lists hold what is of ${persona.org_id}, and nothing else.`];
  if (!answer.ok) return [`${answer.status} ${answer.error?.code ?? ''}`.trim(), answer.error?.message ?? 'No reason.'];
  if (record.archived_at && !on.includes('include_archived'))
    return ['archived', 'It is in the list with include_archived=true.'];
  const own = ownScope(list.operation, persona);
  if (own) return ['not the caller’s own', `With ${own} alone the list has what is the caller’s own.`];
  if (record.user_id) return ['somebody else’s', `It is personal, of ${record.user_id}.`];
  return ['no reason known', 'Its record, the contract and the answer do not tell why.'];
}

/** The scope that lets the caller see what is its own alone; null where it has a wider one, or needs none. */
function ownScope(operation, { permissions }) {
  const held = operation.permissions.flat().filter((scope) => permissions.includes(scope));
  return held.length && held.every((scope) => scope.endsWith(':own')) ? held[0] : null;
}
