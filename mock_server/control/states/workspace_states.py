"""Provider states of workspaces: what they and their tasks are, their agents, files and requests; and of the clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from mock_server.control.errors import OutOfTime, StatusImpossible, TaskUnknown, WorkspaceUnknown, require_named
from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import Text, WorkspaceParams, make_refusal
from mock_server.resources.audit.event import (
    EVENTS,
    SYSTEM,
    Decision,
    Event,
    make_event_id,
    round_to_milliseconds,
    with_event,
)
from mock_server.resources.workspaces import task as tasks
from mock_server.resources.workspaces import workspace as workspaces
from mock_server.resources.workspaces.files.sandbox import read_sandbox_files, with_file
from mock_server.resources.workspaces.files.tree import PACKS_FOLDER, Files, is_file_path, list_folders, make_file
from mock_server.resources.workspaces.life.events import DEBITS, LATENCY_MS
from mock_server.resources.workspaces.life.queue import find_current
from mock_server.resources.workspaces.life.set_status import with_hold, with_task_status, with_workspace_status
from mock_server.resources.workspaces.task import TASKS
from mock_server.resources.workspaces.workspace import RUNNING, WORKSPACES, Workspace
from mock_server.state.blobs import make_blob
from mock_server.state.clock import ClockError
from mock_server.state.state import State
from mock_server.state.value import Value, replace

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


class FileParams(WorkspaceParams):
    """The file of a workspace, with its content in base64."""

    path: Text
    content: bytes


class DecisionParams(WorkspaceParams):
    """A decision about a request of a workspace."""

    decision: Decision
    task_id: Text | None = None
    destination: Text | None = None
    method: Text = "POST"
    latency_ms: float = LATENCY_MS
    debits: Mapping[str, float] | None = None


class TimeParams(Value):
    """The seconds by which the clock is moved."""

    seconds: Annotated[float, msgspec.Meta(ge=0)]


def set_workspace_status(context: StateContext, params: WorkspaceStatusParams) -> tuple[State, dict[str, Any]]:
    """Give a workspace a status, as if the steps to it had been taken, and hold it there or not."""
    workspace = _find_workspace(context, params)
    if workspace.archived_at is not None:
        raise StatusImpossible("The workspace is archived.")
    return with_workspace_status(context.state, workspace, params.status, context.now, held=params.held), {}


def let_workspace_go(context: StateContext) -> State:
    """Hold the workspace no longer, nor the task that it works on, where it is there still."""
    found, state = context.state.get(WORKSPACES, context.require("workspace_id")), context.state
    if found is None:
        return state
    task = find_current(state, found.id)
    state = state if task is None else state.put(TASKS, with_hold(task, held=False))
    return state.put(WORKSPACES, with_hold(found, held=False))


def set_task_status(context: StateContext, params: TaskStatusParams) -> tuple[State, dict[str, Any]]:
    """Give a task a status, as if the steps to it had been taken, and hold it there or not."""
    workspace, state = _find_workspace(context, params), context.state
    of_workspace = {each.id: each for each in state.select(TASKS, workspace_id=workspace.id)}
    task = require_named("task", params.task_id, of_workspace, TaskUnknown)
    if workspace.status not in ("idle", "busy"):
        raise StatusImpossible(f"The workspace of the task is {workspace.status}.")
    return with_task_status(state, task, params.status, context.now, held=params.held), {}


def let_task_go(context: StateContext) -> State:
    """Hold the task no longer, where it is there still."""
    found = context.state.get(TASKS, context.require("task_id"))
    return context.state if found is None else context.state.put(TASKS, with_hold(found, held=False))


def cut_agent_off(context: StateContext, params: WorkspaceParams) -> tuple[State, dict[str, Any]]:
    """Let nobody reach the agent of a workspace: no task is delivered to it, and no snapshot is taken of it."""
    workspace = _find_workspace(context, params)
    return context.state.put(WORKSPACES, replace(workspace, unreachable_since=context.now)), {}


def let_agent_answer(context: StateContext) -> State:
    """Let the agent be reached again, where its workspace is there still."""
    found = context.state.get(WORKSPACES, context.require("workspace_id"))
    return context.state if found is None else context.state.put(WORKSPACES, replace(found, unreachable_since=None))


def put_file(context: StateContext, params: FileParams) -> tuple[State, dict[str, Any]]:
    """Put a file into the sandbox of a workspace that runs, as if its agent had written it."""
    workspace, path = _find_workspace(context, params), params.path
    if workspace.status not in RUNNING:
        raise StatusImpossible(f"The workspace is {workspace.status}, so it has no sandbox.")
    if not is_file_path(path) or not _is_free(read_sandbox_files(context.state, workspace), path):
        raise make_refusal("path", "No file in the sandbox can have this path.")
    file = make_file(path, make_blob(params.content), round_to_milliseconds(context.now))
    return with_file(context.state, workspace.id, path, file), {}


def decide(context: StateContext, params: DecisionParams) -> tuple[State, dict[str, Any]]:
    """Write the event of a request of a workspace that was let through or not."""
    org, state = context.find_org(params.org_id), context.state
    provider = context.find_provider_in_use(org.id)
    usual = None if provider is None else provider.domain
    event = Event(
        org_id=org.id,
        user_id=_find_person(state, org.id, params.workspace_id, params.task_id),
        timestamp=round_to_milliseconds(context.now),
        event_type="policy_decision",
        actor="policy-engine",
        workspace_id=params.workspace_id,
        task_id=params.task_id,
        destination=params.destination or usual,
        method=params.method,
        decision=params.decision,
        phase="request_headers",
        policy_type="http",
        latency_ms=params.latency_ms,
        debits=DEBITS if params.debits is None else params.debits,
    )
    return with_event(state, event), {"event_id": make_event_id(event.timestamp, state.find_next_count(EVENTS.noun))}


def pass_time(context: StateContext, params: TimeParams) -> tuple[State, dict[str, Any]]:
    """Move the clock of the world forward by so many seconds; what is due by then happens, each at its own time."""
    clock = context.state.clock
    try:
        return context.state.with_clock(clock.advance(params.seconds, context.now - clock.offset)), {}
    except ClockError as error:
        raise OutOfTime(str(error)) from error


def leave_as_is(context: StateContext) -> State:
    """Leave what was done as it is: a file that an agent wrote, an event, and time that has passed."""
    return context.state


def _find_workspace(context: StateContext, params: WorkspaceParams) -> Workspace:
    """Return the workspace of the org that is named; raises WorkspaceUnknown."""
    own = {each.id: each for each in context.state.select(WORKSPACES, org_id=context.find_org(params.org_id).id)}
    return require_named("workspace", params.workspace_id, own, WorkspaceUnknown)


def _is_free(files: Files, path: str) -> bool:
    """Whether a file can be written here: this is no folder, none that it is in is a file, and no pack is there."""
    folders = set(list_folders(path))
    is_folder = any(there.startswith(f"{path}/") for there in files)
    return not is_folder and folders.isdisjoint(files) and PACKS_FOLDER not in {path, *folders}


def _find_person(state: State, org_id: str, workspace_id: str, task_id: str | None) -> str:
    """Return who submitted the task, or else made the workspace; the system where the org has neither."""
    task = state.get(TASKS, task_id) if task_id else None
    if task is not None and task.org_id == org_id:
        return task.submitted_by_user_id
    workspace = state.get(WORKSPACES, workspace_id)
    return workspace.created_by_user_id if workspace is not None and workspace.org_id == org_id else SYSTEM
