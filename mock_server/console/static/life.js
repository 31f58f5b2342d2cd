// How workspaces and tasks stand: what a status is like, how far a task has come, and what a status lets one do.

const KINDS = {
  idle: 'good',
  busy: 'good',
  provisioning: 'warn',
  stopping: 'warn',
  running: 'good',
  compacting: 'warn',
  completed: 'good',
  cancelled: 'warn',
  failed: 'bad',
  delivery_failed: 'bad',
  stale: 'warn',
};

const HOME = 'workspaces';

/** The kind of badge for a status. */
export function kindOf(status) {
  return KINDS[status] ?? 'plain';
}

/** The statuses that the clock brings a kind of object to one after the other, from this one on. */
export function pathFrom(steps, of, status) {
  const path = [status];
  for (;;) {
    const next = steps.find((step) => step.of === of && step.by === 'time' && step.from.includes(path.at(-1)))?.to;
    if (!next || path.includes(next)) return path;
    path.push(next);
  }
}

/**
 * Whether an operation could do something in a workspace with these tasks: by the table of steps, and, for what is in
 * a workspace, by whether its errors name the workspace's status, or the one that this leads to.
 */
export function isPossible(steps, operation, workspace, tasks) {
  const [verb] = operation.id.split('.')[1].split('_');
  if (workspace.archived_at) return verb === 'unarchive';
  if (verb === 'unarchive') return false;
  if (operation.tag !== HOME && pathFrom(steps, 'workspace', workspace.status).some((each) => refuses(operation, each)))
    return false;
  const statuses = { workspace: [workspace.status], task: tasks.map((each) => each.status) };
  const ways = steps.filter((step) => `${step.of}s` === operation.tag && step.by === verb);
  return !ways.length || ways.some(({ of, from }) => !from.length || from.some((each) => statuses[of].includes(each)));
}

function refuses({ responses }, status) {
  return responses.some(({ codes }) => codes.includes(`workspace_${status}`));
}
