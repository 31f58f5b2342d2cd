// Events and statistics of them as rows.

import { h } from './dom.js';
import { badge, opening, table, value, when } from './parts.js';

export const EVENT_COLUMNS = ['Time', 'Event', 'By', 'About', 'Fields'];
const ABOUT = ['resource_id', 'workspace_id', 'task_id', 'destination'];
const DECISIONS = { allow: 'good', deny: 'bad' };

/** The cells of an event. */
export function eventRow(event) {
  const about = ABOUT.filter((column) => event[column]);
  return [
    when(event.timestamp),
    [
      h('strong', {}, event.event_type),
      ' ',
      event.decision ? badge(event.decision, DECISIONS[event.decision]) : badge(event.category),
    ],
    [event.user_id ?? '', h('br'), h('span', { class: 'muted' }, event.actor)],
    about.map((column, at) => [at ? h('br') : null, h('code', { title: column }, event[column])]),
    opening('Show', () => fieldsOf(event), { 'aria-label': `Fields of ${event.id}` }),
  ];
}

/** The fields of an object that the API shows. */
export function fieldsOf(object) {
  const fact = ([name, each]) => h('div', {}, h('dt', {}, name), h('dd', {}, value(each)));
  return h('dl', { class: 'facts' }, Object.entries(object).map(fact));
}

/** The buckets of statistics as a table: the columns of their groups, the name of each, and its value. */
export function statisticsTable(buckets) {
  const [first = { group: {} }] = buckets;
  const groups = Object.keys(first.group);
  const named = 'bucket' in first;
  return table(
    `${buckets.length} buckets`,
    [...groups, ...(named ? ['bucket'] : []), 'value'],
    buckets.map(({ group, bucket, value: number }) => [
      ...groups.map((column) => (group[column] === '' ? h('span', { class: 'muted' }, 'none') : group[column])),
      ...(named ? [bucket] : []),
      h('strong', {}, String(number)),
    ]),
    'No event counts.',
  );
}
