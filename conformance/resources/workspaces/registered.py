"""What the suite is told of workspaces."""

from __future__ import annotations

from conformance.needs import state
from conformance.oracle.archiving import laws_of
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.recipes.causes import FOR_SOMEBODY, Cause, for_somebody_with
from conformance.resources.workspaces import file_semantics, semantics
from conformance.resources.workspaces.bodies import CHOICES, FIELDS, requested
from conformance.resources.workspaces.facts import read_workspace
from conformance.resources.workspaces.file_causes import OF_LISTS
from conformance.resources.workspaces.making import EXISTS, state_params
from conformance.resources.workspaces.people import of_somebody_else, of_unknown_role
from conformance.resources.workspaces.refused import OF_WORKSPACES
from conformance.resources.workspaces.semantics import (
    ARCHIVING,
    CREATE,
    EFFECTS,
    GET,
    LIFE,
    LIST,
    NOT_VISIBLE,
    PERSONAL,
    REFUSALS,
    STOP,
    wrongful,
)
from conformance.resources.workspaces.statuses import ready

WORKSPACE = register(
    Resource(
        name=semantics.WORKSPACE,
        access=OrgOwned(personal=PERSONAL),
        named_in="",
        read=read_workspace,
        listed_by=LIST,
        shown_by=GET,
        archiving=ARCHIVING,
        life=LIFE,
        ready=ready,
        made_by=(CREATE,),
        requests=requested,
        choices=CHOICES,
        fields=FIELDS,
        laws={**laws_of(ARCHIVING), STOP: Law()},
        effects=EFFECTS,
        state_params=state_params,
        refusals={**REFUSALS, **file_semantics.OF_LISTS},
        wrongful=lambda call: (*wrongful(call), *file_semantics.wrongful(call)),
        causes={
            **OF_WORKSPACES,
            NOT_VISIBLE: Cause(of_somebody_else, for_somebody_with((state(EXISTS),))),
            f"{LIST} {semantics.UNKNOWN_ROLE}": Cause(of_unknown_role, FOR_SOMEBODY),
            **OF_LISTS,
        },
    )
)
