"""The declaration of workspaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Request
from conformance.needs import state
from conformance.oracle.archiving import NOT_ARCHIVED, RULE, list_behaviors
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.behavior import Behavior, join, refuse_nothing
from conformance.oracle.declaration.fields import Field, RequestedValues, read_json_text
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState, make_optional
from conformance.oracle.declaration.registry import register, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import AllowedChange
from conformance.recipes.causes import FOR_SOMEBODY, Cause, ask_while_in_use, need_somebody_with
from conformance.recipes.making import create_owned
from conformance.resources.workspaces import files, oracle, recipes, tasks
from conformance.resources.workspaces.oracle import (
    ARCHIVE,
    ARCHIVED,
    ARCHIVING,
    BUSY,
    BY_ROLE,
    CANCEL,
    COUNT,
    CREATE,
    FORK,
    GET,
    GET_SESSION,
    IDLE,
    INVALID,
    LIFE,
    LIST,
    NAMED,
    NOT_VISIBLE,
    OF_ARCHIVED,
    PARENTS,
    PERSONAL,
    PROVIDER_ARCHIVED,
    RESTART,
    RESUME,
    ROLE_ARCHIVED,
    RUNNING,
    STATE,
    STOP,
    STOP_ALL,
    SUBMIT,
    SUBMIT_TO,
    TAKEN,
    UNKNOWN_ROLE,
    VALIDATION,
    WorkspaceFact,
)
from conformance.resources.workspaces.oracle import WORKSPACE as NAME
from conformance.resources.workspaces.recipes import (
    CHOICES,
    EXISTS,
    FIELDS,
    ask_for_others,
    ask_for_unknown_role,
    bring_to_one_of,
)
from conformance.results.difference import from_fields
from conformance.session.harness import Harness
from conformance.values import copy_with

_WORKSPACE = Param("workspace_id")
_HELD = make_optional("held", "true: it stays as it is until the teardown")
_STATUSES = ("provisioning", "idle", "busy", "stopping", "stopped", "failed")
STATES: Mapping[str, ProviderState] = {
    "workspace exists": ProviderState(
        "The org has a new workspace of this role.",
        (
            ORG,
            Param("role_id"),
            make_optional("status", choices=_STATUSES),
            _HELD,
            make_optional("archived_at", "a time: it is archived"),
            make_optional("created_by_user_id", "absent: no person created it"),
        ),
        ("workspace_id",),
    ),
    "workspace is": ProviderState(
        "The workspace has this status, until the suite asks for another.",
        (ORG, _WORKSPACE, Param("status", choices=_STATUSES)),
        is_undone=False,
    ),
    "workspace has file": ProviderState(
        "The sandbox of the workspace has this file.",
        (ORG, _WORKSPACE, Param("path"), Param("content", "base64")),
        is_undone=False,
    ),
    "agent is unreachable": ProviderState("Nobody reaches the agent of the workspace.", (ORG, _WORKSPACE)),
}
MADE = "workspace_id"
"""The field of an answer that has the id of a workspace that was made beside."""
STEPS = "WORKSPACE-STEPS"
WRONG_STATUS = {INVALID: "WORKSPACE-STATE"}
OF_ROLE = {UNKNOWN_ROLE: recipes.OF_ABSENT}


class WorkspaceResource(Resource):
    """Workspaces, which go from status to status."""

    def read_fact(self, known: Fact | None, org: str, shown: JsonObject) -> WorkspaceFact | None:
        object_id, said = shown.get("id"), shown.get("org_id")
        if not isinstance(object_id, str):
            return None
        owner = known.owner if known else None
        fact = known if isinstance(known, WorkspaceFact) else WorkspaceFact(id=object_id, owner=owner)
        status = shown.get(LIFE.shown_in)
        held = known is not None and known.shown.get(LIFE.shown_in) == status and not known.is_passing
        goes_on = isinstance(status, str) and (LIFE.goes_on(status) or (status == IDLE and fact.tasks != ()))
        return copy_with(
            fact,
            is_passing=not held and goes_on,
            owner=fact.owner or (said if isinstance(said, str) else org),
            person=PERSONAL.find_person(shown),
            archived=shown.get(ARCHIVING.shown_in) is not None,
            has_snapshot=True if shown.get("snapshot_ref") else fact.has_snapshot,
            shown=dict(shown),
        )

    def check_made(
        self, _contract: Contract, _sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where a new workspace has a task, is being stopped, or is not in use."""
        status = shown.get(LIFE.shown_in)
        if status in ("busy", *LIFE.begins.values()) and status != "provisioning":
            said = "a new workspace that is provisioning", str(status)
            yield Breach(STEPS, *said, evidence=from_fields([LIFE.shown_in], {}, shown))

    def read_request(self, state: State, request: Request) -> RequestedValues:
        """Return the role, or the parent, by which a workspace of the run is found where the answer got lost."""
        parent = state.get_facts(NAME).get(next(iter(request.path_values.values()), ""))
        if parent is not None:
            return RequestedValues(None, {"parent_workspace_id": parent.id} if parent.made else {})
        role = state.get_facts(RUNNING.of).get(read_json_text(request, RUNNING.field) or "")
        return RequestedValues(None, {RUNNING.field: role.id} if role is not None and role.made else {})

    def make_ready(self, session: Harness, fact: Fact, operation: Operation) -> Fact:
        """Return a workspace in a status that the operation is served in; with a waiting task if it cancels one."""
        found, wanted = session.knowledge.get_facts(NAME).get(fact.id, fact), TAKEN.get(operation.operation_id)
        if wanted is not None and not found.archived:
            found = bring_to_one_of(session, found, wanted)
        if operation.operation_id == CANCEL and not found.archived:
            with suppress(NotProvoked):  # without one it is served too, and changes nothing
                tasks.add(session, found)
        return session.knowledge.get_facts(NAME).get(found.id, found)

    def choose_state_params(self, session: Harness, org: str) -> Mapping[str, Any]:
        """Return a role of its own, and a status in which it stays."""
        role = create_owned(session, require_resource(RUNNING.of), org)
        return {RUNNING.field: role.id, RUNNING.shown_in: "idle", "held": True}


def _asks_agent(operation_id: str, **more: Any) -> Behavior:
    """Return one that asks the agent of a workspace: it has to be there, and somebody has to reach it."""
    return Behavior(
        operation_id,
        refuses=tasks.refuse_without_agent,
        causes={
            **tasks.list_causes_by_status(files.NOT_RUNNING),
            files.UNREACHABLE: tasks.UNREACHABLE_MEANWHILE,
        },
        blames=tasks.build_blames(tasks.ASKED_RULE),
        **more,
    )


OPERATIONS = (
    Behavior(
        LIST,
        part="list",
        refuses=oracle.refuse_list,
        filters={BY_ROLE: (RUNNING.field, RUNNING.of, "LIST-ROLE-NAME")},
        causes={UNKNOWN_ROLE: Cause(ask_for_unknown_role, FOR_SOMEBODY)},
        blames={UNKNOWN_ROLE: "LIST-ROLE-NAME"},
    ),
    Behavior(GET, part="read"),
    Behavior(
        CREATE,
        part="create",
        refuses=oracle.refuse_role,
        applies="WORKSPACE-CREATOR",
        creator="WORKSPACE-CREATOR",
        causes={**OF_ROLE, VALIDATION: recipes.UNNAMED},
    ),
    Behavior(ARCHIVE, refuses=oracle.refuse_by_status),
    Behavior(
        STOP,
        refuses=oracle.refuse_by_status,
        learns=oracle.learn_beginning,
        may_change=AllowedChange(),
        blames=WRONG_STATUS,
    ),
    Behavior(STOP_ALL, refuses=refuse_nothing, learns=oracle.learn_stopping_all),
    Behavior(
        RESUME,
        refuses=oracle.refuse_resume,
        learns=oracle.learn_beginning,
        may_change=AllowedChange(),
        causes={ROLE_ARCHIVED: recipes.OF_ARCHIVED_ROLE},
        blames={**WRONG_STATUS, ROLE_ARCHIVED: PARENTS},
    ),
    Behavior(
        RESTART,
        refuses=oracle.refuse_restart,
        learns=oracle.learn_beginning,
        may_change=AllowedChange(),
        blames=WRONG_STATUS,
    ),
    Behavior(
        FORK,
        refuses=oracle.refuse_fork,
        learns=oracle.learn_fork,
        may_change=AllowedChange(keeps="FORK-PARENT-STAYS"),
        creator="FORK-OWNER",
        beside=MADE,
        causes={ROLE_ARCHIVED: recipes.OF_ARCHIVED_ROLE, VALIDATION: recipes.BEYOND},
        blames={VALIDATION: oracle.POINT},
    ),
    Behavior(
        SUBMIT,
        refuses=tasks.refuse_submission,
        learns=tasks.learn_submission,
        creator="TASK-MAKES-WORKSPACE",
        beside=MADE,
        causes=OF_ROLE,
        blames=tasks.build_blames(tasks.TAKEN_RULE),
    ),
    Behavior(
        SUBMIT_TO,
        refuses=tasks.refuse_submission_to,
        learns=tasks.learn_submission,
        may_change=AllowedChange(),
        leaves_something=True,
        causes={**tasks.list_causes_by_status(tasks.OF_STATUS), ARCHIVED: tasks.ARCHIVED_MEANWHILE},
        blames=tasks.build_blames(tasks.TAKEN_RULE),
    ),
    _asks_agent(CANCEL, learns=tasks.learn_cancelling, may_change=AllowedChange()),
    _asks_agent(GET_SESSION),
    Behavior(
        files.LIST_SANDBOX,
        refuses=files.refuse_while_not_running,
        causes={"409": files.refuse_in_status("stopped"), "502": files.OF_UNREACHABLE},
        blames={files.NO_FILE: "FILES-LISTED"},
    ),
    Behavior(
        files.LIST_SNAPSHOT,
        refuses=files.refuse_without_snapshot,
        causes={files.NO_SNAPSHOT: files.OF_NEVER_STOPPED},
        blames={files.NO_FILE: "FILES-LISTED"},
    ),
)
WORKSPACE = register(
    WorkspaceResource(
        name=NAME,
        operations=tuple(join(OPERATIONS, list_behaviors(NAME, ARCHIVING))),
        access=OrgOwned(personal=PERSONAL),
        named_in="",
        archiving=ARCHIVING,
        life=replace(LIFE, taken={**LIFE.taken, **files.TAKEN}, bring=bring_to_one_of),
        choices=CHOICES,
        fields={**FIELDS, COUNT: Field(lambda *_: 0)},
        states=STATES,
        causes={
            INVALID: recipes.IN_WRONG_STATUS,
            NOT_ARCHIVED: Cause(ask_while_in_use, FOR_SOMEBODY),
            ROLE_ARCHIVED: recipes.OF_ARCHIVED,
            ARCHIVED: recipes.WHILE_ARCHIVED,
            BUSY: recipes.WHILE_BUSY,
            PROVIDER_ARCHIVED: recipes.OF_ARCHIVED_PROVIDER,
            NOT_VISIBLE: Cause(ask_for_others, need_somebody_with((state(EXISTS),))),
        },
        blames={
            ARCHIVED: oracle.REFUSES,
            BUSY: oracle.WITHOUT_FORCE,
            PROVIDER_ARCHIVED: PARENTS,
            NOT_VISIBLE: "OWNERSHIP-WORKSPACE-SERVED",
            UNKNOWN_ROLE: NAMED,
            INVALID: STATE,
            ROLE_ARCHIVED: OF_ARCHIVED,
            NOT_ARCHIVED: RULE,
            **files.BLAMES,
        },
    )
)
