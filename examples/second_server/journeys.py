"""Workspaces that begin again, begin from another one, or are stopped several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from examples.second_server import files, roles
from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid
from examples.second_server.happenings import tell
from examples.second_server.lives import A_LITTLE, WRITES, bring_to_rest, moved
from examples.second_server.rendering import Json
from examples.second_server.store import Workspace
from examples.second_server.workspaces import own, packs_of

TASKS = "tasks:write"
COUNTED = ("completed", "failed", "cancelled")


def fork_point(value: Any) -> Any:
    """A number of tasks."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0 or value % 1:
        raise invalid("fork_point_task_count", "is no number of tasks")
    return int(value)


def resume(call: Call) -> Response:
    """A workspace that rests provisions again."""
    workspace = _kept(own(call, TASKS))
    store = call.rules.store
    role = store.roles[workspace.role_id]
    if store.providers[role.provider_id].archived_at is not None:
        raise Refused(409, "provider_archived", "The provider of its role is archived.")
    if role.archived_at is not None:
        raise Refused(409, "role_archived", "Its role is archived.")
    if workspace.status != "stopped":
        raise Refused(409, "invalid_state", f"The workspace is {workspace.status}.")
    files.begin_again(store, workspace)
    _begin(call, workspace, "workspace_resumed")
    return Json({"status": "resuming"}, 202)


def restart(call: Call) -> Response:
    """A workspace that runs provisions again; one that works on something only where it is forced to."""
    forced, workspace = call.flag("force"), _kept(own(call, WRITES))
    if workspace.status not in ("idle", "busy"):
        raise Refused(409, "invalid_state", f"The workspace is {workspace.status}.")
    if workspace.status == "busy" and not forced:
        raise Refused(409, "workspace_busy", "The workspace works on a task.")
    store, now = call.rules.store, call.rules.store.now()
    for task in [each for each in store.tasks.values() if each.workspace_id == workspace.id]:
        if task.status in ("delivered", "running", "compacting"):
            ended = replace(task, status="cancelled", reason="workspace_restarted", moves_at=None)
            store.tasks[task.id] = replace(ended, ended_at=max(now, task.created_at))
    workspace = files.with_snapshot(store, workspace)
    files.begin_again(store, workspace)
    _begin(call, workspace, "workspace_restarted")
    return Json({"status": "restarting"}, 202)


def fork(call: Call) -> Response:
    """Another workspace that begins where this one was."""
    parent, store = own(call), call.rules.store
    point, now, person = call.body["fork_point_task_count"], store.now(), call.caller.user_id
    theirs = [each for each in store.tasks.values() if each.workspace_id == parent.id]
    ended = sorted((each for each in theirs if each.status in COUNTED), key=lambda each: each.ended_at or now)
    if point > len(ended):
        raise invalid("fork_point_task_count", "is more than the tasks that have ended")
    if store.roles[_kept(parent).role_id].archived_at is not None:
        raise Refused(409, "role_archived", "Its role is archived.")
    child = Workspace(
        store.new_id("workspace"),
        parent.org_id,
        parent.role_id,
        "provisioning",
        now,
        now,
        person,
        parent.environment,
        forked_from=parent.id,
        forked_at=point,
        source=store.new_id("snapshot"),
        moves_at=store.later(A_LITTLE),
    )
    store.workspaces[child.id] = child
    store.mounted[child.id] = packs_of(store, child)
    files.copy(store, parent, child, {each.id for each in theirs} - {each.id for each in ended[:point]})
    tell(store, child, "workspace_forked", person)
    said = {
        "workspace_id": child.id,
        "parent_workspace_id": parent.id,
        "fork_point_task_count": point,
        "fork_source_snapshot_ref": child.source,
        "status": child.status,
    }
    return Json(said, 202)


def stop_of_role(call: Call) -> Response:
    """Every workspace of a role that runs comes to rest."""
    role = roles.own(call)
    return _stopped(call, [each for each in call.rules.store.workspaces.values() if each.role_id == role.id])


def stop_all(call: Call) -> Response:
    """Every workspace of the org that runs comes to rest."""
    org = call.caller.org_id
    return _stopped(call, [each for each in call.rules.store.workspaces.values() if each.org_id == org])


def _stopped(call: Call, found: Iterable[Workspace]) -> Response:
    running = [each for each in found if each.status in ("idle", "busy")]
    for each in running:
        bring_to_rest(call, each)
    return Json({"stopping": len(running)})


def _kept(workspace: Workspace) -> Workspace:
    if workspace.archived_at is not None:
        raise Refused(409, "workspace_archived", "The workspace is archived.")
    return workspace


def _begin(call: Call, workspace: Workspace, event_type: str) -> None:
    later = call.rules.store.later(A_LITTLE)
    call.rules.store.mounted[workspace.id] = packs_of(call.rules.store, workspace)
    moved(call, replace(workspace, status="provisioning", moves_at=later), event_type)
