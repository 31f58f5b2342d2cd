"""Operations of callers on one workspace or several: create, stop, resume, restart, fork, archive and unarchive.

What each promises stands in openapi.yaml, in the rules of the clauses workspaces and archiving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mock_server.errors import (
    InvalidState,
    NotArchived,
    ProviderArchived,
    RoleArchived,
    RoleNotFound,
    ValidationFailed,
    WorkspaceArchived,
    WorkspaceBusy,
)
from mock_server.operation import Reply, Request, operation
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.resources.workspaces.access import TASKS_WRITE, WRITE, find_visible_workspace
from mock_server.resources.workspaces.files.mounts import show_workspace
from mock_server.resources.workspaces.life import workspaces
from mock_server.resources.workspaces.life.queue import list_for_fork_points
from mock_server.resources.workspaces.life.table import By
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State

_ACCEPTED = ("parent_workspace_id", "fork_point_task_count", "fork_source_snapshot_ref", "status")


@operation("workspaces.create")
def create(state: State, request: Request) -> tuple[State, Reply]:
    """Make a workspace of a role that is in use, in the environment that is asked for, else in that of the role."""
    role = find_role_named(state, request.caller.org_id, request.body)
    require_role_in_use(role)
    environment = request.body.get("environment")
    state, workspace = workspaces.create(state, role, request.caller.user_id, request.now, environment)
    return state, Reply(201, show_workspace(state, workspace))


@operation("workspaces.stop")
def stop(state: State, request: Request) -> tuple[State, Reply]:
    """Stop a workspace that is idle or busy; its tasks end at once, and it is stopped a little later."""
    workspace = _find_able(state, request, "stop", "stopped")
    state = workspaces.stop(state, workspace, request.caller.user_id, request.now)
    return state, Reply(200, {"status": "stopping"})


@operation("agent_roles.stop_workspaces")
def stop_of_role(state: State, request: Request) -> tuple[State, Reply]:
    """Stop every workspace of a role that is idle or busy, and count them."""
    role = request.find(state, ROLES)
    return _stop_all(state, state.select(WORKSPACES, role_id=role.id), request)


@operation("workspaces.stop_all")
def stop_all(state: State, request: Request) -> tuple[State, Reply]:
    """Stop every workspace of the org that is idle or busy, and count them."""
    return _stop_all(state, state.select(WORKSPACES, org_id=request.caller.org_id), request)


def _stop_all(state: State, found: Iterable[Workspace], request: Request) -> tuple[State, Reply]:
    """Return the state in which those of the workspaces that can be stopped are stopping, in the order of their ids."""
    able = sorted((each for each in found if workspaces.is_possible(each, "stop")), key=lambda each: each.id)
    state = workspaces.stop_each(state, able, request.caller.user_id, request.now)
    return state, Reply(200, {"stopping": len(able)})


@operation("workspaces.resume")
def resume(state: State, request: Request) -> tuple[State, Reply]:
    """Provision a stopped workspace again, whose role and provider are in use, from its snapshot."""
    workspace = _require_in_use(find_visible_workspace(state, request, TASKS_WRITE))
    role = state.all(ROLES)[workspace.role_id]
    if state.all(PROVIDERS)[role.provider_id].archived_at is not None:
        raise ProviderArchived("The provider of the role is archived.")
    require_role_in_use(role)
    _require_possible(workspace, "resume", "resumed")
    return workspaces.resume(state, workspace, request.caller.user_id, request.now), Reply(202, {"status": "resuming"})


@operation("workspaces.restart")
def restart(state: State, request: Request) -> tuple[State, Reply]:
    """Provision a workspace again that is idle, or with force busy, from what its sandbox has."""
    workspace = _require_in_use(find_visible_workspace(state, request, WRITE))
    _require_possible(workspace, "restart", "restarted")
    if workspace.status == "busy" and not request.query["force"]:
        raise WorkspaceBusy("The workspace works on a task; force=true restarts it all the same.")
    state = workspaces.restart(state, workspace, request.caller.user_id, request.now)
    return state, Reply(202, {"status": "restarting"})


@operation("workspaces.fork")
def fork(state: State, request: Request) -> tuple[State, Reply]:
    """Make a workspace that begins as another one was after some of its tasks, whatever the status of that."""
    parent = find_visible_workspace(state, request)
    count, ended = request.body["fork_point_task_count"], len(list_for_fork_points(state, parent.id))
    if count > ended:
        raise ValidationFailed(fields={"fork_point_task_count": f"The workspace has ended {ended} tasks."})
    require_role_in_use(state.all(ROLES)[_require_in_use(parent).role_id])
    state, child = workspaces.fork(state, parent, count, request.caller.user_id, request.now)
    said = WORKSPACES.show(child, child.org_id)
    return state, Reply(202, {"workspace_id": child.id, **{name: said[name] for name in _ACCEPTED}})


@operation("workspaces.archive")
def archive(state: State, request: Request) -> tuple[State, Reply]:
    """Archive a workspace that is stopped or failed; its status stays."""
    workspace = _find_able(state, request, "archive", "archived")
    state = workspaces.archive(state, workspace, request.caller.user_id, request.now)
    return state, Reply(200, {"status": "archived"})


@operation("workspaces.unarchive")
def unarchive(state: State, request: Request) -> tuple[State, Reply]:
    """Take a workspace out of the archive, in the status that it has."""
    workspace = find_visible_workspace(state, request, WRITE)
    if workspace.archived_at is None:
        raise NotArchived("The workspace is not archived.")
    state = workspaces.unarchive(state, workspace, request.caller.user_id, request.now)
    return state, Reply(200, {"status": "unarchived"})


def _find_able(state: State, request: Request, by: By, done: str) -> Workspace:
    """Return the workspace that the path names; InvalidState where no such step leads on from what it is."""
    workspace = find_visible_workspace(state, request, WRITE)
    if workspace.archived_at is not None:
        raise InvalidState("The workspace is archived.")
    _require_possible(workspace, by, done)
    return workspace


def _require_possible(workspace: Workspace, by: By, done: str) -> None:
    """Raise InvalidState where no such step leads on from the status of a workspace."""
    if not workspaces.is_possible(workspace, by):
        raise InvalidState(f"A workspace that is {workspace.status} cannot be {done}.")


def _require_in_use(workspace: Workspace) -> Workspace:
    """Return the workspace; WorkspaceArchived where it is archived."""
    if workspace.archived_at is not None:
        raise WorkspaceArchived("The workspace is archived.")
    return workspace


def require_role_in_use(role: Role) -> None:
    """Raise RoleArchived where a role is archived."""
    if role.archived_at is not None:
        raise RoleArchived("The role of the workspace is archived.")


def find_role_named(state: State, org_id: str, body: Mapping[str, Any]) -> Role:
    """Return the role of the org that a body names, by its id or by its name.

    ValidationFailed where it names none, or both ways; RoleNotFound where the org has no such role.
    """
    named = {"id": body.get("role_id"), "name": body.get("role_name")}
    asked = {field: value for field, value in named.items() if value is not None}
    if len(asked) != 1:
        raise ValidationFailed(fields={"role_name": "Either role_id or role_name says of which role it is."})
    found = state.select(ROLES, org_id=org_id, name=asked["name"]) if "name" in asked else []
    role = next(iter(found), None) if "name" in asked else state.get(ROLES, asked["id"])
    if role is None or role.org_id != org_id:
        raise RoleNotFound("There is no such role.")
    return role
