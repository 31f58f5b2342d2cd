"""Bring workspaces and tasks to the states that a conformance suite asks for."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from examples.third_server.auth import SYSTEM
from examples.third_server.database import (
    AgentRole,
    Checkpoint,
    Provider,
    Snapshot,
    Task,
    Workspace,
    get_time_ms,
    keep_blob,
    make_id,
)
from examples.third_server.events import AGENT, POLICY_ENGINE, record_activity
from examples.third_server.lifecycle import (
    ENDS,
    REACHABLE,
    WORKED_ON,
    count_ended,
    end_task,
    find_current_task,
    find_next_task,
    list_open_tasks,
    mount_packs,
    take_snapshot,
    wake,
)
from examples.third_server.state_params import Params, Unmakeable, Values, choose, get_org_id

STATUSES = ("provisioning", "idle", "busy", "stopping", "stopped", "failed")
AT_REST = ("stopped", "failed")
SOON_MS = 50
EVENTS = {
    "provisioning": "restarted",
    "idle": "ready",
    "stopping": "stopping",
    "stopped": "stopped",
    "failed": "failed",
}
# By what a workspace comes to: how its current task ends, and why; and whether those that wait end too.
TASK_ENDS = {
    "provisioning": ("cancelled", "workspace_restarted", False),
    "idle": ("completed", None, False),
    "stopping": ("cancelled", "workspace_stopped", True),
    "stopped": ("cancelled", "workspace_stopped", True),
    "failed": ("failed", "workspace_failed", True),
}
REASONS = {"failed": "workspace_failed", "cancelled": "cancelled", "delivery_failed": "agent_unreachable"}


def _find_workspace(session: Session, params: Params) -> Workspace:
    """Find the workspace of the organisation that the parameters name."""
    workspace = session.get(Workspace, params["workspace_id"])
    if workspace is None or workspace.org_id != get_org_id(session, params):
        raise Unmakeable(404, f"There is no workspace {params['workspace_id']!r} in the org.")
    return workspace


def _read_moment(text: object) -> int:
    """Read a time in milliseconds."""
    return round(datetime.fromisoformat(str(text)).timestamp() * 1000)


def add_workspace(session: Session, params: Params) -> Values:
    """Add a workspace of a role, which begins as any does unless another status is asked for."""
    role, moment = session.get(AgentRole, params["role_id"]), get_time_ms()
    if role is None or role.org_id != get_org_id(session, params):
        raise Unmakeable(409, f"There is no role {params['role_id']!r} for the workspace.")
    status = choose(params, "status", STATUSES, "provisioning")
    workspace = Workspace(
        id=make_id("ws_"),
        org_id=role.org_id,
        role_id=role.id,
        environment=role.environment,
        status=status,
        created_by=str(params.get("created_by_user_id") or SYSTEM),
        created_at=moment,
        updated_at=moment,
        archived_at=_read_moment(params["archived_at"]) if "archived_at" in params else None,
        files={},
        due_at=None if params.get("held") or status in ("idle", *AT_REST) else moment + SOON_MS,
    )
    session.add(workspace)
    session.flush()
    session.add(Checkpoint(workspace_id=workspace.id, ended_tasks=0, files={}))
    if status in ("idle", "busy", "stopping"):
        mount_packs(session, workspace)
    elif status == "stopped":
        take_snapshot(session, workspace)
    return {"workspace_id": workspace.id}


def remove_workspace(session: Session, params: Params, values: Params) -> None:
    """Remove the workspace that the values name, else the newest of the role."""
    wanted = select(Workspace).where(Workspace.id == values.get("workspace_id"))
    if "workspace_id" not in values:
        of_role = select(Workspace).where(Workspace.role_id == params["role_id"])
        wanted = of_role.order_by(Workspace.created_at.desc()).limit(1)
    workspace = session.scalar(wanted)
    if workspace is not None:
        _drop(session, workspace)


def drop_all(session: Session, role_id: str) -> None:
    """Remove every workspace of a role."""
    for workspace in session.scalars(select(Workspace).where(Workspace.role_id == role_id)).all():
        _drop(session, workspace)


def _drop(session: Session, workspace: Workspace) -> None:
    """Remove a workspace with its tasks and snapshots."""
    for table in (Task, Snapshot, Checkpoint):
        session.execute(delete(table).where(table.workspace_id == workspace.id))
    session.delete(workspace)
    session.flush()


def bring_workspace(session: Session, params: Params) -> Values:
    """Bring a workspace into a status, in which it stays until somebody moves it on."""
    workspace, status = _find_workspace(session, params), choose(params, "status", STATUSES)
    if workspace.archived_at is not None:
        raise Unmakeable(409, "The workspace is archived.")
    before = workspace.status
    _end_tasks(session, workspace, status)
    if status in ("idle", "busy") and before not in REACHABLE:
        mount_packs(session, workspace)
    if status == "stopped" and before != "stopped":
        take_snapshot(session, workspace)
    _settle(workspace, status)
    tasks = list_open_tasks(session, workspace)
    if status == "busy" and tasks and find_current_task(tasks) is None:
        _work_on(session, workspace, tasks[0])
    elif status == "idle" and find_next_task(tasks) is not None:
        wake(workspace, SOON_MS)
    if status != before and status in EVENTS:
        person = SYSTEM if status in ("provisioning", "stopping") else workspace.created_by
        record_activity(session, workspace, f"workspace_{EVENTS[status]}", person)
    return {}


def _settle(workspace: Workspace, status: str) -> None:
    """Give a workspace a status that it does not leave by itself."""
    workspace.due_at = None
    if workspace.status != status:
        workspace.status = status
        workspace.updated_at = max(get_time_ms(), workspace.updated_at)


def _end_tasks(session: Session, workspace: Workspace, status: str) -> None:
    """End the tasks of a workspace as it comes to a status."""
    if status not in TASK_ENDS:
        return
    end, reason, waiting_end = TASK_ENDS[status]
    for task in list_open_tasks(session, workspace):
        if task.status in WORKED_ON:
            end_task(session, workspace, task, end, reason)
        elif waiting_end:
            end_task(session, workspace, task, "delivery_failed", reason)


def put_file(session: Session, params: Params) -> Values:
    """Put a file into the sandbox of a workspace."""
    workspace, content = _find_workspace(session, params), base64.b64decode(params["content"])
    entry: list[Any] = [keep_blob(session, content), len(content), get_time_ms()]
    workspace.files = workspace.files | {str(params["path"]).lstrip("/"): entry}
    # It was there before whatever is yet to be done, so that forks of now have it.
    session.get_one(Checkpoint, (workspace.id, count_ended(session, workspace))).files = workspace.files
    return {}


def lose_agent(session: Session, params: Params) -> Values:
    """Let nobody reach the agent of a workspace."""
    _find_workspace(session, params).unreachable = True
    return {}


def find_agent(session: Session, params: Params, _values: Params) -> None:
    """Let the agent of a workspace be reached again."""
    workspace = session.get(Workspace, params["workspace_id"])
    if workspace is not None:
        workspace.unreachable = False


def add_task(session: Session, params: Params) -> Values:
    """Add a task to a workspace, where it waits for its turn unless it is held."""
    workspace, moment = _find_workspace(session, params), get_time_ms()
    task = Task(
        id=make_id("task_"),
        org_id=workspace.org_id,
        workspace_id=workspace.id,
        submitted_by=workspace.created_by,
        description=str(params["description"]),
        created_at=_read_moment(params["created_at"]) if "created_at" in params else moment,
        held=bool(params.get("held")),
    )
    session.add(task)
    session.flush()
    record_activity(session, workspace, "task_submitted", task.submitted_by, task=task)
    if workspace.status == "idle" and not task.held:
        wake(workspace, SOON_MS)
    return {"task_id": task.id}


def remove_task(session: Session, params: Params, values: Params) -> None:
    """Remove the task that the values name, else the newest of the workspace."""
    wanted = select(Task).where(Task.id == values.get("task_id"))
    if "task_id" not in values:
        of_workspace = select(Task).where(Task.workspace_id == params["workspace_id"])
        wanted = of_workspace.order_by(Task.number.desc()).limit(1)
    task = session.scalar(wanted)
    if task is not None:
        session.delete(task)


def bring_task(session: Session, params: Params) -> Values:
    """Bring a task into a status, in which it stays; a workspace works on one at a time."""
    workspace, status = _find_workspace(session, params), choose(params, "status", (*WORKED_ON, *ENDS))
    task = session.scalar(select(Task).where(Task.id == params["task_id"], Task.workspace_id == workspace.id))
    if task is None:
        raise Unmakeable(404, f"The workspace has no task {params['task_id']!r}.")
    if workspace.status not in REACHABLE:
        raise Unmakeable(409, f"The workspace is {workspace.status}.")
    task.held = True
    if status in WORKED_ON:
        _work_on(session, workspace, task, status)
    elif status != task.status:
        end_task(session, workspace, task, status, REASONS.get(status))
    tasks = list_open_tasks(session, workspace)
    _settle(workspace, "idle" if find_current_task(tasks) is None else "busy")
    if find_next_task(tasks) is not None:
        wake(workspace, SOON_MS)
    return {}


def _work_on(session: Session, workspace: Workspace, task: Task, status: str = "running") -> None:
    """Let the agent work on a task, and on no other one."""
    for other in list_open_tasks(session, workspace):
        if other.status in WORKED_ON and other.id != task.id:
            end_task(session, workspace, other, "completed")
    task.held = True
    if task.status != status:
        task.status, task.reason, task.completed_at = status, None, None
        record_activity(session, workspace, f"task_{status}", task.submitted_by, task=task, actor=AGENT)
    session.flush()


def decide(session: Session, params: Params) -> Values:
    """Write that a request of a workspace was let through, or was not."""
    workspace = _find_workspace(session, params)
    role = session.get_one(AgentRole, workspace.role_id)
    record_activity(
        session,
        workspace,
        "policy_decision",
        workspace.created_by,
        category="audit",
        actor=POLICY_ENGINE,
        destination=session.get_one(Provider, role.provider_id).domain,
        method="POST",
        decision=choose(params, "decision", ("allow", "deny")),
        phase="request_headers",
        policy_type="http",
        measures={"debits": dict(params.get("debits") or {}), "latency_ms": params.get("latency_ms", 250)},
    )
    return {}
