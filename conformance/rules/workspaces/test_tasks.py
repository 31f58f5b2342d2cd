"""Clause tasks: how the tasks of a workspace are listed and read."""

from __future__ import annotations

from collections import Counter

from conformance.contract.contract import JsonObject, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.making import own
from conformance.recipes.reading import difference, instant
from conformance.recipes.requests import build
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.tasks import GET, LIST, add, in_status
from conformance.results.difference import of_field, of_fields, of_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

ENDS = ("completed", "failed", "cancelled", "delivery_failed")
STATUSES = ("submitted", "delivered", "running", "compacting", *ENDS)
TEXTS = ("Write the release notes.", "Zähle die offenen Tickets: \u2728 und «alle»", "x" * 3000)
SHUFFLED = ("2026-02-01T00:00:02Z", "2026-02-01T00:00:03Z", "2026-01-01T00:00:01Z")
TOLERANCE_S = 1.0


def _workspace(harness: Harness) -> Fact:
    return own(harness, WORKSPACE, harness.able(harness.contract.operations[LIST]).org)


def _readers(harness: Harness, workspace: Fact) -> list[Caller]:
    """The callers of the org who may read the tasks of everybody's workspaces."""
    reads = harness.contract.operations[LIST]
    callers = harness.callers(workspace.owner)
    return [each for each in callers if harness.may(each, reads) and not WORKSPACE.narrows(each, reads)]


def _listed(harness: Harness, caller: Caller, workspace: Fact) -> tuple[Exchange, list[JsonObject]]:
    answer = harness.judge(caller, build(harness.contract.operations[LIST], {"id": workspace.id}))
    found = answer.json if isinstance(answer.json, list) else []
    return answer, [each for each in found if isinstance(each, dict)]


def _get(harness: Harness, workspace: Fact, task: Fact) -> Request:
    return build(harness.contract.operations[GET], {"id": workspace.id, "task_id": task.id})


@rule("TASK-READABLE")
def test_the_tasks_of_a_workspace_are_listed_and_read(harness: Harness) -> None:
    """A workspace has three tasks and another one, one of them has ended; everybody who sees both reads them."""
    workspace, other = _workspace(harness), _workspace(harness)
    tasks = [add(harness, workspace, description=text) for text in TEXTS]
    in_status(harness, tasks[0], "completed")
    strange = add(harness, other)
    for caller in _readers(harness, workspace):
        answer, found = _listed(harness, caller, workspace)
        times = Counter(map(id_of, found))
        for task in tasks:
            said = "each task of the workspace once in the list", f"one of them {times[task.id]} times"
            harness.check(times[task.id] == 1, answer, *said, about=task.id, evidence=of_list(*said))
        said = "no task of another workspace in the list", "one"
        harness.check(not times[strange.id], answer, *said, about=strange.id, evidence=of_list(*said))
        for task in tasks:
            listed = next(each for each in found if id_of(each) == task.id)
            _check_read(harness, caller, workspace, task, listed)


def _check_read(harness: Harness, caller: Caller, workspace: Fact, task: Fact, listed: JsonObject) -> None:
    """The task as it is read by its id is as it was submitted, and as it is listed."""
    read = harness.judge(caller, _get(harness, workspace, task))
    submitted = {"id": task.id, "workspace_id": workspace.id, "description": TEXTS[0], **task.shown}
    differing = [name for name, value in submitted.items() if read.json.get(name, value) != value]
    evidence = of_fields(differing, submitted, read.json)
    harness.check(
        not differing, read, "the task as it was submitted", f"another {', '.join(differing)}", evidence=evidence
    )
    differing = difference(harness.contract, listed, read.json)
    evidence = of_fields(differing, listed, read.json)
    harness.check(not differing, read, "what the list shows", f"another {', '.join(differing)}", evidence=evidence)


@rule("TASK-NEWEST-FIRST")
def test_the_newest_task_is_listed_first(harness: Harness) -> None:
    """Three tasks were submitted at different times, the second of them first; everybody who sees them lists them."""
    workspace = _workspace(harness)
    for created_at in SHUFFLED:
        add(harness, workspace, created_at=created_at)
    for caller in _readers(harness, workspace):
        answer, found = _listed(harness, caller, workspace)
        times = [instant(each.get("created_at")) for each in found]
        said = "the newest task first", "another order"
        harness.check(times == sorted(times, reverse=True), answer, *said, evidence=of_list(*said))


@rule("TASK-END-FIELDS")
@over("status", lambda _: STATUSES)
def test_only_what_has_ended_says_when_and_how_long_it_took(harness: Harness, status: str) -> None:
    """A task has the status; it is listed and read."""
    workspace = _workspace(harness)
    task = add(harness, workspace)
    if status != "submitted":
        in_status(harness, task, status)
    caller = harness.able(harness.contract.operations[LIST], workspace.owner)
    read = harness.judge(caller, _get(harness, workspace, task))
    answer, found = _listed(harness, caller, workspace)
    for exchange, shown in ((read, read.json), *((answer, each) for each in found)):
        expected, got = f"a task that is {status}", f"one that is {shown.get('status')}"
        harness.check(
            shown.get("status") == status, exchange, expected, got, evidence=of_field("status", expected, got)
        )
        _check_end(harness, exchange, shown, ended=status in ENDS)


def _check_end(harness: Harness, exchange: Exchange, shown: JsonObject, *, ended: bool) -> None:
    for name in ("completed_at", "duration_seconds"):
        there = shown.get(name) is not None
        # The two are optional, so that one is left out may be meant.
        founded = Provenance.ASSUMED if ended else Provenance.SEED
        said = f"a {name}" if ended else f"no {name}", "one" if there else "none"
        harness.check(there is ended, exchange, *said, founded, evidence=of_field(name, *said))
    if ended:
        took = (instant(shown["completed_at"]) - instant(shown["created_at"])).total_seconds()
        duration = shown["duration_seconds"]
        expected, got = f"a duration_seconds of about {took:g}", repr(duration)
        fits = abs(duration - took) <= TOLERANCE_S
        harness.check(fits, exchange, expected, got, evidence=of_field("duration_seconds", expected, got))
