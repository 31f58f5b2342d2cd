"""Serve workspaces: make, list, stop, resume, restart, fork and archive them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.auth import Caller
from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import AgentRole, Checkpoint, Provider, Workspace, get_time_ms
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_activity
from examples.third_server.lifecycle import (
    REACHABLE,
    cancel_current,
    compare_packs,
    count_ended,
    keep_snapshot,
    make_workspace,
    provision_again,
    require_agent,
    stop_workspace,
    stop_workspaces,
    take_snapshot,
)
from examples.third_server.operations import operation
from examples.third_server.roles import find_role, find_role_by_name
from examples.third_server.schemas import CreateWorkspace, Fork
from examples.third_server.times import show_time

READ = ("workspace:read", "workspace:read:own")
WRITE = ("workspace:write", "workspace:write:own")
TASKS = ("tasks:write", "tasks:write:own")


def find_workspace(session: Session, caller: Caller, workspace_id: str, scope: str) -> Workspace:
    """Find a workspace on which the caller holds a scope, for all or for the own."""
    workspace = session.scalar(select(Workspace).where(Workspace.org_id == caller.org_id, Workspace.id == workspace_id))
    if workspace is None:
        raise ApiError("workspace_not_found")
    if not caller.holds(scope) and workspace.created_by != caller.user_id:
        raise ApiError("workspace_not_visible")
    return workspace


def show_workspace(session: Session, workspace: Workspace) -> dict[str, Any]:
    """Show a workspace without the fields that it lacks."""
    shown: dict[str, Any] = {}
    for name in ("id", "org_id", "role_id", "environment", "status"):
        shown[name] = getattr(workspace, name)
    shown["created_by_user_id"] = workspace.created_by
    for name in ("snapshot_ref", "last_snapshot_error", "parent_workspace_id"):
        shown[name] = getattr(workspace, name)
    for name in ("fork_source_snapshot_ref", "fork_point_task_count"):
        shown[name] = getattr(workspace, name)
    shown["pack_status"] = compare_packs(session, workspace)
    shown["created_at"] = show_time(workspace.created_at)
    shown["updated_at"] = show_time(workspace.updated_at)
    shown = {name: value for name, value in shown.items() if value is not None}
    archived = workspace.archived_at
    return shown | {"archived_at": None if archived is None else show_time(archived)}


def choose_role(session: Session, org_id: str, sent: CreateWorkspace) -> AgentRole:
    """Find the role that a workspace is to be of, which has to be in use."""
    if sent.role_id:
        role = find_role(session, org_id, sent.role_id)
    else:
        role = find_role_by_name(session, org_id, sent.role_name)
    if role.archived_at is not None:
        raise ApiError("role_archived")
    return role


def require_one_role(sent: CreateWorkspace) -> None:
    """Refuse a body that names no role, or names it twice."""
    if bool(sent.role_id) == bool(sent.role_name):
        raise refuse_field("role_name", "Send either role_id or role_name, and not both.")


def choose_environment(sent: CreateWorkspace, role: AgentRole) -> str:
    """Return the environment that was asked for, or that of the role."""
    return sent.environment if "environment" in sent.model_fields_set else role.environment


@operation("workspaces.list", "GET", "/workspaces", READ, query=("include_archived", "role_name"))
def list_workspaces(call: Call) -> Response:
    """List the workspaces that the caller may see."""
    caller = call.caller
    archived = call.flag("include_archived")
    role_name = call.one("role_name")
    if role_name == "":
        raise refuse_field("role_name", "It must not be empty.")
    wanted = select(Workspace).where(Workspace.org_id == caller.org_id)
    if not archived:
        wanted = wanted.where(Workspace.archived_at.is_(None))
    if not caller.holds("workspace:read"):
        wanted = wanted.where(Workspace.created_by == caller.user_id)
    with call.reading() as session:
        if role_name is not None:
            role = find_role_by_name(session, caller.org_id, role_name)
            wanted = wanted.where(Workspace.role_id == role.id)
        found = session.scalars(wanted.order_by(Workspace.created_at.desc())).all()
        return reply({"workspaces": [show_workspace(session, each) for each in found]})


@operation("workspaces.create", "POST", "/workspaces", WRITE, billing="create", body=Body())
def create_workspace(call: Call) -> Response:
    """Create a workspace of a role."""
    sent = call.body(CreateWorkspace)
    require_one_role(sent)
    with call.writing() as session:
        role = choose_role(session, call.caller.org_id, sent)
        workspace = make_workspace(session, call, role, choose_environment(sent, role))
        shown = show_workspace(session, workspace)
    return reply(shown, 201)


@operation(
    "workspaces.stop_all",
    "POST",
    "/workspaces/stop-all",
    ("workspace:write",),
    billing="wind-down",
)
def stop_all_workspaces(call: Call) -> Response:
    """Stop every workspace of the organisation that is idle or busy."""
    with call.writing() as session:
        chosen = select(Workspace).where(Workspace.org_id == call.caller.org_id, Workspace.status.in_(REACHABLE))
        count = stop_workspaces(session, call, session.scalars(chosen).all())
    return reply({"stopping": count})


@operation("workspaces.get", "GET", "/workspaces/{id}", READ)
def get_workspace(call: Call) -> Response:
    """Show one workspace."""
    with call.reading() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:read")
        return reply(show_workspace(session, workspace))


@operation("workspaces.archive", "POST", "/workspaces/{id}/archive", WRITE, billing="wind-down")
def archive_workspace(call: Call) -> Response:
    """Archive a workspace that is stopped or failed."""
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:write")
        if workspace.archived_at is not None:
            raise ApiError("invalid_state", "The workspace is archived already.")
        if workspace.status not in ("stopped", "failed"):
            raise ApiError("invalid_state", f"It cannot be archived while {workspace.status}.")
        workspace.archived_at = get_time_ms()
        record_activity(session, workspace, "workspace_archived", call.caller.user_id)
    return reply({"status": "archived"})


@operation("workspaces.unarchive", "POST", "/workspaces/{id}/unarchive", WRITE, billing="create")
def unarchive_workspace(call: Call) -> Response:
    """Put an archived workspace into the list again."""
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:write")
        if workspace.archived_at is None:
            raise ApiError("not_archived", "The workspace is not archived.")
        workspace.archived_at = None
        record_activity(session, workspace, "workspace_unarchived", call.caller.user_id)
    return reply({"status": "unarchived"})


@operation("workspaces.stop", "POST", "/workspaces/{id}/stop", WRITE, billing="wind-down")
def stop_one_workspace(call: Call) -> Response:
    """Stop a workspace that is idle or busy."""
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:write")
        if workspace.status not in REACHABLE:
            raise ApiError("invalid_state", f"It cannot be stopped while {workspace.status}.")
        stop_workspace(session, call, workspace)
    return reply({"status": "stopping"})


@operation("workspaces.get_session", "GET", "/workspaces/{id}/session", READ)
def get_agent_session(call: Call) -> Response:
    """Show what the agent says of its session."""
    with call.reading() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:read")
        require_agent(workspace)
        ended = count_ended(session, workspace)
        return reply({"workspace_id": workspace.id, "ended_tasks": ended})


@operation("workspaces.resume", "POST", "/workspaces/{id}/resume", TASKS, billing="create")
def resume_workspace(call: Call) -> Response:
    """Provision a stopped workspace again."""
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "tasks:write")
        if workspace.archived_at is not None:
            raise ApiError("workspace_archived")
        role = session.get_one(AgentRole, workspace.role_id)
        if session.get_one(Provider, role.provider_id).archived_at is not None:
            raise ApiError("provider_archived")
        if role.archived_at is not None:
            raise ApiError("role_archived")
        if workspace.status != "stopped":
            raise ApiError("invalid_state", f"It cannot be resumed while {workspace.status}.")
        provision_again(session, call, workspace, "workspace_resumed")
    return reply({"status": "resuming"}, 202)


@operation(
    "workspaces.restart",
    "POST",
    "/workspaces/{id}/restart",
    WRITE,
    billing="create",
    query=("force",),
)
def restart_workspace(call: Call) -> Response:
    """Provision a workspace that runs again, with the files that it has."""
    force = call.flag("force")
    with call.writing() as session:
        workspace = find_workspace(session, call.caller, call.path["id"], "workspace:write")
        if workspace.archived_at is not None:
            raise ApiError("workspace_archived")
        if workspace.status not in REACHABLE:
            raise ApiError("invalid_state", f"It cannot be restarted while {workspace.status}.")
        if workspace.status == "busy" and not force:
            raise ApiError("workspace_busy")
        cancel_current(session, workspace, "workspace_restarted")
        take_snapshot(session, workspace)
        provision_again(session, call, workspace, "workspace_restarted")
    return reply({"status": "restarting"}, 202)


@operation("workspaces.fork", "POST", "/workspaces/{id}/fork", READ, billing="create", body=Body())
def fork_workspace(call: Call) -> Response:
    """Make a workspace that begins as another one was after so many tasks."""
    count = call.body(Fork).fork_point_task_count
    with call.writing() as session:
        parent = find_workspace(session, call.caller, call.path["id"], "workspace:read")
        if parent.archived_at is not None:
            raise ApiError("workspace_archived")
        role = session.get_one(AgentRole, parent.role_id)
        if role.archived_at is not None:
            raise ApiError("role_archived")
        ended = count_ended(session, parent)
        if count > ended:
            text = f"The workspace has ended {ended} tasks."
            raise refuse_field("fork_point_task_count", text)
        checkpoint = session.get_one(Checkpoint, (parent.id, count))
        snapshot = keep_snapshot(session, parent.id, checkpoint.files)
        fork: dict[str, Any] = {
            "parent_workspace_id": parent.id,
            "fork_point_task_count": count,
            "fork_source_snapshot_ref": snapshot,
        }
        child = make_workspace(
            session,
            call,
            role,
            parent.environment,
            "workspace_forked",
            files=checkpoint.files,
            **fork,
        )
        shown = {"workspace_id": child.id, "status": "provisioning"} | fork
    return reply(shown, 202)
