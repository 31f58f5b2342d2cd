"""Control calls on tokens: issue valid, expired and revoked ones, and revoke them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mock_server.access.callers import KEY_PERMISSIONS, ROLE_PERMISSIONS, Caller
from mock_server.access.credentials import CREDENTIALS, EXPIRES_AT, presented
from mock_server.control import ControlContext, control
from mock_server.control.errors import OrgNotFound, ScopeUnknown, TokenUnknown
from mock_server.control.identity.issuing import issued, person_with_scopes
from mock_server.control.identity.personas import persona_named
from mock_server.control.similar_names import named
from mock_server.errors import Unauthenticated
from mock_server.resources.operation import Reply, Request
from mock_server.resources.orgs import ORGS
from mock_server.state.clock import timestamp
from mock_server.state.state import State
from mock_server.state.value import replace

_DEFAULT_LIFE_S = 3600  # how long an expired credential was valid


@control("tokens.create")
async def create(context: ControlContext, request: Request) -> Reply:
    """Issue a new token; raises PersonaUnknown, OrgNotFound, ScopeUnknown and MemoryFull."""
    body = request.body
    _check_scopes(context, body.get("scopes", ()))  # before the world is made
    world = context.world(request)
    how, now = body.get("state", "valid"), world.now()
    state, caller = _caller(context, world.state, body)
    expires_at, revoked = _expiry(body, how, now), how == "revoked"
    lived = timedelta(seconds=body.get("expires_in", _DEFAULT_LIFE_S) if how == "expired" else 0)
    state, token = issued(state, caller, expires_at=expires_at, revoked=revoked, issued_at=now - lived)
    context.commit(world, state)
    expires_at = expires_at or (EXPIRES_AT if caller.kind == "session" else None)
    return Reply(
        201,
        {
            "token": token,
            "state": how,
            "kind": caller.kind,
            "org_id": caller.org_id,
            "role": caller.role or None,
            "permission_set": caller.permission_set,
            "permissions": list(caller.permissions),
            "expires_at": timestamp(expires_at) if expires_at else None,
        },
    )


@control("tokens.revoke")
async def revoke(context: ControlContext, request: Request) -> Reply:
    """Revoke a token in this world; raises TokenUnknown."""
    world, body = context.world(request), request.body
    token: str = body["token"] if "token" in body else persona_named(context, body["persona"]).token
    try:
        credential = presented(token, world.state)
    except Unauthenticated as refusal:
        raise TokenUnknown(refusal.message) from refusal
    world.commit(world.state.put(CREDENTIALS, replace(credential, revoked=True)))
    return Reply(200, {"status": "revoked"})


def _check_scopes(context: ControlContext, scopes: Sequence[str]) -> None:
    """Check that every scope is known; raises ScopeUnknown with a similar one."""
    asked = (scope for each in context.contract.operations.values() for one_of in each.scopes for scope in one_of)
    held = (scope for persona in context.seed.personas for scope in persona.caller.permissions)
    by_kind = (scope for each in (ROLE_PERMISSIONS, KEY_PERMISSIONS) for held in each.values() for scope in held)
    known = dict.fromkeys(sorted({*asked, *held, *by_kind}))
    for scope in scopes:
        named("scope", scope, known, ScopeUnknown)


def _caller(context: ControlContext, state: State, body: Mapping[str, Any]) -> tuple[State, Caller]:
    if "persona" in body:
        return state, persona_named(context, body["persona"]).caller
    org = named("org", body["org_id"], state.all(ORGS), OrgNotFound)
    return person_with_scopes(state, org.id, body["scopes"])


def _expiry(body: Mapping[str, Any], how: str, now: datetime) -> datetime | None:
    """The time at which a credential expires: a whole second, as sessions have, and not before the time asked for."""
    if how == "expired":
        return now.replace(microsecond=0)
    if "expires_in" not in body:
        return None
    return (now + timedelta(seconds=body["expires_in"], microseconds=999_999)).replace(microsecond=0)
