"""Provider states of workspaces and their tasks: the status of one, and whether its agent can be reached."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from mock_server.control.errors import StatusImpossible, TaskUnknown, WorkspaceUnknown, named
from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import Text, WorkspaceParams
from mock_server.resources.life.given import task_given, with_hold, workspace_given
from mock_server.resources.life.queue import current
from mock_server.resources.tasks import task as tasks
from mock_server.resources.tasks.task import TASKS
from mock_server.resources.workspaces import workspace as workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

_OF_TASKS = [status for status in tasks.STATUSES if status != "submitted"]


class WorkspaceStatusParams(WorkspaceParams):
    """The status that a workspace is given."""

    status: workspaces.Status
    held: bool = True


class TaskStatusParams(WorkspaceParams):
    """The status that a task is given."""

    task_id: Text
    status: Annotated[tasks.Status, msgspec.Meta(extra_json_schema={"enum": _OF_TASKS})]
    held: bool = True


def workspace_in_status(context: StateContext, params: WorkspaceStatusParams) -> tuple[State, dict[str, Any]]:
    """Give a workspace a status, as if the steps to it had been taken, and hold it there or not."""
    workspace = workspace_named(context, params)
    if workspace.archived_at is not None:
        raise StatusImpossible("The workspace is archived.")
    return workspace_given(context.state, workspace, params.status, context.now, held=params.held), {}


def let_workspace_go(context: StateContext) -> State:
    """Hold the workspace no longer, nor the task that it works on, where it is there still."""
    found, state = context.state.get(WORKSPACES, context.require("workspace_id")), context.state
    if found is None:
        return state
    task = current(state, found.id)
    state = state if task is None else state.put(TASKS, with_hold(task, held=False))
    return state.put(WORKSPACES, with_hold(found, held=False))


def task_in_status(context: StateContext, params: TaskStatusParams) -> tuple[State, dict[str, Any]]:
    """Give a task a status, as if the steps to it had been taken, and hold it there or not."""
    workspace, state = workspace_named(context, params), context.state
    of_workspace = {each.id: each for each in state.where(TASKS, workspace_id=workspace.id)}
    task = named("task", params.task_id, of_workspace, TaskUnknown)
    if workspace.status not in ("idle", "busy"):
        raise StatusImpossible(f"The workspace of the task is {workspace.status}.")
    return task_given(state, task, params.status, context.now, held=params.held), {}


def let_task_go(context: StateContext) -> State:
    """Hold the task no longer, where it is there still."""
    found = context.state.get(TASKS, context.require("task_id"))
    return context.state if found is None else context.state.put(TASKS, with_hold(found, held=False))


def unreachable(context: StateContext, params: WorkspaceParams) -> tuple[State, dict[str, Any]]:
    """Let nobody reach the agent of a workspace: no task is delivered to it, and no snapshot is taken of it."""
    workspace = workspace_named(context, params)
    return context.state.put(WORKSPACES, replace(workspace, unreachable_since=context.now)), {}


def reachable(context: StateContext) -> State:
    """Let the agent be reached again, where its workspace is there still."""
    found = context.state.get(WORKSPACES, context.require("workspace_id"))
    return context.state if found is None else context.state.put(WORKSPACES, replace(found, unreachable_since=None))


def workspace_named(context: StateContext, params: WorkspaceParams) -> Workspace:
    """Return the workspace of the org that is named; raises WorkspaceUnknown."""
    own = {each.id: each for each in context.state.where(WORKSPACES, org_id=context.org(params.org_id).id)}
    return named("workspace", params.workspace_id, own, WorkspaceUnknown)
