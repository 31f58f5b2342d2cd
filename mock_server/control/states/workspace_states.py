"""Provider states of workspaces and their tasks: the status of one, and of the other what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_server.control.errors import StatusImpossible, TaskUnknown, WorkspaceUnknown, named
from mock_server.control.states.context import StateContext
from mock_server.resources.tasks import task as tasks
from mock_server.resources.tasks.task import CURRENT, ENDED, TASKS, Reason, Task
from mock_server.resources.workspaces import workspace as workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

End = tuple[tasks.Status, Reason | None]

_OF_CURRENT: Mapping[workspaces.Status, End] = {
    "idle": ("completed", None),
    "provisioning": ("cancelled", "workspace_restarted"),
    "stopping": ("cancelled", "workspace_stopped"),
    "stopped": ("cancelled", "workspace_stopped"),
    "failed": ("failed", "workspace_failed"),
}
"""How the task that a workspace works on ends when it comes to a status."""
_OF_QUEUED: Mapping[workspaces.Status, End] = {
    "stopping": ("delivery_failed", "workspace_stopped"),
    "stopped": ("delivery_failed", "workspace_stopped"),
    "failed": ("delivery_failed", "workspace_failed"),
}
"""How those end that wait for their turn."""
_REASONS: Mapping[tasks.Status, Reason] = {
    "failed": "workspace_failed",
    "cancelled": "cancelled_by_user",
    "delivery_failed": "agent_unreachable",
}
"""Why a task that a state brings to this status ended."""
_OF_TASKS = tuple(status for status in tasks.STATUSES if status != "submitted")


def workspace_in_status(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Give a workspace a status, as if the steps to it had been taken, and hold it there or not."""
    context.only("org_id", "workspace_id", "status", "held")
    workspace = _workspace(context)
    status, held = context.choice("status", workspaces.STATUSES), context.flag("held", default=True)
    if workspace.archived_at is not None:
        raise StatusImpossible("The workspace is archived.")
    state = context.state
    if status != workspace.status:
        state, workspace = _moved(state, workspace, status, context.now)
    return state.put(WORKSPACES, replace(workspace, held=held)), {}


def let_workspace_go(context: StateContext) -> State:
    """Hold the workspace no longer, where it is there still."""
    found = context.state.get(WORKSPACES, context.text("workspace_id"))
    return context.state if found is None else context.state.put(WORKSPACES, replace(found, held=False))


def task_in_status(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Give a task a status, as if the steps to it had been taken, and hold it there or not."""
    context.only("org_id", "workspace_id", "task_id", "status", "held")
    workspace, state = _workspace(context), context.state
    of_workspace = {each.id: each for each in state.where(TASKS, workspace_id=workspace.id)}
    task = named("task", context.text("task_id"), of_workspace, TaskUnknown)
    status, held = context.choice("status", _OF_TASKS), context.flag("held", default=True)
    if workspace.status not in ("idle", "busy"):
        raise StatusImpossible(f"The workspace of the task is {workspace.status}.")
    if status != task.status:
        others = [each for each in of_workspace.values() if each.status in CURRENT and each.id != task.id]
        task = _task_moved(task, status, context.now)
        if status in CURRENT:
            for each in others:
                state = state.put(TASKS, _ended(each, ("completed", None), context.now))
        state = _with_status(state, workspace, "busy" if others or status in CURRENT else "idle", context.now)
    return state.put(TASKS, replace(task, held=held)), {}


def let_task_go(context: StateContext) -> State:
    """Hold the task no longer, where it is there still."""
    found = context.state.get(TASKS, context.text("task_id"))
    return context.state if found is None else context.state.put(TASKS, replace(found, held=False))


def _workspace(context: StateContext) -> Workspace:
    """The workspace of the org that is named; raises WorkspaceUnknown."""
    own = {each.id: each for each in context.state.where(WORKSPACES, org_id=context.org().id)}
    return named("workspace", context.text("workspace_id"), own, WorkspaceUnknown)


def _moved(state: State, workspace: Workspace, status: workspaces.Status, now: datetime) -> tuple[State, Workspace]:
    """The state in which its tasks are as they are when a workspace comes to a status, and the workspace in it."""
    unfinished = [each for each in state.where(TASKS, workspace_id=workspace.id) if each.status not in ENDED]
    if status == "busy" and unfinished:
        oldest = min(unfinished, key=lambda each: (each.created_at, each.id))
        state = state.put(TASKS, replace(oldest, status="running", held=True))
    for each in unfinished:
        end = (_OF_CURRENT if each.status in CURRENT else _OF_QUEUED).get(status)
        state = state if end is None else state.put(TASKS, _ended(each, end, now))
    if status == "stopped":
        state, snapshot = state.next_id("snap")
        workspace = replace(workspace, snapshot_ref=snapshot, last_snapshot_error=None)
    return state, replace(workspace, status=status, updated_at=now)


def _with_status(state: State, workspace: Workspace, status: workspaces.Status, now: datetime) -> State:
    if status == workspace.status:
        return state
    return state.put(WORKSPACES, replace(workspace, status=status, updated_at=now))


def _task_moved(task: Task, status: tasks.Status, now: datetime) -> Task:
    if status in ENDED:
        return _ended(task, (status, _REASONS.get(status)), now)
    return replace(task, status=status, completed_at=None, reason=None)


def _ended(task: Task, end: End, now: datetime) -> Task:
    status, reason = end
    return replace(task, status=status, reason=reason, completed_at=now)
