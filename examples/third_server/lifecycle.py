"""Move workspaces and their tasks from status to status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from examples.third_server.calls import Call
from examples.third_server.database import (
    AgentRole,
    Checkpoint,
    Pack,
    Provider,
    RolePack,
    Snapshot,
    Task,
    Tree,
    Workspace,
    get_time_ms,
    keep_blob,
    make_id,
)
from examples.third_server.errors import ApiError
from examples.third_server.events import AGENT, POLICY_ENGINE, record_activity

ENDS = ("completed", "failed", "cancelled", "delivery_failed")
WORKED_ON = ("delivered", "running", "compacting")
REACHABLE = ("idle", "busy")


def make_workspace(
    session: Session,
    call: Call,
    role: AgentRole,
    environment: str,
    event_type: str = "workspace_created",
    *,
    files: Tree | None = None,
    **fork: Any,
) -> Workspace:
    """Make a workspace of a role, which becomes idle by itself."""
    moment = get_time_ms()
    workspace = Workspace(
        id=make_id("ws_"),
        org_id=role.org_id,
        role_id=role.id,
        environment=environment,
        status="provisioning",
        created_by=call.caller.user_id,
        created_at=moment,
        updated_at=moment,
        files=files or {},
        due_at=moment + call.step_ms,
        **fork,
    )
    session.add(workspace)
    session.flush()
    session.add(Checkpoint(workspace_id=workspace.id, ended_tasks=0, files=workspace.files))
    record_activity(session, workspace, event_type, call.caller.user_id)
    return workspace


def provision_again(session: Session, call: Call, workspace: Workspace, event_type: str) -> None:
    """Provision a workspace that was there before."""
    _set_status(workspace, "provisioning")
    workspace.due_at = get_time_ms() + call.step_ms
    record_activity(session, workspace, event_type, call.caller.user_id)


def stop_workspaces(session: Session, call: Call, chosen: Sequence[Workspace]) -> int:
    """Stop those workspaces that are idle or busy, and count them."""
    running = [workspace for workspace in chosen if workspace.status in REACHABLE]
    for workspace in running:
        stop_workspace(session, call, workspace)
    return len(running)


def stop_workspace(session: Session, call: Call, workspace: Workspace) -> None:
    """Begin to stop a workspace, and end its tasks."""
    _set_status(workspace, "stopping")
    workspace.due_at = get_time_ms() + call.step_ms
    record_activity(session, workspace, "workspace_stopping", call.caller.user_id)
    for task in list_open_tasks(session, workspace):
        if task.status in WORKED_ON:
            end_task(session, workspace, task, "cancelled", "workspace_stopped")
        else:
            end_task(session, workspace, task, "delivery_failed", "workspace_stopped")


def list_open_tasks(session: Session, workspace: Workspace) -> Sequence[Task]:
    """Return the tasks of a workspace that have not ended, the oldest first."""
    return session.scalars(
        select(Task).where(Task.workspace_id == workspace.id, Task.status.not_in(ENDS)).order_by(Task.number)
    ).all()


def find_current_task(tasks: Iterable[Task]) -> Task | None:
    """Return the task that the agent works on."""
    return next((task for task in tasks if task.status in WORKED_ON), None)


def find_next_task(tasks: Sequence[Task]) -> Task | None:
    """Return the task that goes on next: the current one or the oldest, unless it is held."""
    task = find_current_task(tasks) or next(iter(tasks), None)
    return None if task is None or task.held else task


def count_ended(session: Session, workspace: Workspace) -> int:
    """Count the tasks of a workspace that have ended."""
    counted = select(func.count()).select_from(Task)
    counted = counted.where(Task.workspace_id == workspace.id, Task.status.in_(ENDS))
    return session.scalar(counted) or 0


def end_task(session: Session, workspace: Workspace, task: Task, status: str, reason: str | None = None) -> None:
    """End a task, and keep the files that the workspace has after it."""
    task.status = status
    task.reason = reason
    task.completed_at = max(get_time_ms(), task.created_at)
    session.flush()
    ended = count_ended(session, workspace)
    session.add(Checkpoint(workspace_id=workspace.id, ended_tasks=ended, files=workspace.files))
    record_activity(
        session,
        workspace,
        "task_completed",
        task.submitted_by,
        task=task,
        actor=AGENT,
        status=status,
    )


def take_snapshot(session: Session, workspace: Workspace) -> None:
    """Keep the files of a workspace as they are now, unless nobody can reach them."""
    if workspace.unreachable or workspace.failing_snapshots > 0:
        workspace.failing_snapshots = max(0, workspace.failing_snapshots - 1)
        workspace.snapshot_ref = None
        workspace.last_snapshot_error = "The store of snapshots did not answer."
        return
    workspace.snapshot_ref = keep_snapshot(session, workspace.id, workspace.files)
    workspace.last_snapshot_error = None


def keep_snapshot(session: Session, workspace_id: str, files: Tree) -> str:
    """Keep files as a snapshot, and return its id."""
    snapshot = Snapshot(id=make_id("snap_"), workspace_id=workspace_id, files=files)
    session.add(snapshot)
    session.flush()
    return snapshot.id


def list_packs_of_role(session: Session, role_id: str) -> Sequence[Pack]:
    """Return the packs that a role attaches."""
    return session.scalars(
        select(Pack)
        .join(RolePack, RolePack.pack_id == Pack.id)
        .where(RolePack.role_id == role_id)
        .order_by(RolePack.position)
    ).all()


def mount_packs(session: Session, workspace: Workspace) -> None:
    """Give a workspace the packs that its role attaches now."""
    moment = get_time_ms()
    mounts: Tree = {}
    mounted: dict[str, Any] = {}
    for pack in list_packs_of_role(session, workspace.role_id):
        mounted[pack.id] = pack.image_digest
        for path, entry in pack.files.items():
            mounts.setdefault(f"workspace/packs/{pack.name}/{path}", [*entry[:2], moment])
    workspace.mounts = mounts
    workspace.mounted_packs = mounted


def compare_packs(session: Session, workspace: Workspace) -> str:
    """Tell whether a workspace that runs has the packs that its role attaches now."""
    if workspace.status not in ("idle", "busy", "stopping"):
        return "unknown"
    attached = session.execute(
        select(Pack.id, Pack.image_digest)
        .join(RolePack, RolePack.pack_id == Pack.id)
        .where(RolePack.role_id == workspace.role_id)
    )
    now = dict(attached.tuples().all())
    return "current" if now == workspace.mounted_packs else "stale"


def require_agent(workspace: Workspace, *, without_body: bool = False) -> None:
    """Refuse what asks the agent of a workspace that does not run, or is out of reach."""
    if workspace.status not in REACHABLE:
        reasons = {"failed": "workspace_failed", "provisioning": "workspace_provisioning"}
        code = reasons.get(workspace.status, "workspace_stopped")
        raise ApiError(code, without_body=without_body)
    if workspace.unreachable:
        raise ApiError("agent_unreachable", without_body=without_body)


def wake(workspace: Workspace, step_ms: int) -> None:
    """Have a workspace take its next step soon, if none is due before."""
    due = get_time_ms() + step_ms
    workspace.due_at = due if workspace.due_at is None else min(due, workspace.due_at)


def add_task(
    session: Session,
    call: Call,
    workspace: Workspace,
    *,
    description: str,
    settings: dict[str, Any],
    uploads: dict[str, bytes],
) -> Task:
    """Add a task to a workspace, where it waits for its turn."""
    moment = get_time_ms()
    task = Task(
        id=make_id("task_"),
        org_id=workspace.org_id,
        workspace_id=workspace.id,
        submitted_by=call.caller.user_id,
        description=description,
        status="submitted",
        settings=settings,
        uploads={name: [keep_blob(session, content), len(content), moment] for name, content in uploads.items()},
        created_at=moment,
    )
    session.add(task)
    session.flush()
    record_activity(session, workspace, "task_submitted", call.caller.user_id, task=task)
    if workspace.status == "idle":
        wake(workspace, call.step_ms)
    return task


def take_step(session: Session, workspace: Workspace, step_ms: int) -> None:
    """Take the step of a workspace that is due."""
    workspace.due_at = None
    if workspace.status == "provisioning":
        mount_packs(session, workspace)
        _set_status(workspace, "idle")
        record_activity(session, workspace, "workspace_ready", workspace.created_by)
    elif workspace.status == "stopping":
        take_snapshot(session, workspace)
        _set_status(workspace, "stopped")
        record_activity(session, workspace, "workspace_stopped", workspace.created_by)
        return
    elif workspace.status in REACHABLE:
        _work(session, workspace)
    if workspace.status in REACHABLE and find_next_task(list_open_tasks(session, workspace)) is not None:
        wake(workspace, step_ms)


def cancel_current(session: Session, workspace: Workspace, reason: str) -> None:
    """End the task that the agent works on as cancelled."""
    task = find_current_task(list_open_tasks(session, workspace))
    if task is not None:
        end_task(session, workspace, task, "cancelled", reason)


def _set_status(workspace: Workspace, status: str) -> None:
    """Give a workspace another status."""
    workspace.status = status
    workspace.updated_at = max(get_time_ms(), workspace.updated_at)


def _work(session: Session, workspace: Workspace) -> None:
    """Have the agent go on with its task, or take the oldest that waits."""
    tasks = list_open_tasks(session, workspace)
    for task in tasks:
        if task.cancel_requested:
            end_task(session, workspace, task, "cancelled", "cancelled")
    tasks = [task for task in tasks if task.status not in ENDS]
    following = find_next_task(tasks)
    if following is not None:
        _advance(session, workspace, following)
    session.flush()
    busy = find_current_task(list_open_tasks(session, workspace)) is not None
    if (workspace.status == "busy") != busy:
        _set_status(workspace, "busy" if busy else "idle")


def _advance(session: Session, workspace: Workspace, task: Task) -> None:
    """Take a task one step further."""
    if task.status not in WORKED_ON and workspace.unreachable:
        end_task(session, workspace, task, "delivery_failed", "agent_unreachable")
    elif task.status not in WORKED_ON:
        _deliver(session, workspace, task)
    elif task.status == "delivered":
        task.status = "running"
        record_activity(session, workspace, "task_running", task.submitted_by, task=task, actor=AGENT)
        _record_decision(session, workspace, task)
    else:
        _complete(session, workspace, task)


def _deliver(session: Session, workspace: Workspace, task: Task) -> None:
    """Hand a task to the agent, and put its files where the agent finds them."""
    moment = get_time_ms()
    files = {f"data/uploads/{task.id}/{name}": [*entry[:2], moment] for name, entry in task.uploads.items()}
    workspace.files = workspace.files | files
    task.status = "delivered"
    record_activity(session, workspace, "task_delivered", task.submitted_by, task=task, actor=AGENT)


def _complete(session: Session, workspace: Workspace, task: Task) -> None:
    """Finish a task, of which the agent leaves a note."""
    note = f"# Task {task.id}\n\n{task.description}\n\nDone.\n".encode("utf-8", "replace")
    entry = [keep_blob(session, note), len(note), get_time_ms()]
    workspace.files = workspace.files | {f"workspace/notes/{task.id}.md": entry}
    end_task(session, workspace, task, "completed")


def _record_decision(session: Session, workspace: Workspace, task: Task) -> None:
    """Write that the agent was let through to its provider."""
    role = session.get_one(AgentRole, workspace.role_id)
    provider = session.get_one(Provider, role.provider_id)
    record_activity(
        session,
        workspace,
        "policy_decision",
        task.submitted_by,
        task=task,
        category="audit",
        actor=POLICY_ENGINE,
        destination=provider.domain,
        method="POST",
        decision="allow",
        phase="request_headers",
        policy_type="http",
        measures={
            "debits": {"input_tokens": 40 + len(task.description), "output_tokens": 20},
            "latency_ms": 50 + len(task.description) % 200,
        },
    )
