"""Provider states that make workspaces and bring them into a status."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from examples.second_server.asked import Params, Unmakeable, Values, known_org, one_of
from examples.second_server.files import stopped
from examples.second_server.happenings import tell
from examples.second_server.lives import end_tasks
from examples.second_server.rules import Rules
from examples.second_server.store import Workspace
from examples.second_server.workspaces import AT_REST, STATUSES, packs_of

TOLD = {"provisioning": "restarted", "idle": "ready"}
"""By status: what is told of a workspace that comes to it, where that is not the status itself."""
BY_SOMEBODY = ("provisioning", "stopping")
"""The statuses to which no workspace comes by itself."""


def add(rules: Rules, params: Params) -> Values:
    """A workspace of a role, which begins as any does unless something else is asked for."""
    store, org = rules.store, known_org(rules, params)
    role = store.roles.get(str(params["role_id"]))
    if role is None or role.org_id != org:
        raise Unmakeable(409, f"There is no role {params['role_id']!r} for the workspace.")
    archived = datetime.fromisoformat(str(params["archived_at"])) if "archived_at" in params else None
    status = one_of(params, "status", STATUSES, "provisioning")
    person, now = str(params.get("created_by_user_id", "system")), store.now()
    made = Workspace(store.new_id("workspace"), org, role.id, status, now, now, person, archived_at=archived)
    store.workspaces[made.id] = made
    store.mounted[made.id] = packs_of(store, made)
    return {"workspace_id": made.id}


def remove(rules: Rules, params: Params, values: Params) -> None:
    """Remove what the values name; without values, since their answer was lost, the latest of the role."""
    kept = rules.store.workspaces
    alike = (each.id for each in reversed(kept.values()) if each.role_id == params.get("role_id"))
    drop(rules, values.get("workspace_id") or next(alike, ""))


def drop(rules: Rules, workspace_id: str) -> None:
    """Remove a workspace, if it is there, with its tasks."""
    rules.store.workspaces.pop(workspace_id, None)
    for task in [each for each in rules.store.tasks.values() if each.workspace_id == workspace_id]:
        del rules.store.tasks[task.id]


def bring(rules: Rules, params: Params) -> Values:
    """Bring a workspace into a status; here it stays in any until somebody moves it on."""
    status, kept = one_of(params, "status", STATUSES), rules.store.workspaces
    workspace = kept.get(str(params["workspace_id"]))
    if workspace is None or workspace.org_id != known_org(rules, params):
        raise Unmakeable(404, f"There is no workspace {params['workspace_id']!r} in the org.")
    if workspace.archived_at is not None:
        raise Unmakeable(409, "The workspace is archived.")
    end_tasks(rules.store, workspace, status)
    moved = stopped(rules.store, workspace) if status == "stopped" else replace(workspace, status=status)
    store, now = rules.store, rules.store.now()
    if workspace.status in AT_REST and status not in AT_REST:
        store.mounted[workspace.id] = packs_of(store, workspace)
    kept[workspace.id] = replace(moved, updated_at=now, moves_at=None)
    if status != workspace.status:
        person = "system" if status in BY_SOMEBODY else workspace.created_by
        tell(store, workspace, f"workspace_{TOLD.get(status, status)}", person)
    return {}
