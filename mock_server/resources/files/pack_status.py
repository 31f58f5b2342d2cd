"""Whether a workspace that runs has the packs of its role as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.files.mounts import MOUNTS
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State

PackStatus = Literal["current", "stale", "unknown"]


def find_pack_status(state: State, workspace: Workspace) -> PackStatus:
    """Return whether a workspace has the packs of its role as they are now; unknown where it does not run."""
    if workspace.status not in ("idle", "busy"):
        return "unknown"
    role = state.all(ROLES)[workspace.role_id]
    noted = {each.pack_id: each.image.digest for each in state.select(MOUNTS, workspace_id=workspace.id)}
    now = {pack_id: pack.image.digest for pack_id in role.pack_ids if (pack := state.get(PACKS, pack_id)) is not None}
    return "current" if noted == now else "stale"


def show_workspace(state: State, workspace: Workspace) -> Mapping[str, Any]:
    """Return what is shown of a workspace, the status of its packs among it."""
    return {**WORKSPACES.show(workspace, workspace.org_id), "pack_status": find_pack_status(state, workspace)}
