"""What the suite is told of workspaces."""

from __future__ import annotations

from conformance.needs import state
from conformance.oracle.declaration import OrgOwned
from conformance.oracle.resource import Resource, register
from conformance.recipes.causes import FOR_SOMEBODY, Cause, for_somebody_with
from conformance.resources.workspaces import semantics
from conformance.resources.workspaces.facts import read_workspace
from conformance.resources.workspaces.making import EXISTS, state_params
from conformance.resources.workspaces.people import of_somebody_else, of_unknown_role
from conformance.resources.workspaces.semantics import ARCHIVING, GET, LIST, NOT_VISIBLE, PERSONAL, REFUSALS, wrongful

WORKSPACE = register(
    Resource(
        name=semantics.WORKSPACE,
        access=OrgOwned(personal=PERSONAL),
        named_in="",
        read=read_workspace,
        listed_by=LIST,
        shown_by=GET,
        archiving=ARCHIVING,
        state_params=state_params,
        refusals=REFUSALS,
        wrongful=wrongful,
        causes={
            NOT_VISIBLE: Cause(of_somebody_else, for_somebody_with((state(EXISTS),))),
            f"{LIST} {semantics.UNKNOWN_ROLE}": Cause(of_unknown_role, FOR_SOMEBODY),
        },
    )
)
