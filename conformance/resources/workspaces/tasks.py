"""Tasks of workspaces: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.contract.contract import JsonObject, NamedResource, Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.http.multipart import Part
from conformance.needs import state
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.call import Call, ObjectInPath, Refusals, WrongfulRefusal
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState, make_optional
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking, need_somebody_with
from conformance.recipes.making import archive_object, introduce_caller
from conformance.recipes.reading import get_field, parse_time
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces.files import (
    IS_UNREACHABLE,
    NOT_RUNNING,
    REACHED_RULE,
    UNREACHABLE,
    make_unreachable,
    provoke_after,
    refuse_unreachable,
)
from conformance.resources.workspaces.oracle import (
    ARCHIVED,
    BY_ROLE,
    ENDS,
    LIFE,
    NOT_VISIBLE,
    RUNNING,
    SUBMIT_TO,
    TASK,
    VALIDATION,
    WORKSPACE,
    WorkspaceFact,
    find_statuses_in,
    refuse_role,
    with_task,
)
from conformance.resources.workspaces.recipes import IS as WORKSPACE_IS
from conformance.resources.workspaces.recipes import STEP_S, bring_to_one_of, get_resource, read_again
from conformance.results.difference import from_field, from_fields
from conformance.session.harness import Harness

OF_STATUS: Mapping[str, str] = {status: code for status, code in NOT_RUNNING.items() if status != "provisioning"}
"""The code with which a workspace without an agent refuses a task, by status."""
FILE, UPLOAD = "file", "TASK-UPLOAD"
TAKEN_RULE, ASKED_RULE = "TASK-TAKEN", "AGENT-NOT-RUNNING"


def build_blames(rule: str) -> Mapping[str, str]:
    """Return by error code what a refusal by the status of a workspace, or by its agent, would break."""
    return {**dict.fromkeys((*NOT_RUNNING.values(), ARCHIVED), rule), UNREACHABLE: REACHED_RULE}


def refuse_submission(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a role as a creation of a workspace does."""
    _check_files(call, refusals)
    said = {name: _parse_text(value) for name, value in call.body.items()}
    refuse_role(replace(call, body=said), refusals)


def _check_files(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a file whose name another has, or that does not match the contract's pattern."""
    names = [part.filename or "" for part in call.body.get(FILE, ()) if isinstance(part, Part)]
    pattern = call.operation.body.file_names.get(FILE) if call.operation.body else None
    if len({*names}) < len(names) or (pattern and not all(map(pattern.fullmatch, names))):
        refusals.add(400, VALIDATION, UPLOAD, provenance=Provenance.ASSUMED)


def refuse_submission_to(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a task for a workspace that is archived, or that does not run and will not."""
    _check_files(call, refusals)
    fact = call.find_object(WORKSPACE)
    if fact is None or fact.archived:
        refusals.add(409, ARCHIVED, TAKEN_RULE, certain=fact is not None)
    _check_status(call, refusals, TAKEN_RULE, OF_STATUS)


def refuse_without_agent(call: Call, refusals: Refusals) -> None:
    """Add the refusal of what the agent is asked while it is not there, or nobody can reach it."""
    _check_status(call, refusals, ASKED_RULE, NOT_RUNNING)
    refuse_unreachable(call, refusals)


def _check_status(call: Call, refusals: Refusals, rule: str, refused: Mapping[str, str]) -> None:
    """Add the refusal that names the status of the workspace, where it has, or may have, one of these."""
    statuses = find_statuses_in(call)
    for status, code in refused.items():
        if statuses is None or status in statuses:
            refusals.add(409, code, rule, certain=statuses is not None and statuses <= refused.keys())


def learn_submission(call: Call, exchange: Exchange) -> State:
    """Return the state after a task was submitted: to the workspace in the path, else to the one it made."""
    accepted: Mapping[str, Any] = exchange.json if isinstance(exchange.json, Mapping) else {}
    task_id, workspace_id = accepted.get("task_id"), call.find_named_id(WORKSPACE) or accepted.get("workspace_id")
    if not isinstance(task_id, str) or not isinstance(workspace_id, str):
        return call.state
    known = call.state.get_facts(WORKSPACE).get(workspace_id)
    if known is None or known.shown.keys() <= {"id"}:
        known = _make_fact(call, workspace_id, exchange.number)
    shown = {"workspace_id": workspace_id, "description": _parse_text(call.body.get("description"))}
    task = Fact(resource=TASK, id=task_id, owner=known.owner, made=True, shown=shown, since=exchange.number)
    return call.state.with_fact(task).with_fact(_with_work(with_task(known, task_id)))


def _make_fact(call: Call, workspace_id: str, number: int) -> WorkspaceFact:
    """Return the workspace that was made for a task, which is the caller's."""
    state, caller = call.state, call.caller
    roles = {each.name: each.id for each in state.list_owned(RUNNING.of, caller.org)}
    role_id = _parse_text(call.body.get(RUNNING.field)) or roles.get(_parse_text(call.body.get(BY_ROLE)))
    shown = {"id": workspace_id, LIFE.shown_in: "provisioning", **({RUNNING.field: role_id} if role_id else {})}
    person, passing = state.find_person(caller), True
    return WorkspaceFact(
        id=workspace_id, owner=caller.org, made=True, person=person, is_passing=passing, shown=shown, since=number
    )


def _parse_text(value: Any) -> Any:
    """Return the value of a field, or of a part of a form."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _with_work(fact: WorkspaceFact) -> WorkspaceFact:
    """Return the workspace, which may be busy from now on where it was idle."""
    if fact.shown.get(LIFE.shown_in) != "idle":
        return fact
    return replace(fact, is_passing=True, shown={**fact.shown, LIFE.shown_in: "busy"})


def learn_cancelling(call: Call, _exchange: Exchange) -> State:
    """Return the state after the current task was cancelled: the workspace may be idle before long."""
    fact = call.state.get_facts(WORKSPACE).get(call.find_named_id(WORKSPACE) or "")
    busy = fact is not None and fact.shown.get(LIFE.shown_in) == "busy"
    return call.state.with_fact(replace(fact, is_passing=True)) if fact is not None and busy else call.state


LIST, GET = "tasks.list", "tasks.get"
EXISTS, IS = "task exists", "task is"
DESCRIPTION = "Say what the conformance suite is for."
CURRENT = ("delivered", "running", "compacting")
"""The statuses of the task that an agent works on."""


def add(harness: Harness, workspace: Fact, **more: Any) -> Fact:
    """Return a new task of a workspace, which stays as it is where a state can make it.

    Else one that somebody submits.
    """
    params = {"org_id": workspace.owner, "workspace_id": workspace.id, "description": DESCRIPTION, "held": True, **more}
    try:
        task_id = str(harness.provide(EXISTS, **params)[f"{TASK}_id"])
    except NotProvoked as reason:
        if more.keys() - {"description", "held"}:
            raise
        return submit(harness, workspace, str(params["description"]), reason)
    shown = {"workspace_id": workspace.id, "description": params["description"]}
    fact = Fact(resource=TASK, id=task_id, owner=workspace.owner, made=True, shown=shown)
    known = harness.knowledge.get_facts(WORKSPACE).get(workspace.id, workspace)
    harness.knowledge = harness.knowledge.with_fact(fact).with_fact(with_task(known, task_id))
    return fact


def submit(
    harness: Harness, workspace: Fact, description: str = DESCRIPTION, reason: NotProvoked | None = None
) -> Fact:
    """Return a new task of a workspace, which goes its way.

    Not provoked where nobody may submit one, or it is not taken.
    """
    operation = harness.contract.operations[SUBMIT_TO]
    request = with_json(operation, choose_path_values(operation, workspace), {"description": description})
    for caller in harness.callers(workspace.owner):
        known = harness.knowledge.get_facts(WORKSPACE).get(workspace.id, workspace)
        mine = (
            not get_resource().narrows(caller, operation)
            or known.person == harness.knowledge.find_person(caller) is not None
        )
        if harness.is_permitted(caller, operation) and mine:
            return find_submitted(harness, harness.hold(introduce_caller(harness, caller), request))
    raise reason or NotProvoked(f"no caller of the profile may submit a task to the workspace {workspace.id}")


def find_submitted(harness: Harness, answer: Exchange) -> Fact:
    """Return the task that a request submitted; not provoked where its answer names none."""
    task_id = str(get_field(answer.json, f"{TASK}_id"))
    if task_id not in harness.knowledge.get_facts(TASK):
        raise NotProvoked("its precondition does not hold: a submission did not answer with a task")
    return harness.knowledge.get_facts(TASK)[task_id]


def bring_to_status(harness: Harness, task: Fact, status: str) -> None:
    """Bring the task into a status in which it stays."""
    workspace_id = task.shown["workspace_id"]
    harness.provide(IS, creates=False, org=task.owner, workspace_id=workspace_id, task_id=task.id, status=status)


def read(harness: Harness, caller: Caller, task: Fact) -> Exchange:
    """Return the task as the caller reads it."""
    operation = harness.contract.operations[GET]
    return harness.hold(caller, build(operation, {"id": task.shown["workspace_id"], "task_id": task.id}))


def watch(
    harness: Harness, caller: Caller, task: Fact, holds: Callable[[str], bool], step: float = STEP_S
) -> list[Exchange]:
    """Return the task as it is read again and again, until this holds of its status, or the time for that is over."""
    return list(read_again(harness, partial(read, harness, caller, task), holds, step))


def wait_until(harness: Harness, caller: Caller, task: Fact, *wanted: str) -> Exchange:
    """Return the task once it has one of these statuses, or has ended.

    The last reading, where it does not come to that.
    """
    return watch(harness, caller, task, lambda status: status in wanted or status in ENDS, step=0.5)[-1]


def _ask_in_status(status: str, harness: Harness, fact: Fact) -> None:
    bring_to_one_of(harness, harness.knowledge.get_facts(WORKSPACE)[fact.id], (status,))


_NEEDS = dict.fromkeys(("failed", "provisioning"), need_somebody_with((state(WORKSPACE_IS),)))
"""The needs of the statuses into which no caller brings a workspace that has run."""
_UNREACHABLE = need_somebody_with((state(IS_UNREACHABLE),))
ARCHIVED_MEANWHILE = Cause(provoke_after(archive_object), FOR_SOMEBODY)
UNREACHABLE_MEANWHILE = Cause(provoke_after(make_unreachable), _UNREACHABLE)


def list_causes_by_status(codes: Mapping[str, str]) -> dict[str, Cause]:
    """Return how the refusals of a workspace are provoked that has a status: by code, for statuses and their codes."""
    return {
        code: Cause(provoke_after(partial(_ask_in_status, status)), _NEEDS.get(status, FOR_SOMEBODY))
        for status, code in codes.items()
    }


NOT_FOUND = "task_not_found"
NONE = "task_conformance"
GOING_ON = frozenset({"submitted", "delivered", "running", "compacting"})
END_FIELDS = "TASK-END-FIELDS"
TOLERANCE_S = 1.0
OF_AN_END = ("completed_at", "duration_seconds")


class TaskOfWorkspace(ObjectInPath):
    """A task is below the workspace that it is in, and below no other."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Add the refusal of a task that the workspace in the path has not."""
        fact, state = call.state.get_facts(named.name).get(value), call.state
        if fact is None:
            gone = state.is_gone(named.name, value)
            found.add(404, named.not_found, "CONTRACT-RIGHT-ANSWER", certain=gone)
        elif fact.shown.get("workspace_id") != call.find_named_id(WORKSPACE):
            effect = None if fact.is_owned_by(call.caller.org) else DataEffect.LEAKED
            found.add(404, named.not_found, "OWNERSHIP-TASK-PATH", certain=state.is_certain(fact), effect=effect)

    def list_wrongful(self, _call: Call, _value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """Yield what a refusal would break where the workspace has the task."""
        yield named.not_found, "TASK-READABLE"
        yield NOT_VISIBLE, "OWNERSHIP-WORKSPACE-SERVED"


class TaskResource(Resource):
    """Tasks, each in its workspace."""

    def list_parts(self, workspace: Fact | None) -> Sequence[str]:
        known = workspace.tasks if isinstance(workspace, WorkspaceFact) else ()
        return list(known) or [NONE]

    def put_into(self, session: Harness, workspace: Fact) -> Fact:
        """Return the workspace with a task; one that the run did not make is left as it is."""
        if not workspace.made or self.list_parts(workspace) != [NONE]:
            return workspace
        add(session, workspace)
        return session.knowledge.get_facts(WORKSPACE)[workspace.id]

    def find_contradictions(self, shown: JsonObject, _org: str | None) -> Iterator[Breach]:
        """Yield a breach where a task that goes on shows an end, or of an ended one the end is wrong or missing."""
        there = [name for name in OF_AN_END if shown.get(name) is not None]
        if shown.get("status") in GOING_ON and there:
            evidence = from_fields(there, {}, shown)
            yield Breach(END_FIELDS, "no end of a task that goes on", ", ".join(there), evidence=evidence)
        lacking = sorted({*OF_AN_END} - {*there})
        if shown.get("status") in ENDS and lacking:
            # The two are optional, so that one is left out may be meant.
            said, evidence = (
                ("the end of a task that has ended", f"no {', '.join(lacking)}"),
                from_fields(lacking, {}, shown),
            )
            yield Breach(END_FIELDS, *said, Provenance.ASSUMED, evidence=evidence)
        if shown.get("status") in ENDS and shown["status"] != "completed" and not shown.get("reason"):
            said = (f"a reason why it is {shown['status']}", repr(shown.get("reason")))
            yield Breach(END_FIELDS, *said, Provenance.ASSUMED, evidence=from_field("reason", *said))
        with suppress(NotProvoked):
            duration, took = shown.get("duration_seconds"), measure_seconds(shown)
            if isinstance(duration, int | float) and there and not fits(duration, took):
                evidence = from_field("duration_seconds", took, duration)
                yield Breach(END_FIELDS, f"a duration_seconds of about {took:g}", repr(duration), evidence=evidence)


def measure_seconds(task: JsonObject) -> float:
    """Return how long a task took, by its times; not provoked where it shows none."""
    return (parse_time(task.get("completed_at")) - parse_time(task.get("created_at"))).total_seconds()


def fits(duration: float, took: float) -> bool:
    """Return whether a duration matches the times of a task, and neither is negative."""
    return abs(duration - took) <= TOLERANCE_S and min(took, duration) >= -TOLERANCE_S


def _ask_for_absent_task(harness: Harness, operation: Operation) -> Provoking:
    """Return a right request, but for the id of a task that there is not."""
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    values = {**request.path_values, "task_id": harness.make_absent_id(TASK)}
    return caller, replace(request, path=operation.fill_path(values), path_values=values)


_WORKSPACE = Param("workspace_id")
_HELD = make_optional("held", "true: it stays as it is until the teardown")
_OF_TASKS = ("delivered", "running", "compacting", "completed", "failed", "cancelled", "delivery_failed")
STATES: Mapping[str, ProviderState] = {
    "task exists": ProviderState(
        "The workspace has a new task.",
        (ORG, _WORKSPACE, Param("description"), _HELD, make_optional("created_at", "when it was submitted")),
        ("task_id",),
    ),
    "task is": ProviderState(
        "The task has this status, until the suite asks for another.",
        (ORG, _WORKSPACE, Param("task_id"), Param("status", choices=_OF_TASKS)),
        is_undone=False,
    ),
}

register(
    TaskResource(
        name=TASK,
        operations=(Behavior(LIST, part="list within"),),
        named_in="",
        outside=frozenset({"status", "reason", *OF_AN_END}),
        states=STATES,
        in_path=TaskOfWorkspace(),
        causes={NOT_FOUND: Cause(_ask_for_absent_task, FOR_SOMEBODY)},
    )
)
