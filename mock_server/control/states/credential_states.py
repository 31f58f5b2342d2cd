"""States of credentials: each makes a new one, so that no persona's token is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.access.callers import KEY_PERMISSIONS, ROLE_PERMISSIONS, Caller, Credential, api_key
from mock_server.control.identity.issuing import issued, somebody, somebody_with
from mock_server.control.states.context import Setting
from mock_server.state.state import State


def expired_credential(setting: Setting) -> tuple[State, dict[str, Any]]:
    """A credential that was good until this moment, by the world's clock."""
    state, caller = _caller(setting)
    return _issued(state, Credential(caller, expires_at=setting.now))


def revoked_credential(setting: Setting) -> tuple[State, dict[str, Any]]:
    """A credential that was revoked."""
    state, caller = _caller(setting)
    return _issued(state, Credential(caller, revoked=True))


def scoped_credential(setting: Setting) -> tuple[State, dict[str, Any]]:
    """A session with these scopes and no others, or an API key with those of a permission set."""
    setting.params.only("org_id", "scopes", "permission_set")
    if setting.params.has("permission_set") and not setting.params.has("scopes"):
        chosen = setting.params.choice("permission_set", tuple(KEY_PERMISSIONS))
        return _issued(setting.state, Credential(api_key(setting.org().id, chosen, "made by a state")))
    state, caller = somebody_with(setting.state, setting.org().id, setting.params.texts("scopes"))
    return _issued(state, Credential(caller))


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
        return somebody(setting.state, org_id, setting.params.choice("role", tuple(ROLE_PERMISSIONS)))
    chosen = setting.params.choice("permission_set", tuple(KEY_PERMISSIONS))
    return setting.state, api_key(org_id, chosen, "made by a state")


def _issued(state: State, credential: Credential) -> tuple[State, dict[str, Any]]:
    state, token = issued(state, credential)
    return state, {"token": token}
