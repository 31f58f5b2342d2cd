"""What the suite is told of workspaces."""

from __future__ import annotations

from conformance.needs import state
from conformance.oracle.archiving import laws_of
from conformance.oracle.declaration.fields import Field
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
    FORK,
    GET,
    LIFE,
    LIST,
    NOT_VISIBLE,
    PERSONAL,
    REFUSALS,
    RESTART,
    RESUME,
    STOP,
    wrongful,
)
from conformance.resources.workspaces.statuses import ready
from conformance.resources.workspaces.steps import semantics as steps
from conformance.resources.workspaces.steps.causes import OF_STEPS
from conformance.resources.workspaces.steps.semantics import COUNT

PARENT_STAYS = "FORK-PARENT-STAYS"

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
        made_beside={FORK: "workspace_id"},
        requests=requested,
        choices=CHOICES,
        fields={**FIELDS, COUNT: Field(lambda *_: 0)},
        laws={**laws_of(ARCHIVING), **dict.fromkeys((STOP, RESUME, RESTART), Law()), FORK: Law(keeps=PARENT_STAYS)},
        effects={**EFFECTS, **steps.EFFECTS},
        state_params=state_params,
        refusals={**REFUSALS, **steps.REFUSALS, **file_semantics.OF_LISTS},
        wrongful=lambda call: (*steps.wrongful(call), *wrongful(call), *file_semantics.wrongful(call)),
        causes={
            **OF_WORKSPACES,
            **OF_STEPS,
            NOT_VISIBLE: Cause(of_somebody_else, for_somebody_with((state(EXISTS),))),
            f"{LIST} {semantics.UNKNOWN_ROLE}": Cause(of_unknown_role, FOR_SOMEBODY),
            **OF_LISTS,
        },
    )
)
