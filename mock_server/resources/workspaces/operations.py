"""Workspaces: list, read, and ask the agent of one.

What each promises stands in openapi.yaml, in the rules of the clauses ownership, lists and archiving.
"""

from __future__ import annotations

from operator import attrgetter

from mock_server.errors import RoleNotFound
from mock_server.operation import Reply, Request, operation
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.files.pack_status import show_workspace
from mock_server.resources.tasks.task import TASKS
from mock_server.resources.workspaces.access import find_visible_workspace, is_seen_by, require_reachable
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.state import State


@operation("workspaces.list")
def list_workspaces(state: State, request: Request) -> tuple[State, Reply]:
    """Return the workspaces that the caller sees, oldest first; archived ones where they are asked for."""
    org_id, archived = request.caller.org_id, request.query["include_archived"]
    found = [each for each in state.select(WORKSPACES, org_id=org_id) if archived or each.archived_at is None]
    role_name = request.query.get("role_name")
    if role_name is not None:
        role_ids = {each.id for each in state.select(ROLES, org_id=org_id, name=role_name)}
        if not role_ids:
            raise RoleNotFound("There is no role of this name.")
        found = [each for each in found if each.role_id in role_ids]
    found = [each for each in found if is_seen_by(request.caller, each)]
    found.sort(key=attrgetter("created_at", "id"))
    return state, Reply(200, {"workspaces": [show_workspace(state, each) for each in found]})


@operation("workspaces.get")
def get(state: State, request: Request) -> tuple[State, Reply]:
    """Return one workspace, archived or not."""
    workspace = find_visible_workspace(state, request)
    return state, Reply(200, show_workspace(state, workspace))


@operation("workspaces.get_session")
def get_session(state: State, request: Request) -> tuple[State, Reply]:
    """Return what the agent of a workspace says of its session: how many tasks it had."""
    workspace = find_visible_workspace(state, request)
    require_reachable(workspace)
    tasks = len(state.select(TASKS, workspace_id=workspace.id))
    return state, Reply(200, {"workspace_id": workspace.id, "tasks": tasks})
