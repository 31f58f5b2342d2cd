"""Serve the API keys of an organisation, and who the caller is."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import ApiKey, Membership, Org, get_time_ms, hash_token, make_id
from examples.third_server.errors import ApiError
from examples.third_server.events import record_change
from examples.third_server.operations import operation
from examples.third_server.schemas import CreateApiKey
from examples.third_server.times import show_time

WRITE = ("apikeys:write",)


def shorten_key(value: str) -> str:
    """Return the beginning and the end of the value of a key."""
    return f"{'_'.join(value.split('_')[:2])}_...{value[-4:]}"


def _show_key(key: ApiKey) -> dict[str, Any]:
    """Show a key without its value."""
    return {
        "id": key.id,
        "label": key.label,
        "prefix": key.prefix,
        "permission_set": key.permission_set,
    }


@operation("session.get", "GET", "/me/session")
def get_session(call: Call) -> Response:
    """Show who the caller is."""
    caller = call.caller
    shown: dict[str, Any] = {
        "user_id": caller.user_id,
        "org_id": caller.org_id,
        "email": caller.email,
        "role": caller.role,
        "permissions": list(caller.scopes),
        "memberships": [],
    }
    if caller.key_set is not None:
        key = {"api_key_label": caller.key_label, "api_key_permission_set": caller.key_set}
        return reply(shown | key)
    with call.reading() as session:
        rows = session.execute(
            select(Membership.org_id, Membership.role, Org.billing_status)
            .join(Org, Org.id == Membership.org_id)
            .where(Membership.user_id == caller.user_id, Membership.accepted_at.is_not(None))
            .order_by(Membership.org_id)
        )
        shown["memberships"] = [
            {"org_id": org_id, "role": role, "billing_status": billing} for org_id, role, billing in rows
        ]
    return reply(shown)


@operation("api_keys.list", "GET", "/api-keys", WRITE)
def list_api_keys(call: Call) -> Response:
    """List the keys of the organisation that are not revoked."""
    wanted = select(ApiKey).where(ApiKey.org_id == call.caller.org_id, ApiKey.revoked_at.is_(None))
    with call.reading() as session:
        keys = session.scalars(wanted.order_by(ApiKey.created_at)).all()
        shown = [_show_key(key) | {"created_at": show_time(key.created_at)} for key in keys]
        return reply({"api_keys": shown})


@operation("api_keys.create", "POST", "/api-keys", WRITE, billing="create", body=Body())
def create_api_key(call: Call) -> Response:
    """Create a key, and show its value this once."""
    sent = call.body(CreateApiKey)
    value = f"sk_live_{secrets.token_hex(20)}"
    with call.writing() as session:
        key = ApiKey(
            id=make_id("api_key_"),
            org_id=call.caller.org_id,
            label=sent.label,
            prefix=shorten_key(value),
            permission_set=sent.permission_set,
            digest=hash_token(value),
            created_at=get_time_ms(),
        )
        session.add(key)
        record_change(session, call.caller, "api_key.created", key.id)
        shown = _show_key(key) | {"value": value}
    return reply(shown, 201)


@operation("api_keys.revoke", "DELETE", "/api-keys/{id}", WRITE, billing="wind-down")
def revoke_api_key(call: Call) -> Response:
    """Revoke a key."""
    with call.writing() as session:
        key = session.scalar(
            select(ApiKey).where(
                ApiKey.org_id == call.caller.org_id,
                ApiKey.id == call.path["id"],
                ApiKey.revoked_at.is_(None),
            )
        )
        if key is None:
            raise ApiError("api_key_not_found")
        key.revoked_at = get_time_ms()
        record_change(session, call.caller, "api_key.revoked", key.id)
    return reply({"status": "revoked"})
