"""Serve the agent roles of an organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.archives import load_yaml
from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import AgentRole, Pack, Provider, RolePack, Workspace, get_time_ms, make_id
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_change
from examples.third_server.lifecycle import stop_workspaces
from examples.third_server.operations import operation
from examples.third_server.packs import select_packs
from examples.third_server.schemas import READ_ONLY, CreateRole, UpdateRole
from examples.third_server.times import show_time

WRITE = ("caps:write",)
RUNNING = ("provisioning", "idle", "busy", "stopping")
FIELDS = (
    "id",
    "org_id",
    "name",
    "display_name",
    "description",
    "provider_id",
    "model",
    "capabilities",
    "environment",
    "environment_description",
    "task_timeout_seconds",
    "idle_timeout_seconds",
    "thinking_effort",
    "max_continuations",
    "max_context_tokens",
    "pool_policy",
    "pool_size",
    "pool_max_size",
)


def find_role(session: Session, org_id: str, role_id: str) -> AgentRole:
    """Find a role of an organisation."""
    role = session.scalar(select(AgentRole).where(AgentRole.org_id == org_id, AgentRole.id == role_id))
    if role is None:
        raise ApiError("role_not_found")
    return role


def find_role_by_name(session: Session, org_id: str, name: str) -> AgentRole:
    """Find a role of an organisation by its name."""
    role = session.scalar(select(AgentRole).where(AgentRole.org_id == org_id, AgentRole.name == name))
    if role is None:
        raise ApiError("role_not_found")
    return role


def list_attached_packs(session: Session, role_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return for each of these roles the ids of the packs that it attaches, in their order."""
    attached: dict[str, list[str]] = {role_id: [] for role_id in role_ids}
    wanted = select(RolePack.role_id, RolePack.pack_id).where(RolePack.role_id.in_(attached))
    for role_id, pack_id in session.execute(wanted.order_by(RolePack.position)).tuples():
        attached[role_id].append(pack_id)
    return attached


def require_no_running_workspaces(session: Session, role_ids: list[str]) -> None:
    """Refuse to archive roles of which workspaces run."""
    running = session.scalar(
        select(func.count())
        .select_from(Workspace)
        .where(
            Workspace.role_id.in_(role_ids),
            Workspace.status.in_(RUNNING),
            Workspace.archived_at.is_(None),
        )
    )
    if running:
        raise ApiError("workspaces_active", details={"workspaces": running})


def show_roles(session: Session, roles: Sequence[AgentRole]) -> list[dict[str, Any]]:
    """Show roles without the fields that they lack."""
    attached = list_attached_packs(session, [role.id for role in roles])
    return [_show(role, attached[role.id]) for role in roles]


def _show(role: AgentRole, pack_ids: list[str]) -> dict[str, Any]:
    """Show a role that attaches these packs."""
    shown = {name: getattr(role, name) for name in FIELDS}
    shown["pack_ids"] = pack_ids
    shown["created_at"] = show_time(role.created_at)
    shown["updated_at"] = show_time(role.updated_at)
    if role.archived_at is not None:
        shown["archived_at"] = show_time(role.archived_at)
    return {name: value for name, value in shown.items() if value is not None}


def _check_capabilities(text: str) -> None:
    """Refuse capabilities that are no YAML list."""
    try:
        content = load_yaml(text)
    except ValueError:
        content = None
    if not isinstance(content, list):
        raise refuse_field("capabilities", "It is not a YAML list.")


def _check_provider(session: Session, org_id: str, provider_id: str) -> None:
    """Refuse a provider that the organisation lacks, or that is archived."""
    provider = session.scalar(select(Provider).where(Provider.org_id == org_id, Provider.id == provider_id))
    if provider is None:
        raise refuse_field("provider_id", "The organisation has no such provider.")
    if provider.archived_at is not None:
        raise ApiError("provider_archived")


def _check_packs(session: Session, org_id: str, pack_ids: list[str]) -> None:
    """Refuse packs that the organisation does not see, or that come twice."""
    if len(set(pack_ids)) != len(pack_ids):
        raise refuse_field("pack_ids", "A pack is in it twice.")
    if not pack_ids:
        return
    seen = session.scalars(select_packs(org_id).where(Pack.id.in_(pack_ids))).all()
    if len(seen) != len(pack_ids):
        raise refuse_field("pack_ids", "There is no such pack.")


def _attach(session: Session, role_id: str, pack_ids: list[str]) -> None:
    """Attach these packs to a role, and no others."""
    session.execute(delete(RolePack).where(RolePack.role_id == role_id))
    for position, pack_id in enumerate(pack_ids):
        session.add(RolePack(role_id=role_id, pack_id=pack_id, position=position))
    session.flush()


@operation("agent_roles.list", "GET", "/agent-roles", query=("include_archived",))
def list_roles(call: Call) -> Response:
    """List the roles of the organisation."""
    wanted = select(AgentRole).where(AgentRole.org_id == call.caller.org_id)
    if not call.flag("include_archived"):
        wanted = wanted.where(AgentRole.archived_at.is_(None))
    with call.reading() as session:
        roles = session.scalars(wanted.order_by(AgentRole.name)).all()
        return reply({"agent_roles": show_roles(session, roles)})


@operation("agent_roles.create", "POST", "/agent-roles", WRITE, billing="create", body=Body())
def create_role(call: Call) -> Response:
    """Create a role on a provider that is in use."""
    sent = call.body(CreateRole, READ_ONLY).sent()
    pack_ids = sent.pop("pack_ids", [])
    org_id = call.caller.org_id
    if "capabilities" in sent:
        _check_capabilities(sent["capabilities"])
    with call.writing() as session:
        _check_packs(session, org_id, pack_ids)
        _check_provider(session, org_id, sent["provider_id"])
        taken = select(AgentRole.id).where(AgentRole.org_id == org_id, AgentRole.name == sent["name"])
        if session.scalar(taken) is not None:
            raise ApiError("role_exists")
        moment = get_time_ms()
        role = AgentRole(id=make_id("role_"), org_id=org_id, created_at=moment, updated_at=moment, **sent)
        session.add(role)
        session.flush()
        _attach(session, role.id, pack_ids)
        record_change(session, call.caller, "role.created", role.id)
        shown = _show(role, pack_ids)
    return reply(shown, 201)


@operation("agent_roles.get", "GET", "/agent-roles/{id}")
def get_role(call: Call) -> Response:
    """Show one role."""
    with call.reading() as session:
        role = find_role(session, call.caller.org_id, call.path["id"])
        return reply(show_roles(session, [role])[0])


@operation("agent_roles.update", "PATCH", "/agent-roles/{id}", WRITE, billing="create", body=Body())
def update_role(call: Call) -> Response:
    """Change the fields of a role that are sent."""
    sent = call.body(UpdateRole).sent()
    org_id = call.caller.org_id
    with call.writing() as session:
        role = find_role(session, org_id, call.path["id"])
        packs_before = list_attached_packs(session, [role.id])[role.id]
        pack_ids = sent.pop("pack_ids", packs_before)
        changed = {k: v for k, v in sent.items() if getattr(role, k) != v}
        if changed.get("capabilities") is not None:
            _check_capabilities(changed["capabilities"])
        if pack_ids != packs_before:
            _check_packs(session, org_id, pack_ids)
        if "provider_id" in changed:
            _check_provider(session, org_id, changed["provider_id"])
        if changed or pack_ids != packs_before:
            for name, value in changed.items():
                setattr(role, name, value)
            if pack_ids != packs_before:
                _attach(session, role.id, pack_ids)
            role.updated_at = max(get_time_ms(), role.updated_at)
            record_change(session, call.caller, "role.updated", role.id)
        shown = _show(role, pack_ids)
    return reply(shown)


@operation("agent_roles.archive", "POST", "/agent-roles/{id}/archive", WRITE, billing="wind-down")
def archive_role(call: Call) -> Response:
    """Archive a role of which no workspace runs."""
    with call.writing() as session:
        role = find_role(session, call.caller.org_id, call.path["id"])
        if role.archived_at is None:
            require_no_running_workspaces(session, [role.id])
            role.archived_at = get_time_ms()
            record_change(session, call.caller, "role.archived", role.id)
    return reply({"status": "archived"})


@operation("agent_roles.unarchive", "POST", "/agent-roles/{id}/unarchive", WRITE, billing="create")
def unarchive_role(call: Call) -> Response:
    """Take an archived role into use again."""
    with call.writing() as session:
        role = find_role(session, call.caller.org_id, call.path["id"])
        if role.archived_at is None:
            raise ApiError("not_archived", "The role is not archived.")
        if session.get_one(Provider, role.provider_id).archived_at is not None:
            raise ApiError("provider_archived")
        role.archived_at = None
        record_change(session, call.caller, "role.unarchived", role.id)
    return reply({"status": "unarchived"})


@operation(
    "agent_roles.stop_workspaces",
    "POST",
    "/agent-roles/{id}/stop-workspaces",
    ("workspace:write",),
    billing="wind-down",
)
def stop_workspaces_of_role(call: Call) -> Response:
    """Stop every workspace of a role that is idle or busy."""
    with call.writing() as session:
        role = find_role(session, call.caller.org_id, call.path["id"])
        chosen = session.scalars(select(Workspace).where(Workspace.role_id == role.id)).all()
        count = stop_workspaces(session, call, chosen)
    return reply({"stopping": count})
