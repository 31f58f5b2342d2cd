// The life cycles of workspaces and tasks, as the control API tells them: one table each.

import { h } from './dom.js';
import { table } from './parts.js';

const COLUMNS = ['Step', 'By', 'Beside', 'Event'];

/** A table for each kind of object that has a life. */
export function lifeCycles(steps) {
  return [...new Set(steps.map((step) => step.of))].map((kind) =>
    table(
      `The life of a ${kind}; the clock is that of the world`,
      COLUMNS,
      steps.filter((step) => step.of === kind).map((step) => row(step, statusesOf(steps, kind))),
      'None.',
    ),
  );
}

function statusesOf(steps, kind) {
  const own = steps.filter((step) => step.of === kind);
  return new Set(own.flatMap((step) => [...step.from, step.to]).filter(Boolean));
}

function row(step, statuses) {
  const from = step.from.length === statuses.size ? 'any' : step.from.join(', ');
  const beside = [step.when, step.snapshot && 'A snapshot is taken.', step.reason && `Reason: ${step.reason}`];
  return [
    [h('strong', {}, from || 'new'), ' → ', h('strong', {}, step.to ?? 'as it is')],
    h(
      'span',
      { class: 'line' },
      step.by,
      h('span', { class: 'muted' }, step.after_seconds ? `, ${step.after_seconds} s` : ', at once'),
    ),
    beside.filter(Boolean).join(' '),
    step.event ?? '',
  ];
}
