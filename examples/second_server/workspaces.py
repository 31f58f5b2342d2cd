"""Workspaces: the operations on them, and which of them run, so that their roles stay in use."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from starlette.responses import Response

from examples.second_server.call import Call
from examples.second_server.errors import Refused, denied, invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Store, Workspace
from examples.second_server.variants import Variant

STATUSES = ("provisioning", "idle", "busy", "stopping", "stopped", "failed")
AT_REST = ("stopped", "failed")
NO_AGENT = {"stopping": "workspace_stopped", "stopped": "workspace_stopped", "failed": "workspace_failed"}
"""By status: the code with which a workspace without an agent takes no task."""


def refuse_while_running(store: Store, roles: Collection[str]) -> None:
    """Refuse what would take these roles out of use while somebody works with one."""
    count = 0
    for workspace in store.workspaces.values():
        if workspace.role_id in roles and workspace.archived_at is None and workspace.status not in AT_REST:
            count += 1
    if count:
        raise Refused(409, "workspaces_active", "Stop its workspaces first.", details={"workspaces": count})


def listing(call: Call) -> Response:
    """The workspaces of the org that the caller sees; of one role, where its name is sent."""
    store, org, archived = call.rules.store, call.caller.org_id, call.flag("include_archived")
    roles = {each.id: each.name for each in store.roles.values() if each.org_id == org}
    name = call.sent("role_name")
    if name == "":
        raise invalid("role_name", "is empty")
    if name is not None and name not in roles.values():
        raise Refused(404, "role_not_found", f"Your org has no role {name}.")
    found = []
    for workspace in store.workspaces.values():
        asked_for = workspace.role_id in roles and name in (None, roles[workspace.role_id])
        if asked_for and (archived or workspace.archived_at is None) and call.rules.serves(call.caller, workspace):
            found.append(show(store, workspace))
    return Json({"workspaces": found})


def get(call: Call) -> Response:
    """One workspace."""
    return Json(show(call.rules.store, own(call, alike=False)))


def own(call: Call, scope: str = "workspace:read", *, alike: bool = True) -> Workspace:
    """The workspace of the org that the path names; 403 where it is not the caller's to see."""
    workspace = call.rules.store.workspaces.get(call.object_id)
    if workspace is None or not call.rules.same_org(call.caller, workspace):
        raise Refused(404, "workspace_not_found", "Your org has no workspace of this id.")
    if not call.rules.serves(call.caller, workspace, scope):
        if alike and Variant.DENIED_ALIKE in call.rules.store.variants:
            raise denied("You see the workspaces alone that you created.")
        raise Refused(403, "workspace_not_visible", "You see the workspaces alone that you created.")
    return workspace


def reached(call: Call, workspace: Workspace) -> Workspace:
    """The workspace, whose agent answers."""
    if workspace.status not in ("idle", "busy"):
        code = NO_AGENT.get(workspace.status, "workspace_provisioning")
        raise Refused(409, code, f"The workspace is {workspace.status}.")
    if workspace.id in call.rules.store.unreachable:
        raise Refused(502, "agent_unreachable", "The agent does not answer.")
    return workspace


def packs_of(store: Store, workspace: Workspace) -> dict[str, str]:
    """The packs of its role as they are now, by id, with their digests."""
    return {pack_id: store.packs[pack_id].digest for pack_id in store.roles[workspace.role_id].packs}


def _pack_status(store: Store, workspace: Workspace) -> str:
    if workspace.status not in ("idle", "busy"):
        return "unknown"
    return "current" if store.mounted.get(workspace.id, {}) == packs_of(store, workspace) else "stale"


def show(store: Store, workspace: Workspace) -> dict[str, Any]:
    """What everybody who sees a workspace is told of it."""
    archived = workspace.archived_at and workspace.archived_at.isoformat()
    more: dict[str, Any] = {"parent_workspace_id": workspace.forked_from, "snapshot_ref": workspace.snapshot}
    more["last_snapshot_error"] = workspace.snapshot_error
    if workspace.forked_at is not None:
        more |= {"fork_point_task_count": workspace.forked_at, "fork_source_snapshot_ref": workspace.source}
    return {
        "id": workspace.id,
        "org_id": workspace.org_id,
        "role_id": workspace.role_id,
        "environment": workspace.environment,
        "status": workspace.status,
        "created_by_user_id": workspace.created_by,
        "pack_status": _pack_status(store, workspace),
        **{name: value for name, value in more.items() if value != ""},
        "created_at": workspace.created_at.isoformat(),
        "updated_at": workspace.updated_at.isoformat(),
        "archived_at": archived,
    }
