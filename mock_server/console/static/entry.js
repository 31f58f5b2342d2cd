// One entry of the journal as a line: who asked, what a fault did, what was changed, and why it was refused.

import { badge } from './parts.js';

/** The caller of a request, and what is wrong with an invalid credential. */
export function callerOf({ caller, credential }) {
  if (caller === null) return 'nobody';
  return credential === null || credential === 'valid' ? caller : `${caller} (${credential.replaceAll('_', ' ')})`;
}

/** The faults of a request and their effects; empty where there were none. */
export function faultOf({ faults, fault_effect: done }) {
  if (!faults.length) return '';
  const parts = [
    `fault ${faults.join(' and ')}`,
    [done.status, done.code].filter(Boolean).join(' '),
    done.delay_ms ? `${done.delay_ms} ms late` : '',
    done.drop ? 'connection dropped' : '',
    done.truncate === undefined ? '' : `body cut after ${done.truncate} bytes`,
  ];
  return parts.filter(Boolean).join(', ');
}

const SIDE_CHANGES = /^(counters|clock|registry)\b/; // what changes with an object
const MOST_CHANGES = 3;
const MOST_TEXT = 32;

/** What a request changed: "visibility org → community", "created pack_1", "deleted pack_1". */
function changesOf({ changes }) {
  const objects = changes.filter((each) => !SIDE_CHANGES.test(each.object));
  const told = (objects.length ? objects : changes).filter((each, _, all) => {
    const other = (one) => one.object === each.object && one.field !== each.field;
    return each.field !== 'updated_at' || !all.some(other);
  });
  const several = new Set(told.map((each) => each.object)).size > 1;
  const said = told.slice(0, MOST_CHANGES).map((each) => changeOf(each, several));
  if (told.length > said.length) said.push(`${told.length - said.length} more`);
  return said.join(', ');
}

function changeOf({ object, field, before, after }, named) {
  const id = object.slice(object.indexOf('/') + 1);
  if (field === null) return `${before === null ? 'created' : after === null ? 'deleted' : 'replaced'} ${id}`;
  return `${named ? `${id} ` : ''}${field} ${short(before)} → ${short(after)}`;
}

function short(value) {
  if (value === null || value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
}

/** Badges of an entry that differs from a usual answer of the API. */
export function marksOf(entry) {
  return [
    entry.from_console ? badge('console', 'plain', 'A view of the console read it; it counts as no client’s') : null,
    entry.stateless
      ? badge('stateless', 'warn', 'The mock has no function for this operation, and answered without its state')
      : null,
    entry.undeclared ? badge('undeclared', 'bad', 'The contract does not declare this answer') : null,
    entry.passage?.to ? badge('passed on', 'plain', entry.passage.to) : null,
    entry.passage?.broke.length ? badge('broke the contract', 'bad', entry.passage.broke.join('; ')) : null,
    entry.passage?.differs ? badge('differs', 'warn', entry.passage.differs) : null,
    entry.undone ? badge('undone', 'warn', 'The world was taken back to before it') : null,
  ].filter(Boolean);
}

/** The effects of faults, the reason of a refusal, or the changes of a request, on one line. */
export function whyOf(entry) {
  const fault = faultOf(entry);
  if (entry.gate === 'fault' && fault) return [fault, entry.reason].filter(Boolean).join(': ');
  const told = entry.gate ? [entry.gate, entry.reason].filter(Boolean).join(': ') : changesOf(entry);
  return [fault, told].filter(Boolean).join('; ');
}
