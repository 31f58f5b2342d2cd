"""What the suite is told of workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Request
from conformance.needs import state
from conformance.oracle.archiving import NOT_ARCHIVED, RULE, behaviors_of
from conformance.oracle.declaration.behavior import Behavior, join, refuse_nothing
from conformance.oracle.declaration.fields import Field, Requested
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import Law
from conformance.recipes.causes import FOR_SOMEBODY, Cause, for_somebody_with, in_use
from conformance.resources.workspaces import file_causes, file_semantics, refused, semantics
from conformance.resources.workspaces.bodies import CHOICES, FIELDS, requested
from conformance.resources.workspaces.facts import read_workspace
from conformance.resources.workspaces.making import EXISTS, state_params
from conformance.resources.workspaces.people import of_somebody_else, of_unknown_role
from conformance.resources.workspaces.semantics import (
    ARCHIVE,
    ARCHIVED,
    ARCHIVING,
    BY_ROLE,
    CANCEL,
    CREATE,
    FORK,
    GET,
    GET_SESSION,
    INVALID,
    LIFE,
    LIST,
    NAMED,
    NOT_VISIBLE,
    OF_ARCHIVED,
    PERSONAL,
    RESTART,
    RESUME,
    ROLE_ARCHIVED,
    RUNNING,
    STATE,
    STOP,
    STOP_ALL,
    SUBMIT,
    SUBMIT_TO,
    UNKNOWN_ROLE,
    VALIDATION,
)
from conformance.resources.workspaces.semantics import (
    WORKSPACE as NAME,
)
from conformance.resources.workspaces.states import STATES
from conformance.resources.workspaces.statuses import in_one_of
from conformance.resources.workspaces.steps import causes as of_steps
from conformance.resources.workspaces.steps import semantics as steps
from conformance.resources.workspaces.steps.semantics import BUSY, COUNT, PARENTS, PROVIDER_ARCHIVED
from conformance.resources.workspaces.tasks import refused as of_tasks
from conformance.resources.workspaces.tasks import semantics as tasks
from conformance.resources.workspaces.tasks.ready import ready
from conformance.session.harness import Harness

MADE = "workspace_id"
"""The field of an answer that has the id of a workspace that was made beside."""
WRONG_STATUS = {INVALID: "WORKSPACE-STATE"}
OF_ROLE = {UNKNOWN_ROLE: refused.OF_ABSENT}


class WorkspaceResource(Resource):
    """Workspaces, which go from status to status."""

    def fact_shown(self, known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
        return read_workspace(known, org, shown)

    def requested(self, state: State, request: Request) -> Requested:
        return requested(state, request)

    def make_ready(self, session: Harness, fact: Fact, operation: Operation) -> Fact:
        return ready(session, fact, operation)

    def state_params(self, session: Harness, org: str) -> Mapping[str, Any]:
        return state_params(session, org)


def _asks_agent(operation_id: str, **more: Any) -> Behavior:
    """One that asks the agent of a workspace: it has to be there, and somebody has to reach it."""
    return Behavior(
        operation_id,
        refuses=tasks.refuse_without_agent,
        causes={
            **of_tasks.by_status(file_semantics.NOT_RUNNING),
            file_semantics.UNREACHABLE: of_tasks.UNREACHABLE_MEANWHILE,
        },
        blames=tasks.blames(tasks.ASKED_RULE),
        **more,
    )


OPERATIONS = (
    Behavior(
        LIST,
        part="list",
        refuses=semantics.refuse_list,
        filters={BY_ROLE: (RUNNING.field, RUNNING.of, "LIST-ROLE-NAME")},
        causes={UNKNOWN_ROLE: Cause(of_unknown_role, FOR_SOMEBODY)},
        blames={UNKNOWN_ROLE: "LIST-ROLE-NAME"},
    ),
    Behavior(GET, part="read"),
    Behavior(
        CREATE,
        part="create",
        refuses=semantics.refuse_role,
        applies="WORKSPACE-CREATOR",
        creator="WORKSPACE-CREATOR",
        causes={**OF_ROLE, VALIDATION: refused.UNNAMED},
    ),
    Behavior(ARCHIVE, refuses=semantics.refuse_by_status),
    Behavior(
        STOP,
        refuses=semantics.refuse_by_status,
        learns=semantics.learn_stop,
        may_change=Law(),
        blames=WRONG_STATUS,
    ),
    Behavior(STOP_ALL, refuses=refuse_nothing, learns=steps.stopped_together),
    Behavior(
        RESUME,
        refuses=steps.refuse_resume,
        learns=steps.learn_provisioning,
        may_change=Law(),
        causes={ROLE_ARCHIVED: of_steps.OF_ARCHIVED_ROLE},
        blames={**WRONG_STATUS, ROLE_ARCHIVED: PARENTS},
    ),
    Behavior(
        RESTART,
        refuses=steps.refuse_restart,
        learns=steps.learn_provisioning,
        may_change=Law(),
        blames=WRONG_STATUS,
    ),
    Behavior(
        FORK,
        refuses=steps.refuse_fork,
        learns=steps.learn_fork,
        may_change=Law(keeps="FORK-PARENT-STAYS"),
        creator="FORK-OWNER",
        beside=MADE,
        causes={ROLE_ARCHIVED: of_steps.OF_ARCHIVED_ROLE, VALIDATION: of_steps.BEYOND},
        blames={VALIDATION: steps.POINT},
    ),
    Behavior(
        SUBMIT,
        refuses=tasks.refuse_submission,
        learns=tasks.learn_submission,
        creator="TASK-MAKES-WORKSPACE",
        beside=MADE,
        causes=OF_ROLE,
        blames=tasks.blames(tasks.TAKEN_RULE),
    ),
    Behavior(
        SUBMIT_TO,
        refuses=tasks.refuse_submission_to,
        learns=tasks.learn_submission,
        may_change=Law(),
        leaves=True,
        causes={**of_tasks.by_status(tasks.OF_STATUS), ARCHIVED: of_tasks.ARCHIVED_MEANWHILE},
        blames=tasks.blames(tasks.TAKEN_RULE),
    ),
    _asks_agent(CANCEL, learns=tasks.learn_cancelling, may_change=Law()),
    _asks_agent(GET_SESSION),
    Behavior(
        file_semantics.LIST_SANDBOX,
        refuses=file_semantics.refuse_while_not_running,
        causes={"409": file_causes.while_in("stopped"), "502": file_causes.OF_UNREACHABLE},
        blames={file_semantics.NO_FILE: "FILES-LISTED"},
    ),
    Behavior(
        file_semantics.LIST_SNAPSHOT,
        refuses=file_semantics.refuse_without_snapshot,
        causes={file_semantics.NO_SNAPSHOT: file_causes.OF_NEVER_STOPPED},
        blames={file_semantics.NO_FILE: "FILES-LISTED"},
    ),
)
WORKSPACE = register(
    WorkspaceResource(
        name=NAME,
        operations=tuple(join(OPERATIONS, behaviors_of(NAME, ARCHIVING))),
        access=OrgOwned(personal=PERSONAL),
        named_in="",
        archiving=ARCHIVING,
        life=replace(LIFE, taken={**LIFE.taken, **file_semantics.TAKEN}, bring=in_one_of),
        choices=CHOICES,
        fields={**FIELDS, COUNT: Field(lambda *_: 0)},
        states=STATES,
        causes={
            INVALID: refused.IN_WRONG_STATUS,
            NOT_ARCHIVED: Cause(in_use, FOR_SOMEBODY),
            ROLE_ARCHIVED: refused.OF_ARCHIVED,
            ARCHIVED: of_steps.WHILE_ARCHIVED,
            BUSY: of_steps.WHILE_BUSY,
            PROVIDER_ARCHIVED: of_steps.OF_ARCHIVED_PROVIDER,
            NOT_VISIBLE: Cause(of_somebody_else, for_somebody_with((state(EXISTS),))),
        },
        blames={
            ARCHIVED: steps.REFUSES,
            BUSY: steps.WITHOUT_FORCE,
            PROVIDER_ARCHIVED: PARENTS,
            NOT_VISIBLE: "OWNERSHIP-WORKSPACE-SERVED",
            UNKNOWN_ROLE: NAMED,
            INVALID: STATE,
            ROLE_ARCHIVED: OF_ARCHIVED,
            NOT_ARCHIVED: RULE,
            **file_semantics.BLAMES,
        },
    )
)
