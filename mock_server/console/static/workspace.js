// A workspace as a card: how it stands, the queue of its tasks, and what can be done to it.

import { actionsOf } from './actions.js';
import { fill, h } from './dom.js';
import { isPossible, kindOf, pathFrom } from './life.js';
import { badge } from './parts.js';

const ENDED_SHOWN = 3;

/** The card of a workspace; `show` brings it up to date, and leaves alone what somebody types in it. */
export function cardOf(id, { operations, steps, link, whole, ...context }) {
  const head = h('div', { class: 'head' });
  const about = h('p', { class: 'muted' });
  const queue = h('div', { class: 'view' });
  const actions = actionsOf({ ...context, of: id, home: 'workspaces' });
  const made = h('article', { class: 'card', 'aria-label': id, 'data-key': id }, head, about, queue, actions.made);

  function show(workspace, tasks) {
    const possible = (operation) => isPossible(steps, operation, workspace, tasks);
    fill(
      head,
      h('h4', {}, link ? h('a', { href: link }, h('code', {}, id)) : h('code', {}, id)),
      badge(workspace.status, kindOf(workspace.status), 'status'),
      workspace.pack_status ? badge(`packs ${workspace.pack_status}`, kindOf(workspace.pack_status)) : null,
      workspace.archived_at ? badge('archived', 'warn') : null,
    );
    fill(about, aboutOf(workspace));
    fill(queue, queueOf(tasks, steps, whole));
    actions.show(
      operations.filter(possible),
      operations.filter((each) => !possible(each)),
    );
  }
  return { made, show };
}

function aboutOf(workspace) {
  const facts = [
    [workspace.role_id, ''],
    [workspace.environment, ''],
    [workspace.created_by_user_id, 'by '],
    [workspace.parent_workspace_id, 'fork of '],
    [workspace.last_snapshot_error, 'snapshot: '],
  ];
  return facts.filter(([value]) => value).map(([value, word], at) => [at ? ' · ' : '', word, h('code', {}, value)]);
}

/** What has not ended, the oldest first, and then what has, the newest first. */
function queueOf(tasks, steps, whole) {
  if (!tasks.length) return h('p', { class: 'empty' }, 'No task.');
  const waiting = tasks.filter((each) => !each.completed_at).reverse();
  const ended = tasks.filter((each) => each.completed_at);
  const shown = whole ? ended : ended.slice(0, ENDED_SHOWN);
  const more = ended.length - shown.length;
  return [
    h(
      'ol',
      { class: 'queue' },
      [...waiting, ...shown].map((each) => taskOf(each, steps)),
    ),
    more ? h('p', { class: 'muted' }, `${more} more have ended.`) : null,
  ];
}

function taskOf(task, steps) {
  const path = pathFrom(steps, 'task', 'submitted');
  const facts = [task.reason, task.completed_at && `${task.duration_seconds} s`].filter(Boolean);
  return h(
    'li',
    {},
    h('span', {}, badge(task.status, kindOf(task.status)), ' ', task.description),
    task.completed_at
      ? null
      : h('progress', {
          max: path.length - 1,
          value: Math.max(0, path.indexOf(task.status)),
          'aria-label': `${task.id} on its way`,
        }),
    h('span', { class: 'muted' }, h('code', {}, task.id), facts.map((each) => ` · ${each}`).join('')),
  );
}
