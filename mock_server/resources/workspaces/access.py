"""Rules for which workspaces a caller sees, and whether the agent of one answers."""

from __future__ import annotations

from mock_server.access.callers import Caller
from mock_server.errors import (
    AgentUnreachable,
    ApiError,
    WorkspaceFailed,
    WorkspaceNotVisible,
    WorkspaceProvisioning,
    WorkspaceStopped,
)
from mock_server.operation import Request
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State

READ, WRITE, TASKS_WRITE = "workspace:read", "workspace:write", "tasks:write"
"""With these scopes those of everybody in the org are seen, changed and given tasks."""


def is_seen_by(caller: Caller, workspace: Workspace, scope: str = READ) -> bool:
    """Whether a caller of its org sees a workspace; what an API key created is no person's own."""
    return scope in caller.permissions or workspace.created_by_user_id == caller.user_id != "system"


def find_visible_workspace(state: State, request: Request, scope: str = READ) -> Workspace:
    """Return the workspace that the path names; its 404, or WorkspaceNotVisible where it is somebody else's.

    `scope`: with which the operation serves whoever did not create it.
    """
    workspace = request.find(state, WORKSPACES)
    if not is_seen_by(request.caller, workspace, scope):
        raise WorkspaceNotVisible("Somebody else created the workspace.")
    return workspace


def find_agent_absence(workspace: Workspace) -> ApiError | None:
    """Return why a workspace has no agent any more; None where it has one, or will have."""
    if workspace.status in ("stopping", "stopped"):
        return WorkspaceStopped("The workspace is stopped.")
    return WorkspaceFailed("The workspace has failed.") if workspace.status == "failed" else None


def require_reachable(workspace: Workspace) -> None:
    """Raise why the agent of a workspace cannot be asked now, where it does not answer."""
    refusal = find_agent_refusal(workspace)
    if refusal is not None:
        raise refusal


def find_agent_refusal(workspace: Workspace) -> ApiError | None:
    """Return why the agent of a workspace cannot be asked now; None where it answers."""
    if workspace.status == "provisioning":
        return WorkspaceProvisioning("The workspace is not ready yet.")
    refusal = find_agent_absence(workspace)
    if refusal is None and workspace.unreachable_since is not None:
        return AgentUnreachable("The agent of the workspace could not be reached.")
    return refusal
