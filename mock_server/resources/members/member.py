"""People in orgs, and invitations that nobody has accepted yet; most people of the seed data are personas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from mock_server.access.callers import Caller, make_person
from mock_server.access.credentials import REMOVED, RemovedPerson, issue_session
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.state import State
from mock_server.state.value import Value

Email = Annotated[str, Meta(extra_json_schema={"format": "email"})]
PENDING = ""
"""The user of an invitation that nobody has accepted."""
_JOINED_AT = datetime(2026, 1, 2, tzinfo=UTC)  # of whoever's row does not say when


class Member(Value):
    """A person in an org, or an invitation.

    `user_id`: None in a row that is named for its person; `PENDING` in one of an invitation.
    """

    id: Annotated[str, Meta(extra_json_schema={"minLength": 1})]
    org_id: str
    email: Email
    role: str  # one of x-roles
    user_id: str | None = None
    invited_by: str | None = None
    invited_at: datetime | None = None
    accepted_at: datetime | None = None

    @property
    def person(self) -> str:
        """The id of the person; empty while the invitation is pending."""
        return self.id if self.user_id is None else self.user_id

    @property
    def pending(self) -> bool:
        return self.user_id == PENDING

    @property
    def address(self) -> str:
        """The e-mail address, in the letters by which it is told from others."""
        return self.email.lower()


class _GivenMember(Value):
    """A person, or an invitation, of the fixtures. `user_id`: none of an invitation; `scopes`: none but those."""

    org_id: str
    email: Email
    role: str  # one of x-roles
    user_id: Annotated[str | None, Meta(extra_json_schema={"minLength": 1})] = None
    id: Annotated[str | None, Meta(extra_json_schema={"minLength": 1})] = None
    scopes: tuple[str, ...] | None = None
    invited_by: str | None = None
    invited_at: datetime | None = None


def show_member(member: Member, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of a row: an invitation has no user and no time of acceptance."""
    invited_at = member.invited_at or _JOINED_AT
    shown = {
        "id": member.id,
        "org_id": member.org_id,
        "workos_user_id": member.person,
        "email": member.email,
        "role": member.role,
        "invited_at": invited_at,
        "accepted_at": None if member.pending else member.accepted_at or invited_at,
    }
    return shown if member.invited_by is None else {**shown, "invited_by": member.invited_by}


def _add(state: State, given: _GivenMember) -> State:
    if given.user_id is None and given.id is None:
        raise ValueError("id: an invitation needs one; a person has a user_id")
    state.grants.find_role_scopes(given.role)
    member = Member(
        given.id or str(given.user_id),
        given.org_id,
        given.email,
        given.role,
        PENDING if given.user_id is None else None if given.id is None else given.user_id,
        given.invited_by,
        given.invited_at,
    )
    if MEMBERS.key_of(member) in state.all(MEMBERS):
        raise ValueError("another member has this id")
    if find_by_address(state, member.org_id, member.email) is not None:
        raise ValueError("email: another member of the org has this address")
    return state.put(MEMBERS, member)


def _make_persona(state: State, given: _GivenMember) -> tuple[str, Caller, str] | None:
    if given.user_id is None:
        return None
    if given.scopes is None:
        caller = make_person(given.org_id, given.user_id, given.email, given.role, state.grants)
    else:
        caller = Caller("session", given.org_id, given.user_id, given.email, "custom", given.scopes)
    return caller.role, caller, issue_session(caller)


def _invent(some: Inventor) -> Mapping[str, Any]:
    member_id = some.make_id("mem")
    return {
        "id": member_id,
        "user_id": member_id.replace("mem_", "usr_"),
        "email": some.make_address(),
        "role": some.choose(("member", "member", "member", "operator", "owner")),
        "invited_at": some.make_times()[0],
    }


MEMBERS = Collection(
    Member,
    "members",
    key=("org_id", "id"),
    noun="membership",
    refers={"org_id": ORGS},
    unique=("org_id", "address"),
    indexes=("person", "org_id"),
    schema="OrgMembership",
    visible=is_same_org,
    view=show_member,
    fixtures=Fixtures(
        item=_GivenMember,
        key=lambda item: (item["org_id"], item.get("user_id") or item.get("id")),
        add=_add,
        persona=_make_persona,
        invent=_invent,
    ),
    description="By org, then by id.",
)


def find_by_address(state: State, org_id: str, email: str) -> Member | None:
    """Return the row of an org that has an e-mail address, in letters of either case."""
    found = state.select(MEMBERS, org_id=org_id, address=email.lower())
    return found[0] if found else None


def find_by_person(state: State, org_id: str, user_id: str) -> Member | None:
    """Return the row of a person in an org."""
    return next((each for each in state.select(MEMBERS, person=user_id) if each.org_id == org_id), None)


def count_owners(state: State, org_id: str) -> int:
    """Return how many owners an org has, invited ones aside."""
    return sum(each.role == "owner" and not each.pending for each in state.select(MEMBERS, org_id=org_id))


def without(state: State, member: Member) -> State:
    """Return the state without a row; sessions of its person are nobody's from then on."""
    state = state.drop(MEMBERS, MEMBERS.key_of(member))
    return state if member.pending else state.put(REMOVED, RemovedPerson(member.org_id, member.person))
