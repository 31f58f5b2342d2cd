"""Serve the memberships of an organisation, and the invitations to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import Membership, SessionToken, get_time_ms, make_id
from examples.third_server.errors import ApiError
from examples.third_server.events import record_change
from examples.third_server.operations import operation
from examples.third_server.schemas import Invitation, MembershipRole
from examples.third_server.times import show_time

READ = ("members:read", "members:read:own")
WRITE = ("members:write",)


def show_membership(membership: Membership) -> dict[str, Any]:
    """Show a membership or an invitation."""
    accepted = membership.accepted_at
    shown: dict[str, Any] = {
        "id": membership.id,
        "org_id": membership.org_id,
        "workos_user_id": membership.user_id,
        "email": membership.email,
        "role": membership.role,
    }
    if membership.invited_by is not None:
        shown["invited_by"] = membership.invited_by
    shown["invited_at"] = show_time(membership.invited_at)
    shown["accepted_at"] = None if accepted is None else show_time(accepted)
    return shown


def _find_membership(session: Session, call: Call) -> Membership:
    """Find a membership by its user or its id."""
    name = call.path["user_id"]
    membership = session.scalar(
        select(Membership).where(
            Membership.org_id == call.caller.org_id,
            or_(Membership.id == name, Membership.user_id == name),
        )
    )
    if membership is None:
        raise ApiError("membership_not_found")
    return membership


def _require_another_owner(session: Session, membership: Membership) -> None:
    """Refuse what would leave the organisation without an owner."""
    if membership.role != "owner" or membership.accepted_at is None:
        return
    owners = session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.org_id == membership.org_id,
            Membership.role == "owner",
            Membership.accepted_at.is_not(None),
        )
    )
    if (owners or 0) <= 1:
        raise ApiError("last_owner")


@operation("memberships.list", "GET", "/orgs/{id}/memberships", READ, own_org=True)
def list_memberships(call: Call) -> Response:
    """List the people of the organisation, and its invitations."""
    caller = call.caller
    wanted = select(Membership).where(Membership.org_id == caller.org_id)
    if not caller.holds("members:read"):
        wanted = wanted.where(Membership.user_id == caller.user_id)
    with call.reading() as session:
        found = session.scalars(wanted.order_by(Membership.invited_at, Membership.id)).all()
        return reply({"memberships": [show_membership(membership) for membership in found]})


@operation(
    "memberships.invite",
    "POST",
    "/orgs/{id}/memberships",
    WRITE,
    billing="create",
    own_org=True,
    body=Body(),
)
def invite(call: Call) -> Response:
    """Invite somebody to the organisation."""
    sent = call.body(Invitation)
    caller = call.caller
    with call.writing() as session:
        if sent.role == "owner" and not caller.is_owner:
            raise ApiError("permission_denied", "An owner alone invites an owner.")
        key = sent.email.lower()
        taken = select(Membership.id).where(Membership.org_id == caller.org_id, Membership.email_key == key)
        if session.scalar(taken) is not None:
            raise ApiError("membership_exists")
        membership = Membership(
            id=make_id("mem_"),
            org_id=caller.org_id,
            user_id="",
            email=sent.email,
            email_key=key,
            role=sent.role,
            invited_by=caller.user_id,
            invited_at=get_time_ms(),
        )
        session.add(membership)
        session.flush()
        record_change(session, caller, "membership.invited", membership.id)
        shown = show_membership(membership)
    return reply(shown, 201)


@operation(
    "memberships.update_role",
    "PATCH",
    "/orgs/{id}/memberships/{user_id}",
    WRITE,
    billing="create",
    own_org=True,
    body=Body(),
)
def update_member_role(call: Call) -> Response:
    """Give a member another role."""
    sent = call.body(MembershipRole)
    with call.writing() as session:
        if not call.caller.is_owner:
            raise ApiError("permission_denied", "An owner alone changes roles.")
        membership = _find_membership(session, call)
        if membership.accepted_at is None:
            raise ApiError("pending_invitation")
        if membership.role != sent.role:
            _require_another_owner(session, membership)
            membership.role = sent.role
            record_change(session, call.caller, "membership.role_changed", membership.id)
        shown = show_membership(membership)
    return reply(shown)


@operation(
    "memberships.remove",
    "DELETE",
    "/orgs/{id}/memberships/{user_id}",
    WRITE,
    billing="wind-down",
    own_org=True,
)
def remove_membership(call: Call) -> Response:
    """Remove a member and end the sessions of that person, or take an invitation back."""
    with call.writing() as session:
        membership = _find_membership(session, call)
        if membership.role == "owner" and not call.caller.is_owner:
            raise ApiError("permission_denied", "An owner alone removes an owner.")
        _require_another_owner(session, membership)
        if membership.user_id:
            session.execute(
                delete(SessionToken).where(
                    SessionToken.org_id == membership.org_id,
                    SessionToken.user_id == membership.user_id,
                )
            )
        session.delete(membership)
        record_change(session, call.caller, "membership.removed", membership.id)
    return reply({"status": "deleted"})
