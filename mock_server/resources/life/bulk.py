"""What callers do to many workspaces at once: stop those of a role, or all of the org."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.operation import Reply, Request, operation
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.life import workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State


@operation("agent_roles.stop_workspaces")
def stop_of_role(state: State, request: Request) -> tuple[State, Reply]:
    """Stop every workspace of a role that is idle or busy, and count them."""
    role = request.find(state, ROLES)
    return _all_stopped(state, state.where(WORKSPACES, role_id=role.id), request)


@operation("workspaces.stop_all")
def stop_all(state: State, request: Request) -> tuple[State, Reply]:
    """Stop every workspace of the org that is idle or busy, and count them."""
    return _all_stopped(state, state.where(WORKSPACES, org_id=request.caller.org_id), request)


def _all_stopped(state: State, found: Iterable[Workspace], request: Request) -> tuple[State, Reply]:
    """Return the state in which those of the workspaces that can be stopped are stopping, in the order of their ids."""
    able = sorted((each for each in found if workspaces.possible(each, "stop")), key=lambda each: each.id)
    state = workspaces.stop_each(state, able, request.caller.user_id, request.now)
    return state, Reply(200, {"stopping": len(able)})
