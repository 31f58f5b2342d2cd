"""What the suite is told of memberships."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Request
from conformance.needs import WORLDS
from conformance.oracle.breach import Breach
from conformance.oracle.call import InPath
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.ownership import OrgOwned, Ownership, Personal
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.law import Law
from conformance.profile import Profile
from conformance.recipes.causes import FOR_SOMEBODY, Cause, for_somebody_with, twice
from conformance.resources.members.making import (
    ACCEPTED,
    DOMAIN_KEY,
    FIELDS,
    make_own,
    object_to_address,
    of_a_pending_one,
    of_the_last_owner,
)
from conformance.resources.members.semantics import (
    EXISTS,
    INVITE,
    LAST_OWNER,
    PENDING,
    REMOVE,
    UPDATE_ROLE,
    refuse_invitation,
    refuse_removal,
    refuse_update,
)
from conformance.results.difference import of_fields


class MembershipResource(Resource):
    """Memberships: people who are invited, and those who have joined."""

    def check_made(
        self, _contract: Contract, _sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """A new invitation has no user, and no time of acceptance."""
        if there := [name for name in ("workos_user_id", "accepted_at") if shown.get(name)]:
            said = ("no user and no time of acceptance", ", ".join(there))
            yield Breach("MEMBER-PENDING", *said, evidence=of_fields(there, {}, shown))

    def make_own(self, session: Any, org: str, _ownership: Ownership, operation: Operation | None) -> Fact:
        return make_own(session, org, operation)

    def object_to(self, profile: Profile, request: Request) -> str | None:
        return object_to_address(profile, request)


register(
    MembershipResource(
        name="membership",
        operations=(
            Behavior(
                INVITE,
                refuses=refuse_invitation,
                applies="MEMBER-PENDING",
                causes={EXISTS: Cause(twice, FOR_SOMEBODY)},
            ),
            Behavior(
                UPDATE_ROLE,
                refuses=refuse_update,
                may_change=Law(frozenset({"role"}), keeps="MEMBER-ROLE"),
                applies="MEMBER-ROLE",
            ),
            Behavior(REMOVE, refuses=refuse_removal),
        ),
        access=OrgOwned(
            personal=Personal(
                shown_in="workos_user_id",
                hidden="OWNERSHIP-MEMBER-ROW",
                listed="OWNERSHIP-MEMBER-ROW",
                nobodys_are_shown=False,
            )
        ),
        marked_alone=True,
        returns=True,
        in_path=InPath(in_full=False),
        states={
            ACCEPTED: ProviderState(
                "The invited person has joined, and has a session.",
                (ORG, Param("membership_id")),
                ("user_id", "token"),
            )
        },
        fields=FIELDS,
        choices={DOMAIN_KEY: "the domain of the addresses that are invited; example.com without it"},
        causes={
            PENDING: Cause(of_a_pending_one, FOR_SOMEBODY),
            LAST_OWNER: Cause(of_the_last_owner, for_somebody_with((WORLDS,))),
        },
        blames={EXISTS: "MEMBER-EXISTS", PENDING: "MEMBER-ROLE-PENDING", LAST_OWNER: "MEMBER-LAST-OWNER"},
    )
)
