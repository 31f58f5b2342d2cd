// The life cycles of workspaces and tasks, as the control API tells them: one table each.

import { h } from './dom.js';
import { table } from './parts.js';

const COLUMNS = ['From', 'By', 'After', 'To', 'Beside', 'Event'];

/** A table for each kind of object that has a life. */
export function lifeCycles(steps) {
  return [...new Set(steps.map((step) => step.of))].map((kind) =>
    table(
      `The life of a ${kind}; the clock is that of the world`,
      COLUMNS,
      steps.filter((step) => step.of === kind).map(row),
      'None.',
    ),
  );
}

function row(step) {
  const beside = [step.when, step.snapshot && 'A snapshot is taken.', step.reason && `Reason: ${step.reason}`];
  return [
    step.from.join(', ') || 'new',
    step.by,
    step.after_seconds ? `${step.after_seconds} s` : 'at once',
    step.to ?? 'as it is',
    beside.filter(Boolean).join(' ') || none(),
    step.event ?? none(),
  ];
}

const none = () => h('span', { class: 'muted' }, 'none');
