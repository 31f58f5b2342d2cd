"""States of credentials: each makes a new one, so that no persona's token is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.callers import (
    KEY_PERMISSIONS,
    ROLE_PERMISSIONS,
    Caller,
    Credential,
    api_key,
    person,
)
from mock_server.control.setting import Setting
from mock_server.credentials import EXPIRES_AT, issue_session
from mock_server.state import State

_CUSTOM = "custom"


def expired_credential(setting: Setting) -> tuple[State, dict[str, Any]]:
    """A credential that was good until this moment, by the world's clock."""
    state, caller = _caller(setting)
    return _issued(state, Credential(caller, expires_at=setting.now))


def revoked_credential(setting: Setting) -> tuple[State, dict[str, Any]]:
    """A credential that was revoked."""
    state, caller = _caller(setting)
    return _issued(state, Credential(caller, revoked=True))


def scoped_credential(setting: Setting) -> tuple[State, dict[str, Any]]:
    """A session with these scopes and no others."""
    setting.params.only("org_id", "scopes")
    org_id = setting.org().id
    state, user_id = setting.state.next_id("usr")
    email = f"{user_id.lower()}@{org_id.removeprefix('org_')}.example"
    scopes = setting.params.texts("scopes")
    return _issued(state, Credential(Caller("session", org_id, user_id, email, _CUSTOM, scopes)))


def forget_credential(setting: Setting) -> State:
    """The state in which the token that setup made opens nothing."""
    token = setting.made("token")
    known = setting.state.credential(token)
    if known is None:
        return setting.state
    return setting.state.with_credential(token, replace(known, revoked=True))


def _caller(setting: Setting) -> tuple[State, Caller]:
    """A person of the org where a role is named, else an API key of it; nobody of the seed data."""
    setting.params.only("org_id", "role", "permission_set")
    org_id = setting.org().id
    if setting.params.has("role"):
        role = setting.params.choice("role", tuple(ROLE_PERMISSIONS))
        state, user_id = setting.state.next_id("usr")
        email = f"{user_id.lower()}@{org_id.removeprefix('org_')}.example"
        return state, person(org_id, user_id, email, role)
    chosen = setting.params.choice("permission_set", tuple(KEY_PERMISSIONS))
    return setting.state, api_key(org_id, chosen, "made by a state")


def _issued(state: State, credential: Credential) -> tuple[State, dict[str, Any]]:
    """The state that knows the credential, under a token that it gave out to nobody else."""
    if credential.caller.kind == "session":  # the user is new, and so is the token
        token = issue_session(credential.caller, expires_at=credential.expires_at or EXPIRES_AT)
    else:
        state, number = state.next_id("key")
        token = f"sk_mock_{number.removeprefix('key_')}"
    return state.with_credential(token, credential), {"token": token}
