"""Which workspaces a caller sees: those of everybody in the org, or the own ones alone."""

from __future__ import annotations

from mock_server.access.callers import Caller
from mock_server.errors import WorkspaceNotVisible
from mock_server.operation import Request
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State

READ, WRITE, TASKS_WRITE = "workspace:read", "workspace:write", "tasks:write"
"""With these scopes those of everybody in the org are seen, changed and given tasks."""


def sees(caller: Caller, workspace: Workspace, scope: str = READ) -> bool:
    """Whether a caller of its org sees a workspace; what an API key created is no person's own."""
    return scope in caller.permissions or workspace.created_by_user_id == caller.user_id != "system"


def find(state: State, request: Request, scope: str = READ) -> Workspace:
    """Return the workspace that the path names; its 404, or WorkspaceNotVisible where it is somebody else's.

    `scope`: with which the operation serves whoever did not create it.
    """
    workspace = request.find(state, WORKSPACES)
    if not sees(request.caller, workspace, scope):
        raise WorkspaceNotVisible("Somebody else created the workspace.")
    return workspace
