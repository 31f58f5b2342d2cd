"""Control calls on personas and tokens: list the personas; issue valid, expired and revoked tokens, and revoke them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mock_server.access.callers import Caller, Credential, make_person
from mock_server.access.credentials import (
    CREDENTIALS,
    EXPIRES_AT,
    ISSUED_AT,
    digest_token,
    issue_session,
    read_credential,
)
from mock_server.control import ControlContext, control
from mock_server.control.errors import OrgNotFound, PersonaUnknown, ScopeUnknown, TokenUnknown, require_named
from mock_server.errors import Unauthenticated
from mock_server.fixtures import Persona
from mock_server.operation import Reply, Request
from mock_server.resources.orgs import ORGS
from mock_server.state.clock import write_timestamp
from mock_server.state.state import State
from mock_server.state.value import replace

_DEFAULT_LIFE_S = 3600  # how long an expired credential was valid


@control("personas.list")
async def list_personas(context: ControlContext, _request: Request) -> Reply:
    """Return the personas with their constant tokens."""
    shown = [
        {"name": each.name, **_show(each.caller), "role": _find_usual_role(context, each.caller), "token": each.token}
        for each in context.seed.personas
    ]
    return Reply(200, {"personas": shown})


def _find_usual_role(context: ControlContext, caller: Caller) -> str | None:
    """Return the role from which the scopes of a person follow; None for an API key, and where they are others."""
    return caller.role if caller.role in context.seed.state.grants.roles else None


def find_persona(context: ControlContext, name: str) -> Persona:
    """Return the persona of this name; raises PersonaUnknown with a similar name."""
    return require_named("persona", name, {persona.name: persona for persona in context.seed.personas}, PersonaUnknown)


def _show(caller: Caller) -> dict[str, Any]:
    return {
        "kind": caller.kind,
        "org_id": caller.org_id,
        "role": caller.role or None,
        "permission_set": caller.permission_set,
        "permissions": list(caller.permissions),
    }


@control("tokens.create")
async def create(context: ControlContext, request: Request) -> Reply:
    """Issue a new token; raises PersonaUnknown, OrgNotFound, ScopeUnknown and MemoryFull."""
    body = request.body
    _check_scopes(context, body.get("scopes", ()))  # before the world is made
    world = context.find_world(request)
    how, now = body.get("state", "valid"), world.read_clock()
    state, caller = _make_caller(context, world.state, body)
    expires_at, revoked = _find_expiry(body, how, now), how == "revoked"
    lived = timedelta(seconds=body.get("expires_in", _DEFAULT_LIFE_S) if how == "expired" else 0)
    state, token = issue_token(state, caller, expires_at=expires_at, revoked=revoked, issued_at=now - lived)
    context.commit(world, state)
    expires_at = expires_at or (EXPIRES_AT if caller.kind == "session" else None)
    expires = write_timestamp(expires_at) if expires_at else None
    return Reply(201, {"token": token, "state": how, **_show(caller), "expires_at": expires})


@control("tokens.revoke")
async def revoke(context: ControlContext, request: Request) -> Reply:
    """Revoke a token in this world; raises TokenUnknown."""
    world, body = context.find_world(request), request.body
    token: str = body["token"] if "token" in body else find_persona(context, body["persona"]).token
    try:
        credential = read_credential(token, world.state)
    except Unauthenticated as refusal:
        raise TokenUnknown(refusal.message) from refusal
    world.commit(world.state.put(CREDENTIALS, replace(credential, revoked=True)))
    return Reply(200, {"status": "revoked"})


def _check_scopes(context: ControlContext, scopes: Sequence[str]) -> None:
    """Check that every scope is known; raises ScopeUnknown with a similar one."""
    asked = (scope for each in context.contract.operations.values() for one_of in each.scopes for scope in one_of)
    held = (scope for persona in context.seed.personas for scope in persona.caller.permissions)
    grants = context.seed.state.grants
    by_kind = (scope for each in (grants.roles, grants.permission_sets) for held in each.values() for scope in held)
    known = dict.fromkeys(sorted({*asked, *held, *by_kind}))
    for scope in scopes:
        require_named("scope", scope, known, ScopeUnknown)


def _make_caller(context: ControlContext, state: State, body: Mapping[str, Any]) -> tuple[State, Caller]:
    if "persona" in body:
        return state, find_persona(context, body["persona"]).caller
    org = require_named("org", body["org_id"], state.all(ORGS), OrgNotFound)
    return make_person_with_scopes(state, org.id, body["scopes"])


def _find_expiry(body: Mapping[str, Any], how: str, now: datetime) -> datetime | None:
    """The time at which a credential expires: a whole second, as sessions have, and not before the time asked for."""
    if how == "expired":
        return now.replace(microsecond=0)
    if "expires_in" not in body:
        return None
    return (now + timedelta(seconds=body["expires_in"], microseconds=999_999)).replace(microsecond=0)


def make_person_with_role(state: State, org_id: str, role: str) -> tuple[State, Caller]:
    """Return a new person of an org with a role."""
    state, user_id, email = _add_user(state, org_id)
    return state, make_person(org_id, user_id, email, role, state.grants)


def make_person_with_scopes(state: State, org_id: str, scopes: Sequence[str]) -> tuple[State, Caller]:
    """Return a new person of an org with exactly these scopes."""
    state, user_id, email = _add_user(state, org_id)
    return state, Caller("session", org_id, user_id, email, "custom", tuple(scopes))


def issue_token(
    state: State,
    caller: Caller,
    *,
    expires_at: datetime | None = None,
    revoked: bool = False,
    issued_at: datetime = ISSUED_AT,
) -> tuple[State, str]:
    """Return a new token of a caller, and the state that holds its credential."""
    if caller.kind == "session":
        state, token_id = state.assign_id_of_kind("tok")
        token = issue_session(caller, issued_at=issued_at, expires_at=expires_at or EXPIRES_AT, token_id=token_id)
    else:
        state, key_id = state.assign_id_of_kind("key")
        token = f"sk_mock_{key_id.removeprefix('key_')}"
    return state.put(CREDENTIALS, Credential(digest_token(token), caller, expires_at, revoked)), token


def _add_user(state: State, org_id: str) -> tuple[State, str, str]:
    state, user_id = state.assign_id_of_kind("usr")
    return state, user_id, f"{user_id.lower()}@{org_id.removeprefix('org_')}.example"
