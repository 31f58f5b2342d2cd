"""Packs in sandboxes: those of the role as they were at provisioning, and whether the role still has the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.packs.images import IMAGES, Image
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.collection import Collection, Fixtures
from mock_server.state.state import State
from mock_server.state.value import Value

PackStatus = Literal["current", "stale", "unknown"]


class PackMount(Value):
    """A pack that is mounted in the sandbox of a workspace, with what it held by then."""

    workspace_id: str
    pack_id: str
    mounted_at: datetime
    image: Image


class _MountItem(Value):
    """A pack of the fixtures that is mounted as it is."""

    workspace_id: str
    pack_id: str
    mounted_at: datetime


def _add(state: State, item: _MountItem) -> State:
    pack = state.get(PACKS, item.pack_id)
    if pack is None:
        raise ValueError(f"pack_id: there is no pack {item.pack_id}")
    return state.put(MOUNTS, PackMount(item.workspace_id, item.pack_id, item.mounted_at, pack.image))


MOUNTS = Collection(
    PackMount,
    "mounts",
    key=("workspace_id", "pack_id"),
    refers={"workspace_id": WORKSPACES},
    indexes=("workspace_id",),
    description="By workspace, then by pack: what is mounted in each that runs.",
    shares=IMAGES,
    shared_field="image",
    fixtures=Fixtures(item=_MountItem, add=_add, after=(PACKS,)),
)


def with_packs_mounted(state: State, workspace: Workspace, at: datetime) -> State:
    """Return the state in which the packs of its role, as they are now, are those of the sandbox."""
    state = without_packs_mounted(state, workspace.id)
    for pack_id in state.all(ROLES)[workspace.role_id].pack_ids:
        pack = state.get(PACKS, pack_id)
        if pack is not None:
            state = state.put(MOUNTS, PackMount(workspace.id, pack_id, at, pack.image))
    return state


def without_packs_mounted(state: State, workspace_id: str) -> State:
    """Return the state in which no pack is mounted in the sandbox."""
    for mount in state.select(MOUNTS, workspace_id=workspace_id):
        state = state.drop(MOUNTS, MOUNTS.key_of(mount))
    return state


def find_mounts_by_name(state: State, workspace_id: str) -> Mapping[str, PackMount]:
    """Return the packs in a sandbox by the names of their folders; of two of one name the one of the lesser id."""
    found: dict[str, PackMount] = {}
    for mount in state.select(MOUNTS, workspace_id=workspace_id):
        found.setdefault(mount.image.meta.name, mount)
    return found


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
