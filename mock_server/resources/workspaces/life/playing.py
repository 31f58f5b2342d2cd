"""Playing what the clock has made due: each transition at its own time, in order, until none is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.events import with_decision
from mock_server.resources.workspaces.life.queue import with_next_task_scheduled
from mock_server.resources.workspaces.life.table import find_step
from mock_server.resources.workspaces.task import ENDED, TASKS
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace


def play_due(state: State, now: datetime) -> State:
    """Return the state in which nothing is due any more at this time; the same state where nothing was."""
    while state.timers and (timer := state.timers[0]).at <= now:
        state = _PLAY[timer.collection](state, timer.key, timer.at)
    return state


def _play_workspace(state: State, workspace_id: str, at: datetime) -> State:
    workspace = state.all(WORKSPACES)[workspace_id]
    step = find_step("workspace", workspace.status, "time")
    if step is None or workspace.archived_at is not None:
        return state.put(WORKSPACES, replace(workspace, due_at=None))
    return with_next_task_scheduled(
        workspaces.with_step_taken(state, workspace, step, workspace.created_by_user_id, at), workspace_id, at
    )


def _play_task(state: State, task_id: str, at: datetime) -> State:
    task = state.all(TASKS)[task_id]
    workspace = state.all(WORKSPACES)[task.workspace_id]
    waits = task.status == "submitted" and task.cancel_requested_at is None
    if task.cancel_requested_at is not None:
        step = find_step("task", task.status, "cancel")
    else:
        unreachable = waits and workspace.unreachable_since is not None
        step = find_step("task", task.status, "unreachable" if unreachable else "time")
    if step is None or (waits and workspace.status != "idle"):
        return state.put(TASKS, replace(task, due_at=None))
    if step.to in ENDED:
        return tasks.with_task_ended(state, task, step, at)
    state = tasks.with_step_taken(state, task, step, at)
    return _with_busy_workspace(state, workspace, at) if waits else with_decision(state, task, at)


def _with_busy_workspace(state: State, workspace: Workspace, at: datetime) -> State:
    """The state in which a workspace is busy with the task that was delivered to it."""
    step = find_step("workspace", workspace.status, "deliver")
    return state if step is None else state.put(WORKSPACES, replace(workspace, status=step.to, updated_at=at))


_PLAY: Mapping[str, Callable[[State, str, datetime], State]] = {
    WORKSPACES.name: _play_workspace,
    TASKS.name: _play_task,
}
