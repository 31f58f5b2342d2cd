"""Serve tasks: submit them to new workspaces and to others, and follow them."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import Task
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_activity
from examples.third_server.lifecycle import (
    add_task,
    find_current_task,
    list_open_tasks,
    make_workspace,
    require_agent,
    wake,
)
from examples.third_server.operations import operation
from examples.third_server.schemas import SubmitTask, SubmitToWorkspace
from examples.third_server.times import show_time
from examples.third_server.workspaces import (
    READ,
    TASKS,
    WRITE,
    choose_environment,
    choose_role,
    find_workspace,
    require_one_role,
)

MAX_FILES = 10
LIMIT = 8_388_608
MEDIA_TYPES = ("application/json", "multipart/form-data")
INTEGERS = ("max_continuations", "max_context_tokens")
LIMITS = ("thinking_effort", *INTEGERS)
NEW_PARTS = ("role_id", "role_name", "environment", "description", *LIMITS)
PARTS = ("description", *LIMITS, "reset_session")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,254}")


def show_task(task: Task) -> dict[str, Any]:
    """Show a task, with its end once it has one."""
    shown: dict[str, Any] = {
        "id": task.id,
        "org_id": task.org_id,
        "workspace_id": task.workspace_id,
        "description": task.description,
        "status": task.status,
        "created_at": show_time(task.created_at),
    }
    if task.completed_at is not None:
        shown["completed_at"] = show_time(task.completed_at)
        shown["duration_seconds"] = (task.completed_at - task.created_at) / 1000
    if task.reason is not None:
        shown["reason"] = task.reason
    return shown


def _read_form(call: Call) -> None:
    """Turn the texts of a form into the values that JSON would have."""
    if call.form is None:
        return
    texts = call.form.texts
    for name in INTEGERS:
        if name in texts:
            if not re.fullmatch(r"-?[0-9]{1,18}", texts[name], re.ASCII):
                raise refuse_field(name, "It must be an integer.")
            texts[name] = int(texts[name])
    if "reset_session" in texts:
        if texts["reset_session"] not in ("true", "false"):
            raise refuse_field("reset_session", "It must be true or false.")
        texts["reset_session"] = texts["reset_session"] == "true"


def _read_files(call: Call) -> dict[str, bytes]:
    """Return the files of a form by their names."""
    files: dict[str, bytes] = {}
    if call.form is None:
        return files
    if len(call.form.files) > MAX_FILES:
        raise refuse_field("file", f"There are more than {MAX_FILES} files.")
    for name, content in call.form.files:
        if name is None or not _FILE_NAME.fullmatch(name):
            raise refuse_field("file", "The name of a file is missing, or not one it may have.")
        if name in files:
            raise refuse_field("file", "Two files have one name.")
        files[name] = content
    return files


def _accepted(task: Task) -> Response:
    """Answer that a task waits for its turn."""
    body = {"task_id": task.id, "workspace_id": task.workspace_id, "status": "submitted"}
    return reply(body, 202)


@operation(
    "tasks.submit",
    "POST",
    "/tasks",
    WRITE,
    TASKS,
    billing="create",
    body=Body(MEDIA_TYPES, LIMIT, "file", NEW_PARTS),
)
def submit_task(call: Call) -> Response:
    """Submit a task to a new workspace of a role."""
    _read_form(call)
    sent = call.body(SubmitTask)
    require_one_role(sent)
    files = _read_files(call)
    settings = sent.model_dump(exclude_unset=True, include=set(LIMITS))
    with call.writing() as session:
        role = choose_role(session, call.caller.org_id, sent)
        workspace = make_workspace(session, call, role, choose_environment(sent, role))
        task = add_task(session, call, workspace, description=sent.description, settings=settings, uploads=files)
    return _accepted(task)


@operation("tasks.cancel", "POST", "/workspaces/{id}/task/cancel", WRITE, billing="wind-down")
def cancel_task(call: Call) -> Response:
    """Tell the agent to leave its task, or the oldest that waits."""
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:write")
        require_agent(workspace)
        tasks = list_open_tasks(session, workspace)
        task = find_current_task(tasks) or (tasks[0] if tasks else None)
        if task is not None and not task.cancel_requested:
            task.cancel_requested = True
            wake(workspace, call.step_ms)
            record_activity(session, workspace, "task_cancel_requested", call.caller.user_id, task=task)
    return reply({"status": "cancelling"}, 202)


@operation("tasks.list", "GET", "/workspaces/{id}/tasks", READ)
def list_tasks(call: Call) -> Response:
    """List the tasks of a workspace, the newest first."""
    with call.reading() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:read")
        tasks = select(Task).where(Task.workspace_id == workspace.id)
        ordered = tasks.order_by(Task.created_at.desc(), Task.number.desc())
        return reply([show_task(task) for task in session.scalars(ordered)])


@operation(
    "tasks.submit_to_workspace",
    "POST",
    "/workspaces/{id}/tasks",
    TASKS,
    billing="create",
    body=Body(MEDIA_TYPES, LIMIT, "file", PARTS),
)
def submit_to_workspace(call: Call) -> Response:
    """Submit a task to a workspace that is there."""
    _read_form(call)
    sent = call.body(SubmitToWorkspace)
    files = _read_files(call)
    kept = {*LIMITS, "reset_session", "metadata"}
    settings = sent.model_dump(exclude_unset=True, include=kept)
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "tasks:write")
        if workspace.archived_at is not None:
            raise ApiError("workspace_archived")
        if workspace.status in ("stopping", "stopped"):
            raise ApiError("workspace_stopped")
        if workspace.status == "failed":
            raise ApiError("workspace_failed")
        task = add_task(session, call, workspace, description=sent.description, settings=settings, uploads=files)
    return _accepted(task)


@operation("tasks.get", "GET", "/workspaces/{id}/tasks/{task_id}", READ)
def get_task(call: Call) -> Response:
    """Show one task below its own workspace."""
    with call.reading() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:read")
        task = session.scalar(select(Task).where(Task.workspace_id == workspace.id, Task.id == call.path["task_id"]))
        if task is None:
            raise ApiError("task_not_found")
        return reply(show_task(task))
