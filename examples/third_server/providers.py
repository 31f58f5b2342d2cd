"""Serve the providers of models of an organisation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import AgentRole, Credential, Provider, get_time_ms, make_id
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_change
from examples.third_server.operations import operation
from examples.third_server.roles import require_no_running_workspaces
from examples.third_server.schemas import READ_ONLY, CreateProvider, UpdateProvider
from examples.third_server.times import show_time

WRITE = ("caps:write",)
SETTINGS: dict[str, tuple[str, ...]] = {
    "vertex": ("project", "location"),
    "azure-openai": ("api_version", "api_type"),
}


def find_provider(session: Session, org_id: str, provider_id: str) -> Provider:
    """Find a provider of an organisation."""
    provider = session.scalar(select(Provider).where(Provider.org_id == org_id, Provider.id == provider_id))
    if provider is None:
        raise ApiError("provider_not_found")
    return provider


def show_provider(provider: Provider) -> dict[str, Any]:
    """Show a provider without the fields that it lacks."""
    shown: dict[str, Any] = {}
    for name in ("id", "org_id", "name", "kind", "display_name", "domain"):
        shown[name] = getattr(provider, name)
    for name in ("credential_name", "default_model", "capabilities"):
        shown[name] = getattr(provider, name)
    shown["config"] = provider.config or None
    shown["created_at"] = show_time(provider.created_at)
    shown["updated_at"] = show_time(provider.updated_at)
    if provider.archived_at is not None:
        shown["archived_at"] = show_time(provider.archived_at)
    return {name: value for name, value in shown.items() if value is not None}


def _check_content(session: Session, org_id: str, kind: str, config: dict[str, Any], credential: str | None) -> None:
    """Refuse settings that the kind lacks, and a credential that is none of its kind."""
    known = SETTINGS.get(kind, ())
    if any(key not in known for key in config):
        raise refuse_field("config", f"A provider of the kind {kind} has no such setting.")
    if not credential:
        return
    found = select(Credential.id).where(
        Credential.org_id == org_id,
        Credential.user_id == "",
        Credential.name == credential,
        Credential.provider == kind,
    )
    if session.scalar(found) is None:
        raise refuse_field("credential_name", f"There is no such credential for {kind}.")


@operation("providers.list", "GET", "/providers", query=("include_archived",))
def list_providers(call: Call) -> Response:
    """List the providers of the organisation."""
    wanted = select(Provider).where(Provider.org_id == call.caller.org_id)
    if not call.flag("include_archived"):
        wanted = wanted.where(Provider.archived_at.is_(None))
    with call.reading() as session:
        providers = session.scalars(wanted.order_by(Provider.name)).all()
        return reply({"providers": [show_provider(provider) for provider in providers]})


@operation("providers.create", "POST", "/providers", WRITE, billing="create", body=Body())
def create_provider(call: Call) -> Response:
    """Create a provider."""
    sent = call.body(CreateProvider, READ_ONLY).sent()
    org_id = call.caller.org_id
    with call.writing() as session:
        _check_content(session, org_id, sent["kind"], sent.get("config", {}), sent.get("credential_name"))
        taken = select(Provider.id).where(Provider.org_id == org_id, Provider.name == sent["name"])
        if session.scalar(taken) is not None:
            raise ApiError("provider_exists")
        moment = get_time_ms()
        provider = Provider(id=make_id("provider_"), org_id=org_id, created_at=moment, updated_at=moment, **sent)
        session.add(provider)
        session.flush()
        record_change(session, call.caller, "provider.created", provider.id)
        shown = show_provider(provider)
    return reply(shown, 201)


@operation("providers.get", "GET", "/providers/{id}")
def get_provider(call: Call) -> Response:
    """Show one provider."""
    with call.reading() as session:
        return reply(show_provider(find_provider(session, call.caller.org_id, call.path["id"])))


@operation("providers.update", "PATCH", "/providers/{id}", WRITE, billing="create", body=Body())
def update_provider(call: Call) -> Response:
    """Change the fields of a provider that are sent."""
    sent = call.body(UpdateProvider).sent()
    org_id = call.caller.org_id
    with call.writing() as session:
        provider = find_provider(session, org_id, call.path["id"])
        credential = sent.get("credential_name")
        if credential == provider.credential_name:
            credential = None
        _check_content(session, org_id, provider.kind, sent.get("config", {}), credential)
        if "config" in sent:
            merged = provider.config | sent["config"]
            sent["config"] = {k: v for k, v in merged.items() if v is not None}
        changed = {k: v for k, v in sent.items() if getattr(provider, k) != v}
        if changed:
            for name, value in changed.items():
                setattr(provider, name, value)
            provider.updated_at = max(get_time_ms(), provider.updated_at)
            record_change(session, call.caller, "provider.updated", provider.id)
        shown = show_provider(provider)
    return reply(shown)


@operation("providers.archive", "POST", "/providers/{id}/archive", WRITE, billing="wind-down")
def archive_provider(call: Call) -> Response:
    """Archive a provider, and the roles that use it."""
    with call.writing() as session:
        provider = find_provider(session, call.caller.org_id, call.path["id"])
        roles = session.scalars(select(AgentRole).where(AgentRole.provider_id == provider.id)).all()
        cascaded = 0
        if provider.archived_at is None:
            require_no_running_workspaces(session, [role.id for role in roles])
            moment = get_time_ms()
            for role in roles:
                if role.archived_at is None:
                    role.archived_at = moment
                    cascaded += 1
                    record_change(session, call.caller, "role.archived", role.id)
            provider.archived_at = moment
            record_change(session, call.caller, "provider.archived", provider.id)
    return reply({"status": "archived", "cascaded_roles": cascaded})


@operation("providers.unarchive", "POST", "/providers/{id}/unarchive", WRITE, billing="create")
def unarchive_provider(call: Call) -> Response:
    """Take an archived provider into use again."""
    with call.writing() as session:
        provider = find_provider(session, call.caller.org_id, call.path["id"])
        if provider.archived_at is None:
            raise ApiError("not_archived", "The provider is not archived.")
        provider.archived_at = None
        record_change(session, call.caller, "provider.unarchived", provider.id)
    return reply({"status": "unarchived"})
