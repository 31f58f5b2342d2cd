"""What the suite is told of memberships."""

from __future__ import annotations

from conformance.needs import WORLDS
from conformance.oracle.call import InPath
from conformance.oracle.declaration.ownership import OrgOwned, Personal
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.recipes.causes import FOR_SOMEBODY, Cause, for_somebody_with, twice
from conformance.resources.members.making import (
    ACCEPTED,
    DOMAIN_KEY,
    FIELDS,
    objection,
    of_a_pending_one,
    of_the_last_owner,
    own,
)
from conformance.resources.members.semantics import (
    EXISTS,
    INVITE,
    LAST_OWNER,
    PENDING,
    REFUSALS,
    UPDATE_ROLE,
    wrongful,
)
from conformance.resources.members.shown import as_asked

register(
    Resource(
        name="membership",
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
        own=own,
        states={
            ACCEPTED: ProviderState(
                "The invited person has joined, and has a session.",
                (ORG, Param("membership_id")),
                ("user_id", "token"),
            )
        },
        fields=FIELDS,
        choices={DOMAIN_KEY: "the domain of the addresses that are invited; example.com without it"},
        objection=objection,
        refusals=REFUSALS,
        wrongful=wrongful,
        as_asked=as_asked,
        applied={INVITE: "MEMBER-PENDING", UPDATE_ROLE: "MEMBER-ROLE"},
        laws={UPDATE_ROLE: Law(frozenset({"role"}), keeps="MEMBER-ROLE")},
        causes={
            EXISTS: Cause(twice, FOR_SOMEBODY),
            PENDING: Cause(of_a_pending_one, FOR_SOMEBODY),
            LAST_OWNER: Cause(of_the_last_owner, for_somebody_with((WORLDS,))),
        },
    )
)
