"""What is done to workspaces, and what they do by themselves: both write events of activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid
from examples.second_server.files import stopped
from examples.second_server.happenings import tell
from examples.second_server.rendering import Json
from examples.second_server.roles import one_of
from examples.second_server.store import Role, Store, Workspace
from examples.second_server.variants import Variant
from examples.second_server.workspaces import AT_REST, own, packs_of, show

WRITES = "workspace:write"
ONWARD: Mapping[str, tuple[str, str]] = {
    "provisioning": ("idle", "workspace_ready"),
    "stopping": ("stopped", "workspace_stopped"),
}
"""By status: what a workspace becomes by itself a little later, and the event that tells it."""
A_LITTLE = timedelta(milliseconds=50)
AT_WORK_END: Mapping[str, tuple[str, str]] = {
    "stopping": ("cancelled", "workspace_stopped"),
    "stopped": ("cancelled", "workspace_stopped"),
    "failed": ("failed", "workspace_failed"),
}
"""By what becomes of a workspace: how the task ends that it works on, and why."""


def role_id(value: Any) -> Any:
    """The id of a role."""
    return _text("role_id", value)


def role_name(value: Any) -> Any:
    """The name of a role."""
    return _text("role_name", value)


def _text(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        raise invalid(name, "is no text, or an empty one")
    return value


CREATED = {
    "role_id": role_id,
    "role_name": role_name,
    "environment": one_of("environment", "development", "staging", "production"),
}


def create(call: Call) -> Response:
    """A new workspace of a role, which is the caller's."""
    return Json(show(call.rules.store, made(call)), 201)


def made(call: Call) -> Workspace:
    """The new workspace of the role that a body names."""
    store, role = call.rules.store, _role(call)
    if role.archived_at is not None:
        raise Refused(409, "role_archived", "The role is archived.")
    place, now = call.body.get("environment", role.said["environment"]), store.now()
    person = call.caller.user_id
    new = Workspace(store.new_id("workspace"), role.org_id, role.id, "provisioning", now, now, person, place)
    store.workspaces[new.id] = new = replace(new, moves_at=store.later(A_LITTLE))
    store.mounted[new.id] = packs_of(store, new)
    tell(store, new, "workspace_created", person)
    return new


def _role(call: Call) -> Role:
    """The role of the org that the body names."""
    sent = [name for name in ("role_id", "role_name") if name in call.body]
    both = Variant.ROLE_NAMED_TWICE in call.rules.store.variants
    if not sent or (len(sent) > 1 and not both):
        raise invalid("role_name", "is needed, unless there is a role_id; one of the two is enough")
    for role in call.rules.store.roles.values():
        named = {"role_id": role.id, "role_name": role.name}
        if role.org_id == call.caller.org_id and all(named[each] == call.body[each] for each in sent):
            return role
    if len(sent) > 1:
        raise invalid("role_name", "is not the name of the role that role_id names")
    if Variant.ROLE_UNKNOWN_INVALID in call.rules.store.variants:
        raise invalid(sent[0], "names no role of your org")
    raise Refused(404, "role_not_found", "Your org has no such role.")


def stop(call: Call) -> Response:
    """A workspace that runs comes to rest."""
    workspace = own(call, WRITES)
    if workspace.status not in ("idle", "busy"):
        raise Refused(409, "invalid_state", f"The workspace is {workspace.status}.")
    bring_to_rest(call, workspace)
    return Json({"status": "stopping"})


def bring_to_rest(call: Call, workspace: Workspace) -> None:
    """End what the workspace has to do, and let it stop."""
    store = call.rules.store
    end_tasks(store, workspace, "stopping")
    moved(call, replace(workspace, status="stopping", moves_at=store.later(A_LITTLE)), "workspace_stopping")


def end_tasks(store: Store, workspace: Workspace, status: str) -> None:
    """End the tasks of a workspace that comes to a status in which it has no agent."""
    if status not in AT_WORK_END:
        return
    now, (end, reason) = store.now(), AT_WORK_END[status]
    for task in [each for each in store.tasks.values() if each.workspace_id == workspace.id and each.ended_at is None]:
        how = "delivery_failed" if task.status == "submitted" else end
        ended = replace(task, status=how, reason=reason, ended_at=max(now, task.created_at), moves_at=None)
        store.tasks[task.id] = ended
        tell(store, workspace, "task_completed", task.by, task_id=task.id, status=how)


def archive(call: Call) -> Response:
    """A workspace at rest is put away."""
    workspace = own(call, WRITES)
    if workspace.archived_at is not None or workspace.status not in AT_REST:
        raise Refused(409, "invalid_state", "The workspace runs, or is archived.")
    moved(call, replace(workspace, archived_at=call.rules.store.now()), "workspace_archived")
    return Json({"status": "archived"})


def unarchive(call: Call) -> Response:
    """A workspace that was put away is back."""
    workspace = own(call, WRITES)
    if workspace.archived_at is None:
        raise Refused(409, "not_archived", "The workspace is not archived.")
    moved(call, replace(workspace, archived_at=None), "workspace_unarchived")
    return Json({"status": "unarchived"})


def go_on(store: Store) -> bool:
    """Let every workspace be what it has become by now; whether any has moved."""
    now, any_moved = store.now(), False
    for workspace in list(store.workspaces.values()):
        if workspace.moves_at is None or workspace.moves_at > now:
            continue
        status, event_type = ONWARD[workspace.status]
        moved = stopped(store, workspace) if status == "stopped" else replace(workspace, status=status)
        moved = replace(moved, updated_at=workspace.moves_at, moves_at=None)
        store.workspaces[moved.id] = moved
        tell(store, moved, event_type, moved.created_by)
        any_moved = True
    return any_moved


def moved(call: Call, workspace: Workspace, event_type: str) -> None:
    """Keep what somebody did to a workspace, and tell it."""
    store = call.rules.store
    store.workspaces[workspace.id] = replace(workspace, updated_at=store.now())
    tell(store, workspace, event_type, call.caller.user_id)
