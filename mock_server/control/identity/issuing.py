"""New callers and new tokens, which the seed data does not have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mock_server.access.callers import Caller, Credential, person
from mock_server.access.credentials import EXPIRES_AT, ISSUED_AT, issue_session
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


def issued(state: State, credential: Credential, *, issued_at: datetime = ISSUED_AT) -> tuple[State, str]:
    """Return a new token of a credential, and the state that holds it."""
    if credential.caller.kind == "session":
        state, token_id = state.next_id("tok")
        expires_at = credential.expires_at or EXPIRES_AT
        token = issue_session(credential.caller, issued_at=issued_at, expires_at=expires_at, token_id=token_id)
    else:
        state, key_id = state.next_id("key")
        token = f"sk_mock_{key_id.removeprefix('key_')}"
    return state.with_credential(token, credential), token


def _new_user(state: State, org_id: str) -> tuple[State, str, str]:
    state, user_id = state.next_id("usr")
    return state, user_id, f"{user_id.lower()}@{org_id.removeprefix('org_')}.example"
