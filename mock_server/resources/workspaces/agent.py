"""Whether the agent of a workspace can be asked."""

from __future__ import annotations

from mock_server.errors import AgentUnreachable, ApiError, WorkspaceFailed, WorkspaceProvisioning, WorkspaceStopped
from mock_server.resources.workspaces.workspace import Workspace


def without_agent(workspace: Workspace) -> ApiError | None:
    """Return why a workspace has no agent any more; None where it has one, or will have."""
    if workspace.status in ("stopping", "stopped"):
        return WorkspaceStopped("The workspace is stopped.")
    return WorkspaceFailed("The workspace has failed.") if workspace.status == "failed" else None


def require_reachable(workspace: Workspace) -> None:
    """Raise why the agent of a workspace cannot be asked now, where it does not answer."""
    refusal = unreachable(workspace)
    if refusal is not None:
        raise refusal


def unreachable(workspace: Workspace) -> ApiError | None:
    """Return why the agent of a workspace cannot be asked now; None where it answers."""
    if workspace.status == "provisioning":
        return WorkspaceProvisioning("The workspace is not ready yet.")
    refusal = without_agent(workspace)
    if refusal is None and workspace.unreachable_since is not None:
        return AgentUnreachable("The agent of the workspace could not be reached.")
    return refusal
