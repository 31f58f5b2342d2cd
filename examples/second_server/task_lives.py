"""What is done with tasks, and what becomes of them by themselves: both write events of activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from examples.second_server import lives
from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid
from examples.second_server.happenings import tell
from examples.second_server.rendering import Json
from examples.second_server.roles import one_of, whole
from examples.second_server.store import Store, Task, Workspace, Written
from examples.second_server.tasks import AT_WORK, ENDS
from examples.second_server.variants import Variant
from examples.second_server.workspaces import NO_AGENT, own, reached

SUBMITS = "tasks:write"
A_LITTLE, A_WHILE = timedelta(milliseconds=200), timedelta(milliseconds=700)
ONWARD: Mapping[str, str] = {
    "submitted": "delivered",
    "delivered": "running",
    "running": "completed",
    "compacting": "completed",
}
LONGEST = 65_536
CANCELLING = {"status": "cancelling"}


def _description(value: Any) -> Any:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        raise invalid("description", f"is no text of 1 to {LONGEST} characters")
    return value


def _reset(value: Any) -> Any:
    if not isinstance(value, bool):
        raise invalid("reset_session", "is neither true nor false")
    return value


def _metadata(value: Any) -> Any:
    if not isinstance(value, dict):
        raise invalid("metadata", "is no object")
    return value


REQUIRED = {"description": _description}
_LIMITS = {
    "thinking_effort": one_of("thinking_effort", "high", "medium", "low", "off"),
    "max_continuations": whole("max_continuations", 0, 1000),
    "max_context_tokens": whole("max_context_tokens", 1, 10_000_000),
}
FOR_A_ROLE = {**lives.CREATED, **_LIMITS}
FOR_A_WORKSPACE = {**_LIMITS, "reset_session": _reset, "metadata": _metadata}


def submit(call: Call) -> Response:
    """A new workspace of a role, with a task in it."""
    return _added(call, lives.made(call))


def submit_to(call: Call) -> Response:
    """One more task of a workspace that runs, or will."""
    workspace = own(call, SUBMITS)
    if workspace.archived_at is not None:
        raise Refused(409, "workspace_archived", "The workspace is archived.")
    if code := NO_AGENT.get(workspace.status):
        raise Refused(409, code, f"The workspace is {workspace.status}.")
    return _added(call, workspace)


def _added(call: Call, workspace: Workspace) -> Response:
    store, person = call.rules.store, call.caller.user_id
    said, files = call.body["description"], call.body.get("file", {})
    task = Task(store.new_id("task"), workspace.id, said, "submitted", store.now(), by=person, files=files)
    store.tasks[task.id] = task
    _tell(store, task, "task_submitted", person, "control-plane")
    return Json({"task_id": task.id, "workspace_id": workspace.id, "status": "submitted"}, 202)


def cancel(call: Call) -> Response:
    """Whatever is worked on ends before long, else the oldest that waits."""
    workspace, store = reached(call, own(call, lives.WRITES)), call.rules.store
    left = _unfinished(store, workspace.id)
    for task in sorted(left, key=lambda each: each.status not in AT_WORK)[:1]:
        if not task.leaves:
            store.tasks[task.id] = replace(task, leaves=True, moves_at=store.later(A_LITTLE), held=False)
            _tell(store, task, "task_cancel_requested", call.caller.user_id, "control-plane")
    return Response(status_code=202) if Variant.CANCEL_WITHOUT_BODY in store.variants else Json(CANCELLING, 202)


def session(call: Call) -> Response:
    """What the agent says of itself."""
    workspace = reached(call, own(call))
    return Json({"agent": workspace.id, "open": len(_unfinished(call.rules.store, workspace.id))})


def go_on(store: Store) -> bool:
    """Let every task be what it has become by now, and the next ones have their turn; whether any has moved."""
    now = store.now()
    due = [each for each in store.tasks.values() if each.moves_at is not None and each.moves_at <= now]
    for task in due:
        _step(store, task)
    began = False
    for workspace in store.workspaces.values():
        left = _unfinished(store, workspace.id) if workspace.status == "idle" else []
        if left and left[0].status == "submitted" and left[0].moves_at is None and not left[0].held:
            store.tasks[left[0].id] = replace(left[0], moves_at=store.later(A_LITTLE))
            began = True
    return bool(due) or began


def _step(store: Store, task: Task) -> None:
    workspace = store.workspaces[task.workspace_id]
    if task.status == "submitted" and not task.leaves and workspace.status != "idle":
        store.tasks[task.id] = replace(task, moves_at=None)
        return
    now = store.now()
    status = "cancelled" if task.leaves else _find_next(store, task)
    if status == "delivered" and workspace.id in store.unreachable:
        status = "delivery_failed"
    lasts = A_WHILE if status == "running" else A_LITTLE
    moves_at, compacted = None if status in ENDS else store.later(lasts), task.status == "compacting"
    moved = replace(task, status=status, moves_at=moves_at, leaves=False, compacted=compacted)
    if status in ENDS:
        moved = replace(moved, ended_at=max(now, task.created_at), reason=ENDS[status])
    store.tasks[task.id] = moved
    for name, content in task.files.items() if status == "delivered" else ():
        store.sandboxes.setdefault(workspace.id, {})[f"data/uploads/{task.id}/{name}"] = Written(content, now)
    if status == "delivered" or task.status in AT_WORK:
        busy = "idle" if status in ENDS else "busy"
        store.workspaces[workspace.id] = replace(workspace, status=busy, updated_at=now)
    _tell(store, moved, "task_completed" if status in ENDS else f"task_{status}", task.by, "agent")


def _find_next(store: Store, task: Task) -> str:
    """What a task becomes by itself."""
    if Variant.TASKS_COMPACT in store.variants:
        if task.status == "compacting":
            return "running"
        if task.status == "running" and not task.compacted:
            return "compacting"
    return ONWARD[task.status]


def _unfinished(store: Store, workspace_id: str) -> list[Task]:
    """The tasks of a workspace that have not ended, oldest first."""
    return [each for each in store.tasks.values() if each.workspace_id == workspace_id and each.status not in ENDS]


def _tell(store: Store, task: Task, event_type: str, person: str, actor: str) -> None:
    more = {"task_id": task.id, **({"status": task.status} if event_type == "task_completed" else {})}
    tell(store, store.workspaces[task.workspace_id], event_type, person, actor=actor, **more)
