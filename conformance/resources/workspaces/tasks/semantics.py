"""What the contract says of submitting and cancelling tasks: which requests are refused, and what a success does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.http.multipart import Part
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import Fact, State
from conformance.resources.workspaces.facts import WorkspaceFact, with_task
from conformance.resources.workspaces.file_semantics import NOT_RUNNING, REACHED_RULE, UNREACHABLE, refuse_unreachable
from conformance.resources.workspaces.semantics import (
    ARCHIVED,
    BY_ROLE,
    CANCEL,
    GET_SESSION,
    LIFE,
    RUNNING,
    VALIDATION,
    WORKSPACE,
    refuse_role,
    statuses_of,
)

TASK = "task"
ASKING = (CANCEL, GET_SESSION)
"""The operations that ask the agent of a workspace."""
OF_STATUS: Mapping[str, str] = {status: code for status, code in NOT_RUNNING.items() if status != "provisioning"}
"""By status: the code with which a workspace without an agent refuses a task."""
FILE, UPLOAD = "file", "TASK-UPLOAD"
TAKEN_RULE, ASKED_RULE = "TASK-TAKEN", "AGENT-NOT-RUNNING"


def blames(rule: str) -> Mapping[str, str]:
    """Return by error code what a refusal by the status of a workspace, or by its agent, would break."""
    return {**dict.fromkeys((*NOT_RUNNING.values(), ARCHIVED), rule), UNREACHABLE: REACHED_RULE}


def refuse_submission(call: Call, refusals: Refusals) -> None:
    """A role is named as by a creation of a workspace."""
    _files(call, refusals)
    said = {name: _text(value) for name, value in call.body.items()}
    refuse_role(replace(call, body=said), refusals)


def _files(call: Call, refusals: Refusals) -> None:
    """Each file has a name of its own, of the pattern that the contract has for it."""
    names = [part.filename or "" for part in call.body.get(FILE, ()) if isinstance(part, Part)]
    pattern = call.operation.body.file_names.get(FILE) if call.operation.body else None
    if len({*names}) < len(names) or (pattern and not all(map(pattern.fullmatch, names))):
        refusals.add(400, VALIDATION, UPLOAD, provenance=Provenance.ASSUMED)


def refuse_submission_to(call: Call, refusals: Refusals) -> None:
    """A workspace that is archived takes no task, nor does one that does not run and will not."""
    _files(call, refusals)
    fact = call.object_of(WORKSPACE)
    if fact is None or fact.archived:
        refusals.add(409, ARCHIVED, TAKEN_RULE, certain=fact is not None)
    _by_status(call, refusals, TAKEN_RULE, OF_STATUS)


def refuse_without_agent(call: Call, refusals: Refusals) -> None:
    """The agent is asked: it has to be there, and somebody has to reach it."""
    _by_status(call, refusals, ASKED_RULE, NOT_RUNNING)
    refuse_unreachable(call, refusals)


def _by_status(call: Call, refusals: Refusals, rule: str, refused: Mapping[str, str]) -> None:
    """Add the refusal that names the status of the workspace, where it has, or may have, one of these."""
    fact = call.object_of(WORKSPACE)
    statuses = statuses_of(fact) if fact is not None else None
    for status, code in refused.items():
        if statuses is None or status in statuses:
            refusals.add(409, code, rule, certain=statuses is not None and statuses <= refused.keys())


def learn_submission(call: Call, exchange: Exchange) -> State:
    """The state after a task was submitted: to the workspace that the path names, else to the one that it made."""
    accepted: Mapping[str, Any] = exchange.json if isinstance(exchange.json, Mapping) else {}
    task_id, workspace_id = accepted.get("task_id"), call.named(WORKSPACE) or accepted.get("workspace_id")
    if not isinstance(task_id, str) or not isinstance(workspace_id, str):
        return call.state
    known = call.state.facts(WORKSPACE).get(workspace_id)
    if known is None or known.shown.keys() <= {"id"}:
        known = _made(call, workspace_id, exchange.number)
    shown = {"workspace_id": workspace_id, "description": _text(call.body.get("description"))}
    task = Fact(resource=TASK, id=task_id, owner=known.owner, made=True, shown=shown, since=exchange.number)
    return call.state.with_fact(task).with_fact(_at_work(with_task(known, task_id)))


def _made(call: Call, workspace_id: str, number: int) -> WorkspaceFact:
    """The workspace that was made for a task, which is the caller's."""
    state, caller = call.state, call.caller
    roles = {each.name: each.id for each in state.owned(RUNNING.of, caller.org)}
    role_id = _text(call.body.get(RUNNING.field)) or roles.get(_text(call.body.get(BY_ROLE)))
    shown = {"id": workspace_id, LIFE.shown_in: "provisioning", **({RUNNING.field: role_id} if role_id else {})}
    person, passing = state.person_of(caller), True
    return WorkspaceFact(
        id=workspace_id, owner=caller.org, made=True, person=person, passing=passing, shown=shown, since=number
    )


def _text(value: Any) -> Any:
    """The value of a field, or of a part of a form."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _at_work(fact: WorkspaceFact) -> WorkspaceFact:
    """The workspace, which may be busy from now on where it was idle."""
    if fact.shown.get(LIFE.shown_in) != "idle":
        return fact
    return replace(fact, passing=True, shown={**fact.shown, LIFE.shown_in: "busy"})


def learn_cancelling(call: Call, _exchange: Exchange) -> State:
    """The state after the current task was cancelled: the workspace may be idle before long."""
    fact = call.state.facts(WORKSPACE).get(call.named(WORKSPACE) or "")
    busy = fact is not None and fact.shown.get(LIFE.shown_in) == "busy"
    return call.state.with_fact(replace(fact, passing=True)) if fact is not None and busy else call.state
