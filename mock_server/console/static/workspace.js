// A workspace as a card: how it stands, the queue of its tasks, and what can be done to it.

import { actionsOf } from './actions.js';
import { stepText } from './clock.js';
import { fill, h } from './dom.js';
import { isPossible, kindOf, pathFrom } from './life.js';
import { badge } from './parts.js';

const ENDED_SHOWN = 3;

/**
 * The card of a workspace; `show` brings it up to date, and leaves alone what somebody types in it. A step that it has
 * taken meanwhile is seen as one; `tick` says anew what is due of it, by `dueOf`. `nameOf` names its role.
 */
export function cardOf(id, { operations, steps, link, whole, dueOf, nameOf, ...context }) {
  const head = h('div', { class: 'head' });
  const step = h('p', { class: 'step' });
  const next = h('p', { class: 'muted', 'data-due': `workspaces/${id}` });
  const known = new Map(); // the status of it and its tasks, as they were shown last
  const about = h('p', { class: 'muted' });
  const queue = h('div', { class: 'view' });
  const actions = actionsOf({ ...context, of: id, home: 'workspaces' });
  const made = h(
    'article',
    { class: 'card', 'aria-label': id, 'data-key': id },
    head,
    step,
    next,
    about,
    queue,
    actions.made,
  );

  function show(workspace, tasks) {
    const possible = (operation) => isPossible(steps, operation, workspace, tasks);
    fill(
      head,
      h('h4', {}, nameOf(workspace.role_id)),
      badge(workspace.status, kindOf(workspace.status), 'status'),
      workspace.pack_status ? badge(`packs ${workspace.pack_status}`, kindOf(workspace.pack_status)) : null,
      workspace.archived_at ? badge('archived', 'warn') : null,
    );
    showStep('workspace', workspace);
    tasks.forEach((each) => showStep('task', each));
    fill(about, link ? h('a', { href: link }, h('code', {}, id)) : h('code', {}, id), ' · ', aboutOf(workspace));
    fill(queue, queueOf(tasks, steps, whole));
    tick();
    actions.show(
      operations.filter(possible),
      operations.filter((each) => !possible(each)),
    );
  }

  /** Show a step that was taken since this was shown last; it stays until the next one. */
  function showStep(of, { id: name, status }) {
    const from = known.get(name);
    known.set(name, status);
    if (from === undefined || from === status) return;
    fill(step, of === 'task' ? [h('code', {}, name), ' '] : null, stepText({ from, to: status }));
    step.classList.remove('taken');
    requestAnimationFrame(() => step.classList.add('taken'));
  }

  function tick() {
    for (const each of made.querySelectorAll('[data-due]')) {
      const due = dueOf(each.dataset.due);
      fill(each, due?.to ? ['→ ', h('strong', {}, due.to), ` ${due.left}`] : null);
    }
  }
  return { made, show, tick };
}

function aboutOf(workspace) {
  const facts = [
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
    h(
      'span',
      { class: 'muted' },
      h('code', {}, task.id),
      facts.map((each) => ` · ${each}`).join(''),
      task.completed_at ? null : [' ', h('span', { 'data-due': `tasks/${task.id}` })],
    ),
  );
}
