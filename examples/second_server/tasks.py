"""Tasks: the operations on those of a workspace, and the states that make and move them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from examples.second_server.asked import Params, Unmakeable, Values, known_org, one_of
from examples.second_server.call import Call
from examples.second_server.errors import Refused
from examples.second_server.happenings import tell
from examples.second_server.rendering import Json
from examples.second_server.rules import Rules
from examples.second_server.store import Store, Task, Workspace
from examples.second_server.workspaces import own

AT_WORK = ("delivered", "running", "compacting")
ENDS = {"completed": "", "failed": "workspace_failed", "cancelled": "cancelled_by_user", "delivery_failed": "no_agent"}
"""By how a task has ended: why."""
STATUSES = ("submitted", *AT_WORK, *ENDS)


def listing(call: Call) -> Response:
    """The tasks of a workspace, the newest first."""
    workspace = own(call)
    found = [each for each in call.rules.store.tasks.values() if each.workspace_id == workspace.id]
    found.sort(key=lambda each: each.created_at)
    return Json([_show(workspace, each) for each in reversed(found)])


def get(call: Call) -> Response:
    """One task of the workspace that the path names."""
    workspace, task = own(call), call.rules.store.tasks.get(call.path)
    if task is None or task.workspace_id != workspace.id:
        raise Refused(404, "task_not_found", "The workspace has no task of this id.")
    return Json(_show(workspace, task))


def _show(workspace: Workspace, task: Task) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": task.id,
        "org_id": workspace.org_id,
        "workspace_id": workspace.id,
        "description": task.description,
        "status": task.status,
        "created_at": task.created_at.isoformat(),
    }
    if task.ended_at is not None:
        shown["completed_at"] = task.ended_at.isoformat()
        shown["duration_seconds"] = (task.ended_at - task.created_at).total_seconds()
    return {**shown, "reason": task.reason} if task.reason else shown


# What the target's side does


def add(rules: Rules, params: Params) -> Values:
    """A task of a workspace, which nobody works on until a state says so."""
    workspace, store = named(rules, params), rules.store
    at = datetime.fromisoformat(str(params["created_at"])) if "created_at" in params else store.now()
    held = bool(params.get("held", True))
    made = Task(store.new_id("task"), workspace.id, str(params["description"]), "submitted", at, held=held)
    store.tasks[made.id] = made
    return {"task_id": made.id}


def remove(rules: Rules, params: Params, values: Params) -> None:
    """Remove what the values name; without values, since their answer was lost, the latest of the workspace."""
    kept = rules.store.tasks
    alike = (each.id for each in reversed(kept.values()) if each.workspace_id == params.get("workspace_id"))
    kept.pop(values.get("task_id") or next(alike, ""), None)


def bring(rules: Rules, params: Params) -> Values:
    """Bring a task into a status, in which it stays; a workspace works on one at a time."""
    workspace, store = named(rules, params), rules.store
    task, status = store.tasks.get(str(params["task_id"])), one_of(params, "status", STATUSES[1:])
    if task is None or task.workspace_id != workspace.id:
        raise Unmakeable(404, f"The workspace has no task {params['task_id']!r}.")
    if workspace.status not in ("idle", "busy"):
        raise Unmakeable(409, f"The workspace is {workspace.status}.")
    others = [each for each in store.tasks.values() if each.workspace_id == workspace.id and each != task]
    for each in others if status in AT_WORK else ():
        if each.status in AT_WORK:
            _move(store, workspace, each, "completed")
    if status != task.status:
        _move(store, workspace, task, status)
    working = any(each.workspace_id == workspace.id and each.status in AT_WORK for each in store.tasks.values())
    store.workspaces[workspace.id] = replace(workspace, status="busy" if working else "idle", updated_at=store.now())
    return {}


def _move(store: Store, workspace: Workspace, task: Task, status: str) -> None:
    """Give a task a status, and tell it; every end is told alike."""
    ended = max(store.now(), task.created_at) if status in ENDS else None
    still = replace(task, held=True, leaves=False, moves_at=None)
    store.tasks[task.id] = replace(still, status=status, ended_at=ended, reason=ENDS.get(status, ""))
    what, more = ("completed", {"status": status}) if ended else (status, {})
    tell(store, workspace, f"task_{what}", workspace.created_by, task_id=task.id, **more)


def named(rules: Rules, params: Params) -> Workspace:
    """The workspace of the org that the parameters name."""
    workspace = rules.store.workspaces.get(str(params["workspace_id"]))
    if workspace is None or workspace.org_id != known_org(rules, params):
        raise Unmakeable(404, f"There is no workspace {params['workspace_id']!r} in the org.")
    return workspace
