"""The page on life cycles, rendered from the table: `python -m tests.repo.life_cycles` writes it."""

from collections.abc import Mapping

from mock_server.resources.life.table import STEPS, By, Machine, Step
from mock_server.resources.tasks import task
from mock_server.resources.workspaces import workspace
from tests.repo.sources import ROOT

PAGE = ROOT / "docs" / "life-cycles.md"

_STATUSES: Mapping[Machine, tuple[str, ...]] = {"workspace": workspace.STATUSES, "task": task.STATUSES}
_NONE = "–"
MOVERS: Mapping[By, str] = {
    "create": "it is made",
    "fork": "it is forked from another one",
    "submit": "it is submitted",
    "resume": "resume",
    "time": "time",
    "unreachable": "time, without its agent",
    "deliver": "a task is delivered",
    "finish": "its current task ends",
    "stop": "stop",
    "restart": "restart",
    "fail": "failure, which a provider state alone makes",
    "cancel": "cancel",
    "archive": "archive",
    "unarchive": "unarchive",
    "state": "a provider state alone",
}
OF_TASKS: Mapping[By, str] = {
    "stop": "stop of the workspace",
    "restart": "restart of the workspace",
    "fail": "failure of the workspace",
}

_TEXT = """\
# Life cycles

How workspaces and their tasks live in a world of the mock. This page is rendered from the table by which the mock moves them (`mock_server/resources/life/table.py`): `python -m tests.repo.life_cycles` writes it.

The clock is that of the world. What is due has happened before a request sees the world, in order and each step at its own time, however far the clock was moved; a clock that is set back undoes nothing. Due times are part of the state: they go along with snapshots, forks, rewinds and exports.

## Workspaces

{workspace}

A workspace begins with its role's environment. A snapshot gets a new `snapshot_ref`; while nobody can reach the agent there is none, and `last_snapshot_error` says so until the next good one. Archiving changes no status.

## Tasks

{task}

A workspace has one current task (delivered, running or compacting) at most; others wait in the order in which they were submitted, while it provisions, is idle or is busy. A cancelled one stays as it is for a second, then ends; one that waits in its turn holds up those after it until then. Every end sets `completed_at` and `duration_seconds`. Who asks for a cancellation writes `task_cancel_requested`, and a task that the clock sets running has one request of its own decided, a `policy_decision` of category audit.

## What is held

The workspaces and tasks of the seed data stay as they are until something acts on them, but for tasks that wait: those have their turn as soon as the one before them ends. So do those that the provider states `workspace is` and `task is` bring to a status, unless `held` is false; their teardown lets the timers run. A held workspace does not hold its tasks. What `workspace exists` and `task exists` make lives, unless `held` is true.

| provider state | what it does |
|---|---|
| `time has passed` | moves the clock of the world forward by `seconds` |
| `workspace is`, `task is` | brings one to a status, as if the steps to it had been taken |
| `agent is unreachable` | lets no task be delivered, and no snapshot be taken, until its teardown |
"""


def page() -> str:
    """Return the page."""
    return _TEXT.format(**{machine: f"{_picture(machine)}\n\n{_table(machine)}" for machine in _STATUSES})


def _rows(machine: Machine) -> list[Step]:
    return [step for step in STEPS if step.of == machine]


def _table(machine: Machine) -> str:
    rows = [("from", "by", "after", "to", "beside", "event"), ("---",) * 6]
    rows += [_row(step) for step in _rows(machine)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(step: Step) -> tuple[str, ...]:
    every = step.sources == _STATUSES[step.of]
    sources = "any" if every else ", ".join(step.sources) or _NONE
    effects = [step.when, "A snapshot is taken." if step.snapshot else ""]
    if step.reason is not None:
        effects.append(f"reason: {step.reason}")
    beside = " ".join(each for each in effects if each)
    after = f"{step.after} s" if step.after else _NONE
    event = _NONE if step.event is None else f"`{step.event}`"
    return sources, _mover(step), after, step.to or "as it is", beside or _NONE, event


def _mover(step: Step) -> str:
    return OF_TASKS.get(step.by, MOVERS[step.by]) if step.of == "task" else MOVERS[step.by]


def _picture(machine: Machine) -> str:
    """The steps as a diagram that GitHub and editors draw; what comes from any status alone is left out."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for step in _rows(machine):
        if step.to is None or step.sources == _STATUSES[machine]:
            continue
        label = f"{step.by} {step.after} s" if step.after else step.by
        lines += [f"    {source} --> {step.to}: {label}" for source in step.sources or ("[*]",)]
    return "\n".join([*lines, "```"])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
