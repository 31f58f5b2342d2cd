"""What the suite is told of workspaces."""

from __future__ import annotations

from dataclasses import replace

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
    CANCEL,
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
    SUBMIT,
    SUBMIT_TO,
    wrongful,
)
from conformance.resources.workspaces.states import STATES
from conformance.resources.workspaces.statuses import in_one_of
from conformance.resources.workspaces.steps import semantics as steps
from conformance.resources.workspaces.steps.causes import OF_STEPS
from conformance.resources.workspaces.steps.semantics import COUNT
from conformance.resources.workspaces.tasks import semantics as tasks
from conformance.resources.workspaces.tasks.ready import ready
from conformance.resources.workspaces.tasks.refused import OF_TASKS

PARENT_STAYS = "FORK-PARENT-STAYS"
UNCHANGING = (STOP, RESUME, RESTART, SUBMIT_TO, CANCEL)
"""Operations that change nothing of a workspace beside what it does by itself."""

WORKSPACE = register(
    Resource(
        name=semantics.WORKSPACE,
        access=OrgOwned(personal=PERSONAL),
        named_in="",
        read=read_workspace,
        listed_by=LIST,
        shown_by=GET,
        filters={semantics.BY_ROLE: (semantics.RUNNING.field, semantics.RUNNING.of, "LIST-ROLE-NAME")},
        archiving=ARCHIVING,
        life=replace(LIFE, taken={**LIFE.taken, **file_semantics.TAKEN}, bring=in_one_of),
        ready=ready,
        made_by=(CREATE,),
        made_beside={FORK: "workspace_id", SUBMIT: "workspace_id"},
        applied={CREATE: "WORKSPACE-CREATOR"},
        creator_by={CREATE: "WORKSPACE-CREATOR", FORK: "FORK-OWNER", SUBMIT: "TASK-MAKES-WORKSPACE"},
        leaves=frozenset({SUBMIT_TO}),
        requests=requested,
        choices=CHOICES,
        fields={**FIELDS, COUNT: Field(lambda *_: 0)},
        laws={**laws_of(ARCHIVING), **dict.fromkeys(UNCHANGING, Law()), FORK: Law(keeps=PARENT_STAYS)},
        effects={**EFFECTS, **steps.EFFECTS, **tasks.EFFECTS},
        state_params=state_params,
        states=STATES,
        refusals={**REFUSALS, **steps.REFUSALS, **file_semantics.OF_LISTS, **tasks.REFUSALS},
        wrongful=lambda call: (
            *tasks.wrongful(call),
            *steps.wrongful(call),
            *wrongful(call),
            *file_semantics.wrongful(call),
        ),
        causes={
            **OF_WORKSPACES,
            **OF_STEPS,
            **OF_TASKS,
            NOT_VISIBLE: Cause(of_somebody_else, for_somebody_with((state(EXISTS),))),
            f"{LIST} {semantics.UNKNOWN_ROLE}": Cause(of_unknown_role, FOR_SOMEBODY),
            **OF_LISTS,
        },
    )
)
