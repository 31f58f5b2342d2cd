"""A status that a workspace or a task is given from outside, as if the steps to it had been taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from mock_server.resources.audit.event import SYSTEM, round_to_milliseconds
from mock_server.resources.workspaces import task as task_values
from mock_server.resources.workspaces.files.sandbox import with_sandbox_if_running
from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.queue import find_oldest, find_unfinished, with_next_task_scheduled
from mock_server.resources.workspaces.life.table import By, find_step_to
from mock_server.resources.workspaces.task import CURRENT, TASKS, Task
from mock_server.resources.workspaces.workspace import WORKSPACES, Status, Workspace
from mock_server.state.collection import Collection
from mock_server.state.state import State, list_touched
from mock_server.state.value import Value, replace

_LIKE: Mapping[Status, By] = {"provisioning": "restart", "stopping": "stop", "stopped": "stop", "failed": "fail"}
"""The step that ends the tasks of a workspace that is given a status."""
_OWN: frozenset[By] = frozenset({"time", "fail"})
"""The steps that a workspace takes by itself: their events are its creator's."""

V = TypeVar("V", bound=Value)


def with_workspace_status(state: State, workspace: Workspace, status: Status, now: datetime, *, held: bool) -> State:
    """Return the state in which a workspace has a status, its tasks are as they are then, and it is held there or not.

    In the status that it has the hold alone changes.
    """
    if status != workspace.status:
        state = _move(state, workspace, status, round_to_milliseconds(now), held=held)
    return state.put(WORKSPACES, with_hold(state.all(WORKSPACES)[workspace.id], held=held))


def with_task_status(state: State, task: Task, status: task_values.Status, now: datetime, *, held: bool) -> State:
    """Return the state in which a task has a status, and its workspace is busy or idle by that.

    Where it becomes the current task, the one that was it is completed first.
    """
    at = round_to_milliseconds(now)
    if status != task.status:
        others = [each for each in _find_current(state, task.workspace_id) if each.id != task.id]
        for each in others if status in CURRENT else []:
            state = tasks.with_step_taken(state, each, find_step_to("task", each.status, "completed"), at)
        state = tasks.with_step_taken(state, task, find_step_to("task", task.status, status), at)
        state = _with_status(state, task.workspace_id, "busy" if others or status in CURRENT else "idle", at)
    return state.put(TASKS, with_hold(state.all(TASKS)[task.id], held=held))


def with_hold(value: V, *, held: bool) -> V:
    """Return a workspace or task that is held where it is, without a timer, or that is not."""
    return replace(value, held=True, due_at=None) if held else replace(value, held=False)


def with_timers_started(after: State, before: State, now: datetime) -> State:
    """Return the state in which what was touched since `before` is as if it had come by itself.

    What is not held has its timers, which run from now; a workspace that runs has a sandbox.
    """
    at, queues = round_to_milliseconds(now), set()
    for name, key in list_touched(after, before):
        if name == WORKSPACES.name and (workspace := after.get(WORKSPACES, key)) is not None:
            queues.add(workspace.id)
            after = with_sandbox_if_running(after, workspace, at)
            after = _put(after, WORKSPACES, workspace, workspaces.with_timer(workspace, at))
        elif name == TASKS.name and (task := after.get(TASKS, key)) is not None:
            queues.add(task.workspace_id)
            after = _put(after, TASKS, task, tasks.with_timer(task, at))
    for workspace_id in sorted(queues):
        after = with_next_task_scheduled(after, workspace_id, at)
    return after


def _put(state: State, collection: Collection[V], before: V, after: V) -> State:
    return state if after is before else state.put(collection, after)


def _move(state: State, workspace: Workspace, status: Status, at: datetime, *, held: bool) -> State:
    if status == "idle":
        for each in _find_current(state, workspace.id):
            state = tasks.with_step_taken(state, each, find_step_to("task", each.status, "completed"), at)
    elif (by := _LIKE.get(status)) is not None:
        state = tasks.with_steps_taken(state, find_unfinished(state, workspace.id), by, at)
    step = find_step_to("workspace", workspace.status, status)
    user_id = workspace.created_by_user_id if step.by in _OWN else SYSTEM
    state = workspaces.with_step_taken(state, workspace, step, user_id, at)
    task = find_oldest(state, workspace.id) if status == "busy" else None
    if task is not None:
        state = tasks.with_step_taken(state, task, find_step_to("task", task.status, "running"), at)
        state = state.put(TASKS, with_hold(state.all(TASKS)[task.id], held=held))
    return state


def _find_current(state: State, workspace_id: str) -> list[Task]:
    return [each for each in find_unfinished(state, workspace_id) if each.status in CURRENT]


def _with_status(state: State, workspace_id: str, status: Status, at: datetime) -> State:
    workspace = state.all(WORKSPACES)[workspace_id]
    if status == workspace.status:
        return state
    return state.put(WORKSPACES, replace(workspace, status=status, updated_at=at))
