"""Playing what the clock has made due: each transition at its own time, in order, until none is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from mock_server.resources.life import tasks, workspaces
from mock_server.resources.life.events import with_decision
from mock_server.resources.life.queue import lined_up
from mock_server.resources.life.table import step_of
from mock_server.resources.tasks.task import ENDED, TASKS
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace


def play_due(state: State, now: datetime) -> State:
    """Return the state in which nothing is due any more at this time; the same state where nothing was."""
    while state.timers and (timer := state.timers[0]).at <= now:
        state = _PLAY[timer.collection](state, timer.key, timer.at)
    return state


def _workspace(state: State, workspace_id: str, at: datetime) -> State:
    workspace = state.all(WORKSPACES)[workspace_id]
    step = step_of("workspace", workspace.status, "time")
    if step is None or workspace.archived_at is not None:
        return state.put(WORKSPACES, replace(workspace, due_at=None))
    return lined_up(workspaces.moved(state, workspace, step, workspace.created_by_user_id, at), workspace_id, at)


def _task(state: State, task_id: str, at: datetime) -> State:
    task = state.all(TASKS)[task_id]
    workspace = state.all(WORKSPACES)[task.workspace_id]
    waits = task.status == "submitted" and task.cancel_requested_at is None
    if task.cancel_requested_at is not None:
        step = step_of("task", task.status, "cancel")
    else:
        unreachable = waits and workspace.unreachable_since is not None
        step = step_of("task", task.status, "unreachable" if unreachable else "time")
    if step is None or (waits and workspace.status != "idle"):
        return state.put(TASKS, replace(task, due_at=None))
    if step.to in ENDED:
        return tasks.ended(state, task, step, at)
    state = tasks.moved(state, task, step, at)
    return _delivered(state, workspace, at) if waits else with_decision(state, task, at)


def _delivered(state: State, workspace: Workspace, at: datetime) -> State:
    """The state in which a workspace is busy with the task that was delivered to it."""
    step = step_of("workspace", workspace.status, "deliver")
    return state if step is None else state.put(WORKSPACES, replace(workspace, status=step.to, updated_at=at))


_PLAY: Mapping[str, Callable[[State, str, datetime], State]] = {WORKSPACES.name: _workspace, TASKS.name: _task}
