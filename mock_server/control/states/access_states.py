"""Provider states of orgs and of credentials; a credential is a new one, the tokens of personas stay as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mock_server.access.callers import Caller, api_key, person
from mock_server.access.credentials import CREDENTIALS, known
from mock_server.control.states.context import StateContext
from mock_server.control.tokens import issued, person_with_role, person_with_scopes
from mock_server.errors import MembershipNotFound, ValidationFailed
from mock_server.resources.audit.writing import with_system_event
from mock_server.resources.members.member import MEMBERS, Member, of_person, without
from mock_server.resources.orgs import ORGS, POSTURES, Org, Posture
from mock_server.state.state import State
from mock_server.state.value import replace


def billing_posture(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Give an org a billing posture."""
    context.only("org_id", "posture")
    org, posture = context.org(), context.choice("posture", POSTURES)
    return context.state.put(ORGS, with_posture(org, posture, context.now)), {}


def usual_posture(context: StateContext) -> State:
    """Take the org back to the seed data."""
    org = context.seed.get(ORGS, context.text("org_id"))
    return context.state if org is None else context.state.put(ORGS, org)


def with_posture(org: Org, posture: Posture, now: datetime) -> Org:
    """Return the org in a billing posture; a trial that it is given has no end."""
    if posture == "trial_expired":
        return replace(org, billing_status="trial", trial_ends_at=now)
    return replace(org, billing_status=posture, trial_ends_at=None)


def expired_credential(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a credential that expires now, by the clock of the world."""
    return _issued(*_caller(context), expires_at=context.now)


def revoked_credential(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a revoked credential."""
    return _issued(*_caller(context), revoked=True)


def scoped_credential(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Make a session with exactly these scopes, or an API key with those of a permission set."""
    context.only("org_id", "scopes", "permission_set")
    if "permission_set" in context.params and "scopes" not in context.params:
        return _issued(*_api_key(context))
    state, caller = person_with_scopes(context.state, context.org().id, context.texts("scopes"))
    roles = context.state.grants.roles
    least = min(roles, key=lambda each: len(roles[each]))  # a row has a role, and these scopes are no role's
    row = Member(f"mem_{caller.user_id}", caller.org_id, caller.email, least, caller.user_id, invited_at=context.now)
    return _issued(state.put(MEMBERS, row), caller)


def forget_person(context: StateContext) -> State:
    """Revoke the token that the setup made, and remove its person."""
    credential = known(context.made("token"), context.state)
    state = forget_credential(context)
    row = None if credential is None else of_person(state, credential.caller.org_id, credential.caller.user_id)
    return state if row is None else without(state, row)


def accepted_invitation(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Have the invited person accept: the row has its user from now on, who is given a session of the role."""
    context.only("org_id", "membership_id")
    org_id, member_id = context.org().id, context.text("membership_id")
    row = context.state.get(MEMBERS, (org_id, member_id))
    if row is None:
        raise MembershipNotFound("The org has no invitation of this id.")
    if not row.pending:
        raise ValidationFailed(fields={"params.membership_id": "It is accepted already."})
    state, user_id = context.state.next_id("usr")
    accepted = replace(row, user_id=user_id, accepted_at=context.now)
    state = with_system_event(state.put(MEMBERS, accepted), MEMBERS, accepted, "membership.accepted", context.now)
    state, made = _issued(state, person(org_id, user_id, row.email, row.role, state.grants))
    return state, {**made, "user_id": user_id}


def remove_accepted(context: StateContext) -> State:
    """Remove the person who accepted, where the org has them still."""
    row = of_person(context.state, context.text("org_id"), context.made("user_id"))
    return context.state if row is None else without(context.state, row)


def forget_credential(context: StateContext) -> State:
    """Revoke the token that the setup made."""
    credential = known(context.made("token"), context.state)
    if credential is None:
        return context.state
    return context.state.put(CREDENTIALS, replace(credential, revoked=True))


def _caller(context: StateContext) -> tuple[State, Caller]:
    """A new person of the org where a role is given, else an API key of the org."""
    context.only("org_id", "role", "permission_set")
    if "role" not in context.params:
        return _api_key(context)
    org_id = context.org().id
    role = context.choice("role", tuple(context.state.grants.roles))
    return person_with_role(context.state, org_id, role)


def _api_key(context: StateContext) -> tuple[State, Caller]:
    org_id, grants = context.org().id, context.state.grants
    permission_set = context.choice("permission_set", tuple(grants.permission_sets))
    return context.state, api_key(org_id, permission_set, "made by a state", grants)


def _issued(state: State, caller: Caller, **options: Any) -> tuple[State, dict[str, Any]]:
    state, token = issued(state, caller, **options)
    return state, {"token": token}
