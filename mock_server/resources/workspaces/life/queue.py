"""The tasks of a workspace that have not ended: which of them is its current one, and whose turn is next."""

from __future__ import annotations

from datetime import datetime

from mock_server.resources.workspaces.life.table import find_step
from mock_server.resources.workspaces.task import CURRENT, TASKS, Task
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.state import State
from mock_server.state.value import replace

_COUNTED = frozenset({"completed", "failed", "cancelled"})


def find_unfinished(state: State, workspace_id: str) -> list[Task]:
    """Return the tasks of a workspace that have not ended, oldest first."""
    return state.select(TASKS, unfinished_in=workspace_id)


def find_current(state: State, workspace_id: str) -> Task | None:
    """Return the task that a workspace works on: the oldest unfinished one, unless a provider state chose another."""
    first = find_oldest(state, workspace_id)
    if first is None or first.status in CURRENT:
        return first
    return next((each for each in find_unfinished(state, workspace_id) if each.status in CURRENT), None)


def find_oldest(state: State, workspace_id: str) -> Task | None:
    """Return the oldest task of a workspace that has not ended."""
    return state.select_first(TASKS, unfinished_in=workspace_id)


def list_for_fork_points(state: State, workspace_id: str) -> list[Task]:
    """Return the tasks that the point of a fork counts, in the order in which they ended."""
    ended = [each for each in state.select(TASKS, workspace_id=workspace_id) if each.status in _COUNTED]
    return sorted(ended, key=lambda each: (each.completed_at or each.created_at, each.age))


def with_next_task_scheduled(state: State, workspace_id: str, at: datetime) -> State:
    """Return the state in which the task whose turn is next has a timer, from now on, and no other that waits has.

    Its turn is next while the workspace is idle and nothing older is unfinished. One that is being cancelled keeps
    its timer, and holds up those after it.
    """
    first = find_oldest(state, workspace_id)
    if first is None:
        return state
    idle = state.all(WORKSPACES)[workspace_id].status == "idle"
    for each in find_unfinished(state, workspace_id) if not idle else [first]:
        if each.status == "submitted" and each.cancel_requested_at is None:
            state = _with_turn(state, each, at if idle and not each.held else None)
    return state


def _with_turn(state: State, task: Task, since: datetime | None) -> State:
    """The state in which a task that waits is delivered so long after its turn has come; None: it has not."""
    step = find_step("task", "submitted", "time")
    due = None if since is None or step is None else task.due_at or since + step.lasts
    return state if due == task.due_at else state.put(TASKS, replace(task, due_at=due))
