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

/** Whether the table of steps has one that an operation could take in a workspace with these tasks. */
export function isPossible(steps, operation, workspace, tasks) {
  const [verb] = operation.id.split('.')[1].split('_');
  if (workspace.archived_at) return verb === 'unarchive';
  if (verb === 'unarchive') return false;
  const statuses = { workspace: [workspace.status], task: tasks.map((each) => each.status) };
  const ways = steps.filter((step) => `${step.of}s` === operation.tag && step.by === verb);
  return !ways.length || ways.some(({ of, from }) => !from.length || from.some((each) => statuses[of].includes(each)));
}
