"""Memberships of an org: list, invite, change a role, remove.

What each promises stands in openapi.yaml, in the rules of the clause members.
"""

from __future__ import annotations

from mock_server.access.callers import Caller
from mock_server.errors import LastOwner, MembershipExists, PendingInvitation, PermissionDenied, make_not_found
from mock_server.operation import Reply, Request, operation
from mock_server.resources.members.member import (
    MEMBERS,
    PENDING,
    Member,
    count_owners,
    find_by_address,
    find_by_person,
    show_member,
    without,
)
from mock_server.state.state import State
from mock_server.state.value import replace

_ALL_ROWS = "members:read"


@operation("memberships.list")
def list_memberships(state: State, request: Request) -> tuple[State, Reply]:
    """Return the rows of the org, oldest first; the caller's own alone to whoever may read no other."""
    caller = request.caller
    if _ALL_ROWS in caller.permissions:
        found = state.select(MEMBERS, org_id=caller.org_id)
    else:
        own = find_by_person(state, caller.org_id, caller.user_id)
        found = [] if own is None else [own]
    shown = [show_member(each, caller.org_id) for each in found]
    return state, Reply(200, {"memberships": sorted(shown, key=lambda row: row["invited_at"])})


@operation("memberships.invite")
def invite(state: State, request: Request) -> tuple[State, Reply]:
    """Invite somebody by e-mail; only an owner invites an owner."""
    caller, body = request.caller, request.body
    if body["role"] == "owner":
        _check_owner(caller, "invites an owner")
    if find_by_address(state, caller.org_id, body["email"]) is not None:
        raise MembershipExists("Somebody of this e-mail address is in the org, or invited.")
    state, member_id = state.assign_id_of_kind("mem")
    member = Member(
        member_id,
        caller.org_id,
        body["email"],
        body["role"],
        PENDING,
        invited_by=caller.user_id,
        invited_at=request.now,
    )
    return state.put(MEMBERS, member), Reply(201, show_member(member, caller.org_id))


@operation("memberships.update_role")
def update_role(state: State, request: Request) -> tuple[State, Reply]:
    """Give a person another role; tokens that were issued before stay as they are."""
    member, role = _find_named(state, request), request.body["role"]
    if member.pending:
        raise PendingInvitation("Nobody has accepted the invitation yet; revoke it and invite anew.")
    if role != "owner":
        _check_not_last(state, member)
    if role != member.role:
        member = replace(member, role=role)
        state = state.put(MEMBERS, member)
    return state, Reply(200, show_member(member, member.org_id))


@operation("memberships.remove")
def remove(state: State, request: Request) -> tuple[State, Reply]:
    """Remove a person, whose sessions are refused from now on, or take an invitation back."""
    member = _find_named(state, request)
    if member.role == "owner":
        _check_owner(request.caller, "removes an owner")
    _check_not_last(state, member)
    return without(state, member), Reply(200, {"status": "deleted"})


def _find_named(state: State, request: Request) -> Member:
    """The row that the path names by its person, or by its own id."""
    resource = request.resources[MEMBERS.noun]
    org_id, name = request.caller.org_id, request.path[resource.parameter]
    member = find_by_person(state, org_id, name) or state.get(MEMBERS, (org_id, name))
    if member is None:
        raise make_not_found(resource.not_found, "There is no membership or invitation of this id.")
    return member


def _check_owner(caller: Caller, what: str) -> None:
    if caller.role != "owner":
        raise PermissionDenied(f"Only an owner {what}.")


def _check_not_last(state: State, member: Member) -> None:
    if member.role == "owner" and not member.pending and count_owners(state, member.org_id) == 1:
        raise LastOwner("The org would be left without an owner.")
