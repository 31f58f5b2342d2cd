"""Steps of a workspace, as (state, ...) to state: made, forked, stopped, restarted, resumed, archived.

Each asks the table. What the table does not have raises NotPossible: an operation asks `possible` first, and refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mock_server.resources.agent_roles.role import Environment, Role
from mock_server.resources.audit.event import round_to_milliseconds
from mock_server.resources.workspaces.files.sandbox import (
    with_forked_files,
    with_sandbox,
    with_sandbox_if_running,
    with_snapshot,
    without_snapshot,
)
from mock_server.resources.workspaces.life.events import with_workspace_event
from mock_server.resources.workspaces.life.queue import find_unfinished, list_for_fork_points, with_next_task_scheduled
from mock_server.resources.workspaces.life.table import By, Step, find_step
from mock_server.resources.workspaces.life.tasks import with_steps_taken
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

_UNREACHABLE = "The agent could not be reached."


class NotPossible(Exception):
    """A workspace cannot take a step from the status that it has."""


def is_possible(workspace: Workspace, by: By) -> bool:
    """Whether the table has such a step from the status of a workspace."""
    return find_step("workspace", workspace.status, by) is not None


def create(
    state: State, role: Role, user_id: str, now: datetime, environment: Environment | None = None
) -> tuple[State, Workspace]:
    """Return the state with a new workspace of a role, which is provisioning, and the workspace."""
    at = round_to_milliseconds(now)
    state, workspace_id = state.assign_id(WORKSPACES)
    place = environment or role.environment
    workspace = Workspace(workspace_id, role.org_id, role.id, at, at, user_id, environment=place)
    return _make(state, workspace, "create", at)


def fork(state: State, parent: Workspace, count: int, user_id: str, now: datetime) -> tuple[State, Workspace]:
    """Return the state with a workspace that begins where its parent was after so many tasks, and the workspace."""
    at = round_to_milliseconds(now)
    state, workspace_id = state.assign_id(WORKSPACES)
    state, source = state.assign_id_of_kind("snap")
    workspace = Workspace(
        workspace_id,
        parent.org_id,
        parent.role_id,
        at,
        at,
        user_id,
        environment=parent.environment,
        parent_workspace_id=parent.id,
        fork_source_snapshot_ref=source,
        fork_point_task_count=count,
    )
    state, child = _make(state, workspace, "fork", at)
    tasks = frozenset(each.id for each in list_for_fork_points(state, parent.id)[:count])
    return with_forked_files(state, child, parent, tasks), child


def resume(state: State, workspace: Workspace, user_id: str, now: datetime) -> State:
    """Return the state in which a stopped workspace is provisioning again."""
    return _with_user_step(state, [workspace], "resume", user_id, now)


def stop(state: State, workspace: Workspace, user_id: str, now: datetime) -> State:
    """Return the state in which a workspace is stopping, and all of its tasks have ended."""
    return _with_user_step(state, [workspace], "stop", user_id, now)


def stop_each(state: State, found: Sequence[Workspace], user_id: str, now: datetime) -> State:
    """Return the state in which all of these workspaces are stopping: first their tasks end, then they go on."""
    return _with_user_step(state, found, "stop", user_id, now)


def restart(state: State, workspace: Workspace, user_id: str, now: datetime) -> State:
    """Return the state in which a workspace provisions again, from a snapshot, and its current task has ended."""
    return _with_user_step(state, [workspace], "restart", user_id, now)


def archive(state: State, workspace: Workspace, user_id: str, now: datetime) -> State:
    """Return the state in which a workspace that does not run is archived."""
    return _with_user_step(state, [replace(workspace, archived_at=round_to_milliseconds(now))], "archive", user_id, now)


def unarchive(state: State, workspace: Workspace, user_id: str, now: datetime) -> State:
    """Return the state in which a workspace is archived no longer."""
    return _with_user_step(state, [replace(workspace, archived_at=None)], "unarchive", user_id, now)


def with_step_taken(state: State, workspace: Workspace, step: Step, user_id: str, at: datetime) -> State:
    """Return the state in which a workspace has taken a step, with a snapshot where the step takes one.

    Its old timer goes, and that of the new status runs. Its sandbox is made anew where it provisions.
    """
    workspace = replace(workspace, status=step.to or workspace.status, updated_at=at, held=False, due_at=None)
    if step.snapshot:
        state, workspace = _with_snapshot(state, workspace)
    workspace = with_timer(workspace, at)
    state = state.put(WORKSPACES, workspace)
    begins = step.to == "provisioning"
    state = with_sandbox(state, workspace, at) if begins else with_sandbox_if_running(state, workspace, at)
    return state if step.event is None else with_workspace_event(state, workspace, step.event, user_id, at)


def with_timer(workspace: Workspace, at: datetime) -> Workspace:
    """Return the workspace with the timer of its status from now on, if that has one."""
    step = find_step("workspace", workspace.status, "time")
    still = workspace.held or workspace.archived_at is not None or workspace.due_at is not None
    return workspace if step is None or still else replace(workspace, due_at=at + step.lasts)


def _with_user_step(state: State, found: Sequence[Workspace], by: By, user_id: str, now: datetime) -> State:
    steps = [_require_step(each, by) for each in found]
    at = round_to_milliseconds(now)
    for each in found:
        state = with_steps_taken(state, find_unfinished(state, each.id), by, at)
    for each, step in zip(found, steps, strict=True):
        state = with_next_task_scheduled(with_step_taken(state, each, step, user_id, at), each.id, at)
    return state


def _require_step(workspace: Workspace, by: By) -> Step:
    step = find_step("workspace", workspace.status, by)
    if step is None:
        raise NotPossible(f"A workspace that is {workspace.status} cannot {by}.")
    return step


def _make(state: State, workspace: Workspace, by: By, at: datetime) -> tuple[State, Workspace]:
    step = find_step("workspace", None, by)
    if step is None:
        raise NotPossible(f"No workspace comes by {by}.")
    state = with_step_taken(state, workspace, step, workspace.created_by_user_id, at)
    return state, state.all(WORKSPACES)[workspace.id]


def _with_snapshot(state: State, workspace: Workspace) -> tuple[State, Workspace]:
    """A snapshot of a workspace, or why there is none: nobody could reach its agent."""
    if workspace.unreachable_since is not None:
        return without_snapshot(state, workspace.id), replace(
            workspace, snapshot_ref=None, last_snapshot_error=_UNREACHABLE
        )
    state, reference = state.assign_id_of_kind("snap")
    state = with_snapshot(state, workspace)
    return state, replace(workspace, snapshot_ref=reference, last_snapshot_error=None)
