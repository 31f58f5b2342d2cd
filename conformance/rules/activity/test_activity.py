"""Clause activity: what writes to workspaces write into the log, and what the list of what happened in one holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.declaration.registry import require_resource, resource_in_path, resource_made_by
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.making import in_state_for, introduced
from conformance.recipes.people import of_another_person
from conformance.recipes.reading import field, instant
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.events.declaration import ACTIVITY as LIST
from conformance.resources.events.log import MANY, Event, Log, column, due, events, ids, near, of_types, read
from conformance.resources.events.source import Source, recent, source_of
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import CANCEL, CREATE, LIFE, RUNNING, STOP, SUBMIT
from conformance.resources.workspaces.recipes import stopping_all
from conformance.resources.workspaces.recipes import until as until_status
from conformance.resources.workspaces.tasks import submitted_by, until
from conformance.results.difference import of_field, of_list
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

ACTIVITY, CONTROL_PLANE = "activity", "control-plane"
MOST_VALUES = 4
"""Values of a column that are asked for."""


def _of_workspaces(scope: Scope) -> list[Operation]:
    """Return the operations that write events of activity."""
    return [each for each in scope.operations if each.events and not any("." in name for name in each.events)]


def _about(found: list[Event], workspace_id: str) -> list[Event]:
    return [each for each in found if column(each, "workspace_id") == workspace_id]


def _asked(harness: Harness, operation: Operation, caller: Caller) -> tuple[Request, str | None]:
    """Return a right request, and the workspace whose event it writes; None: the one that it makes."""
    if operation.operation_id in LIFE.all_stopped_by:
        request, fact = stopping_all(harness, operation, caller)
        return request, fact.id
    request = valid(harness, operation, caller, fact=_of_somebody_else(harness, operation, caller))
    made = resource_made_by(operation) is require_resource(WORKSPACE.name)
    return request, None if made else next(iter(request.path_values.values()))


def _of_somebody_else(harness: Harness, operation: Operation, caller: Caller) -> Fact | None:
    """Return a workspace for the operation that another person created.

    None where it names none, or the caller's own.
    """
    if resource_in_path(operation) is None or WORKSPACE.narrows(caller, operation):
        return None
    try:
        return in_state_for(harness, WORKSPACE, of_another_person(harness, WORKSPACE, caller), operation)
    except NotProvoked:
        return None


@rule("ACTIVITY-WRITTEN")
@over("operation", _of_workspaces)
@over("caller_kind", lambda _: ["session", "key"])
def test_a_change_of_a_workspace_writes_its_event(harness: Harness, operation: Operation, caller_kind: str) -> None:
    """The operation succeeds for a caller with a session and for one with an API key, and the log is read."""
    able = (each for each in harness.callers() if harness.may(each, operation))
    caller = next((each for each in able if bool(each.permission_set) is (caller_kind == "key")), None)
    if caller is None:
        raise NotProvoked(f"no caller with a {caller_kind} may do {operation}")
    user = "system" if caller_kind == "key" else harness.state.person_of(introduced(harness, caller))
    request, about = _asked(harness, operation, caller)
    log, types = Log(harness, caller.org), due(operation)
    answer = harness.hold(caller, request)
    workspace_id = about or id_of(WORKSPACE.as_made(operation.operation_id, answer.json))
    page, new = log.once(lambda found: len(of_types(_about(found, workspace_id), types)) >= len(types))
    if operation.operation_id == CANCEL and not of_types(_about(new, workspace_id), types):
        _check_something_left(harness, caller, workspace_id)
    found = _one_of_each(harness, page, _about(new, workspace_id), types, came_late=log.came_late)
    workspace = harness.state.facts(WORKSPACE.name).get(workspace_id)
    role = harness.state.facts(require_resource("role").name).get(str(workspace and workspace.shown.get(RUNNING.field)))
    provider = harness.state.facts("provider").get(str(field(dict(role.shown) if role else {}, "provider_id")))
    right = {"category": ACTIVITY, "actor": CONTROL_PLANE, "user_id": user}
    right["agent_role"] = role.name if role else None
    right["agent_provider"] = provider.name if provider else None
    for event in found:
        task = field(answer.json, "task_id") if column(event, "event_type").startswith("task_") else None
        _check_columns(harness, page, event, {**right, "task_id": task})


def _check_something_left(harness: Harness, caller: Caller, workspace_id: str) -> None:
    """Raise NotProvoked where no task of a workspace was cancelled, since each had ended before."""
    listing = harness.contract.operations["tasks.list"]
    tasks = harness.hold(harness.able(listing, caller.org), build(listing, {"id": workspace_id})).json
    if not any(field(each, "status") == "cancelled" for each in (tasks if isinstance(tasks, list) else ())):
        raise NotProvoked("every task had ended before it was cancelled")


def _one_of_each(
    harness: Harness, page: Exchange, found: list[Event], types: Sequence[str], *, came_late: bool
) -> list[Event]:
    """Return the one event of each of these types; a finding where one is missing or there twice.

    `came_late`: the others of a type may have been written before.
    """
    for event_type in types:
        count = len(of_types(found, [event_type]))
        said = f"one event {event_type} of the workspace", f"{count} of them"
        harness.check(count == 1 or (count > 1 and came_late), page, *said, evidence=of_list(*said))
    # Times may be whole seconds, and ids are in the order in which events are written.
    return [
        max(of_types(found, [each]), key=lambda event: (instant(event.get("timestamp")), str(event.get("id"))))
        for each in types
    ]


def _check_columns(harness: Harness, page: Exchange, event: Event, right: Mapping[str, str | None]) -> None:
    """Raise a finding where a column of an event is another one; None: that is not known."""
    for name, value in right.items():
        got = column(event, name)
        evidence = of_field(name, value, got)
        harness.check(value in (None, got), page, f"{name} {value}", repr(got), evidence=evidence)


@rule("ACTIVITY-WRITTEN")
def test_each_step_of_a_task_writes_its_event(harness: Harness) -> None:
    """A task is submitted and read until it has ended, and the log is read."""
    operation = harness.contract.operations[SUBMIT]
    caller = harness.able(operation)
    user = "system" if caller.permission_set else harness.state.person_of(introduced(harness, caller))
    log = Log(harness, caller.org)
    task = submitted_by(harness, harness.hold(caller, valid(harness, operation, caller)))
    end = field(until(harness, caller, task).json, "status")
    if end != "completed":
        raise NotProvoked(f"the task is {end}")
    of_agent = ("task_delivered", "task_running", "task_completed")

    def of_task(found: list[Event]) -> list[Event]:
        return [each for each in found if column(each, "task_id") == task.id and column(each, "category") == ACTIVITY]

    page, new = log.once(lambda found: bool(of_types(of_task(found), of_agent[-1:])))
    found = _one_of_each(harness, page, of_task(new), of_agent, came_late=log.came_late)
    for event in found:
        _check_columns(harness, page, event, {"actor": "agent", "user_id": user})
    moments = [instant(of_types(found, [each])[0].get("timestamp")) for each in of_agent]
    said = "the steps one after the other", "one before the step that leads to it"
    harness.check(moments == sorted(moments), page, *said, evidence=of_list(*said))


@rule("ACTIVITY-WRITTEN")
def test_what_a_workspace_becomes_by_itself_writes_its_event(harness: Harness) -> None:
    """A workspace is made, stopped once it is idle, and read until it is stopped; the log is read."""
    creation, stop = (harness.contract.operations[each] for each in (CREATE, STOP))
    caller = harness.able(creation)
    log = Log(harness, caller.org)
    made = harness.hold(caller, valid(harness, creation, caller))
    fact = harness.state.facts(WORKSPACE.name)[id_of(made.json)]
    _wait_until(harness, caller, fact, "idle")
    harness.hold(caller, build(stop, path_values(stop, fact)))
    _wait_until(harness, caller, fact, "stopped")
    types = ("workspace_ready", "workspace_stopped")
    page, new = log.once(lambda found: len(of_types(_about(found, fact.id), types)) >= len(types))
    for event in _one_of_each(harness, page, _about(new, fact.id), types, came_late=log.came_late):
        _check_columns(harness, page, event, {"category": ACTIVITY, "actor": CONTROL_PLANE})


def _wait_until(harness: Harness, caller: Caller, workspace: Fact, goal: str) -> None:
    """Read a workspace until it has a status; not provoked where it does not come to that."""
    status = field(until_status(harness, caller, workspace, {goal, "failed"}.__contains__).json, LIFE.shown_in)
    if status != goal:
        raise NotProvoked(f"the workspace is {status}")


def _activity(harness: Harness) -> Source:
    """Return the activity of the workspace in which most has happened."""
    return source_of(harness, harness.contract.operations[LIST])


def _check(
    source: Source, page: Exchange, right: Iterable[Event], said: str, *, aside: frozenset[str] = frozenset()
) -> None:
    """Check that a page has these events and no others; of those `aside` it may have any."""
    got, expected = {*ids(events(page))} - aside, {*ids(right)} - aside
    texts = said, "others too" if got - expected else "not all of them"
    source.harness.check(got == expected, page, *texts, evidence=of_list(*texts))


@rule("ACTIVITY-CATEGORY")
def test_activity_is_that_of_the_workspace(harness: Harness) -> None:
    """The log of the org has events of the workspace of both categories, and such of other workspaces."""
    source = _activity(harness)
    place = source.workspace.id if source.workspace else ""
    found = events(read(harness, source.caller, ("limit", str(MANY))))
    inside = [each for each in found if column(each, "workspace_id") == place]
    acts = [each for each in inside if column(each, "category") == ACTIVITY]
    if len(acts) == len(inside):
        raise NotProvoked("the log has nothing but activity of the workspace")
    page = source.read(("limit", str(MANY)))
    strange = [
        each for each in events(page) if column(each, "category") != ACTIVITY or column(each, "workspace_id") != place
    ]
    said = "activity of the workspace alone", "other events too"
    harness.check(not strange, page, *said, evidence=of_list(*said))
    said = f"the {len(acts)} events of activity that the log has of the workspace", "not all of them"
    harness.check({*ids(acts)} <= {*ids(events(page))}, page, *said, evidence=of_list(*said))


@rule("ACTIVITY-AFTER")
@over("order", lambda _: ("asc", "desc"))
def test_after_keeps_what_is_later(harness: Harness, order: str) -> None:
    """Moments of events, and one between them, are sent as `after`; then the pages of such a list are walked."""
    source = _activity(harness)
    found = recent(source, 3, MANY)
    times = sorted({instant(each.get("timestamp")): str(each.get("timestamp")) for each in found}.items())
    between = (times[1][0] - timedelta(milliseconds=1)).isoformat()
    query = ("order", order), ("limit", str(MANY))
    for after in (times[0][1], times[1][1], times[-1][1], between):
        right = [each for each in found if instant(each.get("timestamp")) > instant(after)]
        later = f"the events later than {after}"
        _check(source, source.read(("after", after), *query), right, later, aside=near(found, after))
    after = times[-3][1]
    right, aside = [each for each in found if instant(each.get("timestamp")) > instant(after)], near(found, after)
    first, walked = source.read(("after", after), ("order", order), ("limit", "1")), list[Event]()
    for page in source.walk(first, ("limit", "1")):
        walked += events(page)
        if len(walked) > len(right) + len(aside):
            break
    said = f"pages of the {len(right)} events later than {after}", f"{len(walked)} events"
    harness.check({*ids(walked)} - aside == {*ids(right)} - aside, page, *said, evidence=of_list(*said))


@rule("ACTIVITY-AFTER-CURSOR")
def test_after_does_not_go_with_a_cursor(harness: Harness) -> None:
    """The cursor of a page is sent with a moment; without it the next page was answered."""
    source = _activity(harness)
    found = recent(source)
    first = source.read(("limit", "1"))
    cursor = "cursor", str(first.json.get("cursor"))
    source.read(("limit", "1"), cursor)
    query = (("after", str(found[0].get("timestamp"))), cursor)
    answer = harness.send(source.caller, source.request(query))
    said = "a refusal", str(answer)
    refused = 400 <= answer.status < 500
    harness.check(refused, answer, *said, Provenance.REFERENCE, evidence=of_list(*said))


@rule("ACTIVITY-FILTERS")
@over("names", lambda _: ("task_id", "event_type", "event_type+task_id"))
def test_columns_are_asked_for_by_a_value(harness: Harness, names: str) -> None:
    """Values that events have, and one that none has, are asked for, in one column and in both."""
    source, columns = _activity(harness), names.split("+")
    found = recent(source, 3, MANY)
    values = sorted({tuple(column(each, name) for name in columns) for each in found})
    asked = [each for each in values if all(each)][:MOST_VALUES]
    if not asked:
        raise NotProvoked(f"no event of {source} has a {' and a '.join(columns)}")
    for each in (*asked, (*asked[0][:-1], "of-no-event")):
        right = [event for event in found if tuple(column(event, name) for name in columns) == each]
        query = (*zip(columns, each, strict=True), ("limit", str(MANY)))
        said = f"the events whose {' and '.join(map('='.join, zip(columns, each, strict=True)))}"
        _check(source, source.read(*query), right, said)
