"""Serve credentials, of an organisation and of its people, without their secrets."""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.auth import Caller
from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import Credential, Org, get_time_ms, make_id
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_change
from examples.third_server.operations import operation
from examples.third_server.schemas import CreateCredential
from examples.third_server.times import show_time

WRITE = ("auth:write", "auth:write:own")
AUTHORIZATION_CODE = "oauth2_authorization_code"
SECRETS = ("service_account_json", "client_secret", "api_key", "password")
SECRET_OF_KIND = {
    "oauth2_authorization_code": "client_secret",
    "oauth2_client_credentials": "client_secret",
    "oauth2_client_assertion": "client_secret",
    "oauth2_jwt_bearer": "service_account_json",
    "oauth2_jwt_bearer_with_subject": "service_account_json",
    "api_key": "api_key",
    "query_api_key": "api_key",
    "basic_auth": "password",
}
CONFIG_OF_KIND = {
    "oauth2_authorization_code": ("client_id",),
    "oauth2_client_credentials": ("client_id",),
    "oauth2_client_assertion": ("client_id",),
    "oauth2_jwt_bearer_with_subject": ("subject",),
    "basic_auth": ("username",),
}
TENANT_KINDS = ("oauth2_authorization_code", "oauth2_client_credentials")


def find_credential(session: Session, caller: Caller, credential_id: str) -> Credential:
    """Find a credential that the caller sees."""
    credential: Credential | None = session.scalar(_visible(caller).where(Credential.id == credential_id))
    if credential is None:
        raise ApiError("credential_not_found")
    return credential


def show_credential(credential: Credential) -> dict[str, Any]:
    """Show a credential without its secret."""
    shown: dict[str, Any] = {"id": credential.id, "org_id": credential.org_id}
    if credential.user_id:
        shown["user_id"] = credential.user_id
    shown |= {
        "name": credential.name,
        "provider": credential.provider,
        "kind": credential.kind,
        "scopes": credential.scopes,
        "durable_ref": f"vault/{credential.org_id}/credentials/{credential.id}",
        "provider_config": credential.provider_config,
    }
    if credential.last_minted_at is not None:
        shown["last_minted_at"] = show_time(credential.last_minted_at)
        shown["last_minted_status"] = credential.last_minted_status or "ok"
    shown["allow_user_override"] = credential.allow_user_override
    shown["status"] = credential.status
    shown["created_at"] = show_time(credential.created_at)
    return shown


def _visible(caller: Caller) -> Any:
    """Select the credentials that the caller sees."""
    wanted = select(Credential).where(Credential.org_id == caller.org_id)
    if caller.holds("auth:write"):
        return wanted
    return wanted.where(or_(Credential.user_id == "", Credential.user_id == caller.user_id))


def _require_own(caller: Caller, credential: Credential) -> None:
    """Refuse a credential of the organisation to those who may change their own alone."""
    if not caller.holds("auth:write") and credential.user_id != caller.user_id:
        raise ApiError("permission_denied", "A credential of the organisation needs auth:write.")


def _check_secret(sent: CreateCredential) -> str:
    """Return the secret that the kind needs, and refuse those of other kinds."""
    needed = SECRET_OF_KIND[sent.kind]
    for name in SECRETS:
        if name != needed and name in sent.model_fields_set:
            raise refuse_field(name, f"A credential of the kind {sent.kind} has none.")
    if needed not in sent.model_fields_set:
        raise refuse_field(needed, f"A credential of the kind {sent.kind} needs it.")
    value = str(getattr(sent, needed))
    if needed == "service_account_json":
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise refuse_field(needed, "It is not the text of a JSON object.")
    return value


def _check_config(sent: CreateCredential) -> None:
    """Refuse a config that lacks what the kind and the provider need."""
    needed = list(CONFIG_OF_KIND.get(sent.kind, ()))
    if sent.provider == "microsoft" and sent.kind in TENANT_KINDS:
        needed.append("tenant_id")
    missing = [key for key in needed if key not in sent.provider_config]
    if missing:
        raise refuse_field("provider_config", f"It needs {' and '.join(missing)}.")


def _check_personal(session: Session, caller: Caller, sent: CreateCredential) -> Credential:
    """Return the credential that a personal one overrides."""
    if sent.kind != AUTHORIZATION_CODE:
        raise refuse_field("kind", f"A personal credential is of the kind {AUTHORIZATION_CODE}.")
    for name in (*SECRETS, "provider_config", "allow_user_override"):
        if name in sent.model_fields_set:
            raise refuse_field(name, "A personal credential has none of its own.")
    overridden = session.scalar(
        select(Credential).where(
            Credential.org_id == caller.org_id,
            Credential.user_id == "",
            Credential.name == sent.name,
            Credential.provider == sent.provider,
            Credential.kind == sent.kind,
            Credential.allow_user_override,
        )
    )
    if overridden is None:
        raise refuse_field("name", "There is no such credential that may be overridden.")
    return overridden


@operation("credentials.list", "GET", "/credentials", subsystem="auth")
def list_credentials(call: Call) -> Response:
    """List the credentials that the caller sees."""
    with call.reading() as session:
        found = session.scalars(_visible(call.caller).order_by(Credential.created_at)).all()
        return reply({"credentials": [show_credential(credential) for credential in found]})


@operation(
    "credentials.create",
    "POST",
    "/credentials",
    WRITE,
    billing="create",
    subsystem="auth",
    body=Body(),
)
def create_credential(call: Call) -> Response:
    """Create a credential of the organisation, or one of the caller's own."""
    sent = call.body(CreateCredential)
    caller = call.caller
    if not sent.personal and not caller.holds("auth:write"):
        raise ApiError("permission_denied", "A credential of the organisation needs auth:write.")
    secret: str | None = None
    if not sent.personal:
        secret = _check_secret(sent)
        _check_config(sent)
    with call.writing() as session:
        config = sent.provider_config
        if sent.personal:
            config = _check_personal(session, caller, sent).provider_config
        owner = caller.user_id if sent.personal else ""
        taken = select(Credential.id).where(
            Credential.org_id == caller.org_id,
            Credential.user_id == owner,
            Credential.name == sent.name,
        )
        if session.scalar(taken) is not None:
            raise ApiError("credential_exists")
        started = sent.kind == AUTHORIZATION_CODE
        credential = Credential(
            id=make_id("cred_"),
            org_id=caller.org_id,
            user_id=owner,
            name=sent.name,
            provider=sent.provider,
            kind=sent.kind,
            scopes=sent.scopes,
            provider_config=config,
            allow_user_override=sent.allow_user_override,
            status="needs_reauth" if started else "active",
            secret=secret,
            created_at=get_time_ms(),
        )
        session.add(credential)
        session.flush()
        record_change(session, caller, "credential.created", credential.id)
        shown = show_credential(credential)
    if started:
        base = call.request.app.state.base_path
        shown["next"] = f"{base}/credentials/{credential.id}/oauth/start"
    return reply(shown, 201)


@operation("credentials.get", "GET", "/credentials/{id}", subsystem="auth")
def get_credential(call: Call) -> Response:
    """Show one credential."""
    with call.reading() as session:
        return reply(show_credential(find_credential(session, call.caller, call.path["id"])))


@operation(
    "credentials.delete",
    "DELETE",
    "/credentials/{id}",
    WRITE,
    billing="wind-down",
    subsystem="auth",
)
def delete_credential(call: Call) -> Response:
    """Delete a credential and its secret."""
    with call.writing() as session:
        credential = find_credential(session, call.caller, call.path["id"])
        _require_own(call.caller, credential)
        session.delete(credential)
        record_change(session, call.caller, "credential.deleted", credential.id)
    return reply({"status": "deleted"})


@operation(
    "credentials.start_oauth",
    "POST",
    "/credentials/{id}/oauth/start",
    WRITE,
    billing="create",
    subsystem="auth",
)
def start_oauth(call: Call) -> Response:
    """Tell where the browser is to go for the consent of an authorization code."""
    caller = call.caller
    with call.writing() as session:
        credential = find_credential(session, caller, call.path["id"])
        if credential.user_id and credential.user_id != caller.user_id:
            raise ApiError("permission_denied", "Its owner alone starts a personal credential.")
        _require_own(caller, credential)
        if credential.kind != AUTHORIZATION_CODE:
            raise refuse_field("id", "A credential of this kind is not started.")
        state = secrets.token_urlsafe(24)
        credential.oauth_state = state
        slug = session.get_one(Org, caller.org_id).slug
        query = {
            "response_type": "code",
            "client_id": credential.provider_config.get("client_id", ""),
            "redirect_uri": f"https://{slug}.evershell.ai/oauth/callback",
            "scope": " ".join(credential.scopes),
            "state": state,
        }
        record_change(session, caller, "credential.oauth_started", credential.id)
        address = f"https://{credential.provider}.evershell.example/authorize?"
    return reply({"auth_url": address + urlencode(query)})
