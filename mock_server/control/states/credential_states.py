"""Provider states of credentials; each makes a new one and leaves the tokens of personas alone."""

from __future__ import annotations

from typing import Any

from mock_server.access.callers import KEY_PERMISSIONS, ROLE_PERMISSIONS, Caller, api_key
from mock_server.access.credentials import CREDENTIALS, known
from mock_server.control.identity.issuing import issued, person_with_role, person_with_scopes
from mock_server.control.states.context import StateContext
from mock_server.state.state import State
from mock_server.state.value import replace


def expired_credential(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a credential that expires now, by the clock of the world."""
    state, caller = _caller(context)
    return _issued(state, caller, expires_at=context.now)


def revoked_credential(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a revoked credential."""
    state, caller = _caller(context)
    return _issued(state, caller, revoked=True)


def scoped_credential(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a session with exactly these scopes, or an API key with those of a permission set."""
    context.params.only("org_id", "scopes", "permission_set")
    if context.params.has("permission_set") and not context.params.has("scopes"):
        chosen = context.params.choice("permission_set", tuple(KEY_PERMISSIONS))
        return _issued(context.state, api_key(context.org().id, chosen, "made by a state"))
    state, caller = person_with_scopes(context.state, context.org().id, context.params.texts("scopes"))
    return _issued(state, caller)


def forget_credential(context: StateContext) -> State:
    """Revoke the token that the setup made."""
    credential = known(context.made("token"), context.state)
    if credential is None:
        return context.state
    return context.state.put(CREDENTIALS, replace(credential, revoked=True))


def _caller(context: StateContext) -> tuple[State, Caller]:
    """A new person of the org where a role is given, else an API key of the org."""
    context.params.only("org_id", "role", "permission_set")
    org_id = context.org().id
    if context.params.has("role"):
        return person_with_role(context.state, org_id, context.params.choice("role", tuple(ROLE_PERMISSIONS)))
    chosen = context.params.choice("permission_set", tuple(KEY_PERMISSIONS))
    return context.state, api_key(org_id, chosen, "made by a state")


def _issued(state: State, caller: Caller, **options: Any) -> tuple[State, dict[str, Any]]:
    state, token = issued(state, caller, **options)
    return state, {"token": token}
