"""Tasks that are submitted to workspaces, by a state or by somebody, and brought into a status."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from conformance.http.exchange import Exchange
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.making import introduced
from conformance.recipes.reading import field
from conformance.recipes.requests import build, with_json
from conformance.resources.workspaces.facts import with_task
from conformance.resources.workspaces.making import resource
from conformance.resources.workspaces.semantics import SUBMIT_TO, WORKSPACE
from conformance.resources.workspaces.statuses import STEP_S, seen_again
from conformance.resources.workspaces.tasks.semantics import TASK
from conformance.session.harness import Harness

LIST, GET = "tasks.list", "tasks.get"
EXISTS, IS = "task exists", "task is"
DESCRIPTION = "Say what the conformance suite is for."
CURRENT = ("delivered", "running", "compacting")
"""The statuses of the task that an agent works on."""
ENDS = ("completed", "failed", "cancelled", "delivery_failed")


def add(harness: Harness, workspace: Fact, **more: Any) -> Fact:
    """A new task of a workspace, which stays as it is where a state can make it; else one that somebody submits."""
    params = {"org_id": workspace.owner, "workspace_id": workspace.id, "description": DESCRIPTION, "held": True, **more}
    try:
        task_id = str(harness.provide(EXISTS, **params)[f"{TASK}_id"])
    except NotProvoked as reason:
        if more.keys() - {"description", "held"}:
            raise
        return submitted(harness, workspace, str(params["description"]), reason)
    shown = {"workspace_id": workspace.id, "description": params["description"]}
    fact = Fact(resource=TASK, id=task_id, owner=workspace.owner, made=True, shown=shown)
    known = harness.state.facts(WORKSPACE).get(workspace.id, workspace)
    harness.state = harness.state.with_fact(fact).with_fact(with_task(known, task_id))
    return fact


def submitted(
    harness: Harness, workspace: Fact, description: str = DESCRIPTION, reason: NotProvoked | None = None
) -> Fact:
    """A new task of a workspace, which goes its way; not provoked where nobody may submit one, or it is not taken."""
    operation = harness.contract.operations[SUBMIT_TO]
    request = with_json(operation, path_values(operation, workspace), {"description": description})
    for caller in harness.callers(workspace.owner):
        known = harness.state.facts(WORKSPACE).get(workspace.id, workspace)
        mine = not resource().narrows(caller, operation) or known.person == harness.state.person_of(caller) is not None
        if harness.may(caller, operation) and mine:
            return submitted_by(harness, harness.hold(introduced(harness, caller), request))
    raise reason or NotProvoked(f"no caller of the profile may submit a task to the workspace {workspace.id}")


def submitted_by(harness: Harness, answer: Exchange) -> Fact:
    """The task that a request submitted; not provoked where its answer names none."""
    task_id = str(field(answer.json, f"{TASK}_id"))
    if task_id not in harness.state.facts(TASK):
        raise NotProvoked("its precondition does not hold: a submission did not answer with a task")
    return harness.state.facts(TASK)[task_id]


def in_status(harness: Harness, task: Fact, status: str) -> None:
    """The task brought into a status in which it stays."""
    workspace_id = task.shown["workspace_id"]
    harness.provide(IS, creates=False, org=task.owner, workspace_id=workspace_id, task_id=task.id, status=status)


def read(harness: Harness, caller: Caller, task: Fact) -> Exchange:
    """The task as the caller reads it."""
    operation = harness.contract.operations[GET]
    return harness.hold(caller, build(operation, {"id": task.shown["workspace_id"], "task_id": task.id}))


def watched(
    harness: Harness, caller: Caller, task: Fact, holds: Callable[[str], bool], step: float = STEP_S
) -> list[Exchange]:
    """The task as it is read again and again, until this holds of its status, or the time for that is over."""
    return list(seen_again(harness, partial(read, harness, caller, task), holds, step))


def until(harness: Harness, caller: Caller, task: Fact, *wanted: str) -> Exchange:
    """The task once it has one of these statuses, or has ended; the last reading, where it does not come to that."""
    return watched(harness, caller, task, lambda status: status in wanted or status in ENDS, step=0.5)[-1]
