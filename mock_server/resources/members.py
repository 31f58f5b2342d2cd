"""People in orgs; each of the seed data is a persona."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mock_server.access.callers import Caller, person
from mock_server.access.credentials import issue_session
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, Fixtures
from mock_server.state.value import Value


class Member(Value):
    """A person in an org."""

    user_id: Annotated[str, Meta(extra_json_schema={"minLength": 1})]
    org_id: str
    email: Annotated[str, Meta(extra_json_schema={"format": "email"})]
    role: Literal["owner", "operator", "member"]


def _persona(member: Member) -> tuple[str, Caller, str]:
    caller = person(member.org_id, member.user_id, member.email, member.role)
    return member.role, caller, issue_session(caller)


MEMBERS = Collection(
    Member,
    "members",
    key=("org_id", "user_id"),
    refers={"org_id": ORGS},
    indexes=("user_id",),
    fixtures=Fixtures(persona=_persona),
    description="By org, then by user.",
)
