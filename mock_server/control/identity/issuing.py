"""New callers and new tokens, which the seed data does not have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mock_server.access.callers import Caller, Credential, person
from mock_server.access.credentials import CREDENTIALS, EXPIRES_AT, ISSUED_AT, issue_session, token_digest
from mock_server.state.state import State

_CUSTOM = "custom"


def person_with_role(state: State, org_id: str, role: str) -> tuple[State, Caller]:
    """Return a new person of an org with a role."""
    state, user_id, email = _new_user(state, org_id)
    return state, person(org_id, user_id, email, role)


def person_with_scopes(state: State, org_id: str, scopes: Sequence[str]) -> tuple[State, Caller]:
    """Return a new person of an org with exactly these scopes."""
    state, user_id, email = _new_user(state, org_id)
    return state, Caller("session", org_id, user_id, email, _CUSTOM, tuple(scopes))


def issued(
    state: State,
    caller: Caller,
    *,
    expires_at: datetime | None = None,
    revoked: bool = False,
    issued_at: datetime = ISSUED_AT,
) -> tuple[State, str]:
    """Return a new token of a caller, and the state that holds its credential."""
    if caller.kind == "session":
        state, token_id = state.next_id("tok")
        token = issue_session(caller, issued_at=issued_at, expires_at=expires_at or EXPIRES_AT, token_id=token_id)
    else:
        state, key_id = state.next_id("key")
        token = f"sk_mock_{key_id.removeprefix('key_')}"
    return state.put(CREDENTIALS, Credential(token_digest(token), caller, expires_at, revoked)), token


def _new_user(state: State, org_id: str) -> tuple[State, str, str]:
    state, user_id = state.next_id("usr")
    return state, user_id, f"{user_id.lower()}@{org_id.removeprefix('org_')}.example"
