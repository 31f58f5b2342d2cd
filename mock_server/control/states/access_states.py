"""Provider states of orgs, of callers and of the credentials that an org has stored.

The credential of a caller is a new one: the tokens of personas stay as they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mock_server.access.callers import Caller, make_api_key, make_person
from mock_server.access.credentials import CREDENTIALS, find_known
from mock_server.control.errors import require_named
from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import OrgParams, Text, make_refusal
from mock_server.control.tokens import issue_token, make_person_with_role, make_person_with_scopes
from mock_server.errors import CredentialNotFound, MembershipNotFound
from mock_server.resources.audit.writing import with_system_event
from mock_server.resources.credentials.content import choose_first_status
from mock_server.resources.credentials.credential import STORED, Status, StoredCredential
from mock_server.resources.members.member import MEMBERS, Member, find_by_person, without
from mock_server.resources.orgs import ORGS, Org, Posture, Subsystem
from mock_server.state.state import State
from mock_server.state.value import replace


class PostureParams(OrgParams):
    """The billing posture that an org is given."""

    posture: Posture


class CallerParams(OrgParams):
    """The role of a new person, or else the permission set of a new API key."""

    role: Text | None = None
    permission_set: Text | None = None


class ScopesParams(OrgParams):
    """The scopes of a new person, or else the permission set of a new API key."""

    scopes: tuple[str, ...] | None = None
    permission_set: Text | None = None


class InvitationParams(OrgParams):
    """The invitation that is accepted."""

    membership_id: Text


class CredentialStatusParams(OrgParams):
    """The status that a stored credential is given."""

    credential_id: Text
    status: Status


def set_posture(context: StateContext, params: PostureParams) -> tuple[State, dict[str, Any]]:
    """Give an org a billing posture."""
    return context.state.put(ORGS, with_posture(context.find_org(params.org_id), params.posture, context.now)), {}


def reset_posture(context: StateContext) -> State:
    """Take the org back to the seed data."""
    org = context.seed.get(ORGS, context.require("org_id"))
    return context.state if org is None else context.state.put(ORGS, org)


def with_posture(org: Org, posture: Posture, now: datetime) -> Org:
    """Return the org in a billing posture; a trial that it is given has no end."""
    if posture == "trial_expired":
        return replace(org, billing_status="trial", trial_ends_at=now)
    return replace(org, billing_status=posture, trial_ends_at=None)


def switch_off(part: Subsystem, context: StateContext, params: OrgParams) -> tuple[State, dict[str, Any]]:
    """Switch a part of the API off for an org."""
    org = context.find_org(params.org_id)
    disabled = dict.fromkeys((*(org.disabled or ()), part))
    return context.state.put(ORGS, replace(org, disabled=tuple(disabled))), {}


def switch_on(part: Subsystem, context: StateContext) -> State:
    """Switch it on again."""
    org = context.state.get(ORGS, context.require("org_id"))
    if org is None:
        return context.state
    disabled = tuple(each for each in org.disabled or () if each != part)
    return context.state.put(ORGS, replace(org, disabled=disabled or None))


def make_expired_credential(context: StateContext, params: CallerParams) -> tuple[State, dict[str, Any]]:
    """Make a credential that expires now, by the clock of the world."""
    return _issue(*_make_caller(context, params), expires_at=context.now)


def make_revoked_credential(context: StateContext, params: CallerParams) -> tuple[State, dict[str, Any]]:
    """Make a revoked credential."""
    return _issue(*_make_caller(context, params), revoked=True)


def make_scoped_credential(context: StateContext, params: ScopesParams) -> tuple[State, dict[str, Any]]:
    """Make a session with exactly these scopes, or an API key with those of a permission set."""
    if params.scopes is None:
        if params.permission_set is None:
            raise make_refusal("scopes", "It is required where permission_set is not given.")
        return _issue(*_make_api_key(context, params.org_id, params.permission_set))
    state, caller = make_person_with_scopes(context.state, context.find_org(params.org_id).id, params.scopes)
    roles = context.state.grants.roles
    least = min(roles, key=lambda each: len(roles[each]))  # a row has a role, and these scopes are no role's
    row = Member(f"mem_{caller.user_id}", caller.org_id, caller.email, least, caller.user_id, invited_at=context.now)
    return _issue(state.put(MEMBERS, row), caller)


def forget_person(context: StateContext) -> State:
    """Revoke the token that the setup made, and remove its person."""
    credential = find_known(context.read_made("token"), context.state)
    state = forget_credential(context)
    row = None if credential is None else find_by_person(state, credential.caller.org_id, credential.caller.user_id)
    return state if row is None else without(state, row)


def accept_invitation(context: StateContext, params: InvitationParams) -> tuple[State, dict[str, Any]]:
    """Have the invited person accept: the row has its user from now on, who is given a session of the role."""
    org_id = context.find_org(params.org_id).id
    row = context.state.get(MEMBERS, (org_id, params.membership_id))
    if row is None:
        raise MembershipNotFound("The org has no invitation of this id.")
    if not row.pending:
        raise make_refusal("membership_id", "It is accepted already.")
    state, user_id = context.state.assign_id_of_kind("usr")
    accepted = replace(row, user_id=user_id, accepted_at=context.now)
    state = with_system_event(state.put(MEMBERS, accepted), MEMBERS, accepted, "membership.accepted", context.now)
    state, made = _issue(state, make_person(org_id, user_id, row.email, row.role, state.grants))
    return state, {**made, "user_id": user_id}


def remove_accepted(context: StateContext) -> State:
    """Remove the person who accepted, where the org has them still."""
    row = find_by_person(context.state, context.require("org_id"), context.read_made("user_id"))
    return context.state if row is None else without(context.state, row)


def forget_credential(context: StateContext) -> State:
    """Revoke the token that the setup made."""
    credential = find_known(context.read_made("token"), context.state)
    if credential is None:
        return context.state
    return context.state.put(CREDENTIALS, replace(credential, revoked=True))


def set_stored_status(context: StateContext, params: CredentialStatusParams) -> tuple[State, dict[str, Any]]:
    """Give a stored credential a status, as its provider does when it has answered."""
    org = context.find_org(params.org_id)
    own = {each.id: each for each in context.state.select(STORED, org_id=org.id)}
    credential = require_named("credential", params.credential_id, own, CredentialNotFound)
    return _with_credential_status(context, credential, params.status), {}


def reset_stored_status(context: StateContext) -> State:
    """Take it back to its status in the seed data, or to the one with which it was made."""
    credential = context.state.get(STORED, context.require("credential_id"))
    if credential is None:
        return context.state
    seeded = context.seed.get(STORED, credential.id)
    status = choose_first_status(credential.kind) if seeded is None else seeded.status
    return _with_credential_status(context, credential, status)


def _make_caller(context: StateContext, params: CallerParams) -> tuple[State, Caller]:
    """A new person of the org where a role is given, else an API key of the org."""
    if params.role is not None:
        return make_person_with_role(context.state, context.find_org(params.org_id).id, params.role)
    if params.permission_set is None:
        raise make_refusal("permission_set", "It is required where role is not given.")
    return _make_api_key(context, params.org_id, params.permission_set)


def _make_api_key(context: StateContext, org_id: str, permission_set: str) -> tuple[State, Caller]:
    caller = make_api_key(context.find_org(org_id).id, permission_set, "made by a state", context.state.grants)
    return context.state, caller


def _issue(state: State, caller: Caller, **options: Any) -> tuple[State, dict[str, Any]]:
    state, token = issue_token(state, caller, **options)
    return state, {"token": token}


def _with_credential_status(context: StateContext, credential: StoredCredential, status: Status) -> State:
    """The state in which it has the status, with an event where that is another one."""
    if status == credential.status:
        return context.state
    state = context.state.put(STORED, replace(credential, status=status))
    return with_system_event(state, STORED, credential, "credential.status_changed", context.now)
