"""Clause activity: the events that writes to workspaces log, and the list of a workspace's events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from conformance.contract.contract import JsonObject, Operation, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_made, require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import find_user, prepare_for
from conformance.recipes.people import create_for_another
from conformance.recipes.reading import get_field, parse_time
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.events.declaration import ACTIVITY as LIST
from conformance.resources.events.log import (
    MANY,
    Event,
    Log,
    filter_by_type,
    get_column,
    list_due_types,
    list_events,
    list_ids,
    list_near,
    read,
)
from conformance.resources.events.source import Source, ask_recent, find_source
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import CANCEL, CREATE, LIFE, RUNNING, STOP, SUBMIT
from conformance.resources.workspaces.recipes import build_stop_all
from conformance.resources.workspaces.recipes import wait_until as until_status
from conformance.resources.workspaces.tasks import CURRENT, find_submitted, wait_until
from conformance.results.difference import from_field, from_list
from conformance.rules.checks import check_named
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

ACTIVITY, CONTROL_PLANE = "activity", "control-plane"
MOST_VALUES = 4
"""Values of a column that are asked for."""


def _list_writing_operations(scope: Scope) -> list[Operation]:
    """Return the operations that write events of activity."""
    return [each for each in scope.operations if each.events and not any("." in name for name in each.events)]


def _filter_by_workspace(found: list[Event], workspace_id: str) -> list[Event]:
    return [each for each in found if get_column(each, "workspace_id") == workspace_id]


def _ask(harness: Harness, operation: Operation, caller: Caller) -> tuple[Request, str | None]:
    """Return a right request, and the workspace whose event it writes; None: the one that it makes."""
    if operation.operation_id in LIFE.all_stopped_by:
        request, fact = build_stop_all(harness, operation, caller)
        return request, fact.id
    request = build_valid(harness, operation, caller, fact=_make_for_another(harness, operation, caller))
    made = find_resource_made(operation) is require_resource(WORKSPACE.name)
    return request, None if made else next(iter(request.path_values.values()))


def _make_for_another(harness: Harness, operation: Operation, caller: Caller) -> Fact | None:
    """Return a workspace for the operation that another person created.

    None where it names none, or the caller's own.
    """
    if find_resource_in_path(operation) is None or WORKSPACE.narrows(caller, operation):
        return None
    try:
        return prepare_for(harness, WORKSPACE, create_for_another(harness, WORKSPACE, caller), operation)
    except NotProvoked:
        return None


@rule("ACTIVITY-WRITTEN")
@over("operation", _list_writing_operations)
@over("caller_kind", lambda _: ["session", "key"])
def test_a_change_of_a_workspace_writes_its_event(harness: Harness, operation: Operation, caller_kind: str) -> None:
    """The operation succeeds for a caller with a session and for one with an API key, and the log is read."""
    able = (each for each in harness.callers() if harness.is_permitted(each, operation))
    caller = next((each for each in able if bool(each.permission_set) is (caller_kind == "key")), None)
    if caller is None:
        raise NotProvoked(f"no caller with a {caller_kind} may do {operation}")
    user = find_user(harness, caller)
    request, about = _ask(harness, operation, caller)
    log, types = Log(harness, caller.org), list_due_types(operation)
    answer = harness.hold(caller, request)
    workspace_id = about or read_id(WORKSPACE.as_made(operation.operation_id, answer.json))
    page, new = log.read_once(
        lambda found: len(filter_by_type(_filter_by_workspace(found, workspace_id), types)) >= len(types)
    )
    if operation.operation_id == CANCEL and not filter_by_type(_filter_by_workspace(new, workspace_id), types):
        _check_something_left(harness, caller, workspace_id)
    found = _require_one_of_each(
        harness, page, _filter_by_workspace(new, workspace_id), types, came_late=log.has_come_late
    )
    workspace = harness.knowledge.get_facts(WORKSPACE.name).get(workspace_id)
    role = harness.knowledge.get_facts(require_resource("role").name).get(
        str(workspace and workspace.shown.get(RUNNING.field))
    )
    provider = harness.knowledge.get_facts("provider").get(
        str(get_field(dict(role.shown) if role else {}, "provider_id"))
    )
    right = {"category": ACTIVITY, "actor": CONTROL_PLANE, "user_id": user}
    right["agent_role"] = role.name if role else None
    right["agent_provider"] = provider.name if provider else None
    for event in found:
        is_of_task = get_column(event, "event_type").startswith("task_")
        task = get_field(answer.json, "task_id") if is_of_task else None
        _check_columns(harness, page, event, {**right, "task_id": task})
        if is_of_task and task is None:
            tasks = {read_id(each) for each in _list_tasks(harness, caller, workspace_id)}
            said = "a task_id of the workspace", get_column(event, "task_id") or "none"
            harness.check(said[1] in tasks, page, *said, evidence=from_field("task_id", *said))


def _list_tasks(harness: Harness, caller: Caller, workspace_id: str) -> Sequence[JsonObject]:
    listing = harness.contract.operations["tasks.list"]
    tasks = harness.hold(harness.able(listing, caller.org), build(listing, {"id": workspace_id})).json
    return [each for each in tasks if isinstance(each, dict)] if isinstance(tasks, list) else []


def _check_something_left(harness: Harness, caller: Caller, workspace_id: str) -> None:
    """Raise NotProvoked where no task of a workspace was cancelled, since each had ended before."""
    if not any(each.get("status") == "cancelled" for each in _list_tasks(harness, caller, workspace_id)):
        raise NotProvoked("every task had ended before it was cancelled")


def _require_one_of_each(
    harness: Harness, page: Exchange, found: list[Event], types: Sequence[str], *, came_late: bool
) -> list[Event]:
    """Return the one event of each of these types; a finding where one is missing or there twice.

    `came_late`: the others of a type may have been written before.
    """
    for event_type in types:
        count = len(filter_by_type(found, [event_type]))
        said = f"one event {event_type} of the workspace", f"{count} of them"
        harness.check(count == 1 or (count > 1 and came_late), page, *said, evidence=from_list(*said))
    return [max(filter_by_type(found, [each]), key=_get_order) for each in types]


def _get_order(event: Event) -> tuple[datetime, str]:
    """Return what events are ordered by: times may be whole seconds, and ids are in the order of writing."""
    return parse_time(event.get("timestamp")), str(event.get("id"))


def _check_columns(harness: Harness, page: Exchange, event: Event, right: Mapping[str, str | None]) -> None:
    """Raise a finding where a column of an event is another one; None: that is not known."""
    for name, value in right.items():
        got = get_column(event, name)
        evidence = from_field(name, value, got)
        harness.check(value in (None, got), page, f"{name} {value}", repr(got), evidence=evidence)


@rule("ACTIVITY-WRITTEN")
@over("ended_by", lambda _: ["itself", CANCEL, STOP])
def test_each_step_of_a_task_writes_its_event(harness: Harness, ended_by: str) -> None:
    """A task is submitted, and is left alone, is cancelled or has its workspace stopped; the log is read at its end."""
    operation = harness.contract.operations[SUBMIT]
    caller = harness.able(operation)
    user = find_user(harness, caller)
    log = Log(harness, caller.org)
    task = find_submitted(harness, harness.hold(caller, build_valid(harness, operation, caller)))
    if ended_by != "itself":
        wait_until(harness, caller, task, *CURRENT)
        ending = harness.contract.operations[ended_by]
        harness.hold(harness.able(ending, caller.org), build(ending, {"id": task.shown["workspace_id"]}))
    end = get_field(wait_until(harness, caller, task).json, "status")
    if (end == "completed") is not (ended_by == "itself"):
        raise NotProvoked(f"the task is {end}")
    steps = ("task_delivered", "task_running", "task_completed")
    of_agent = steps if ended_by == "itself" else steps[-1:]

    def filter_by_task(found: list[Event]) -> list[Event]:
        return [
            each
            for each in found
            if get_column(each, "task_id") == task.id and get_column(each, "category") == ACTIVITY
        ]

    page, new = log.read_once(lambda found: bool(filter_by_type(filter_by_task(found), of_agent[-1:])))
    once = _leave_out_resumed(filter_by_task(new))
    found = _require_one_of_each(harness, page, once, of_agent, came_late=log.has_come_late)
    for event in found:
        status = end if get_column(event, "event_type") == of_agent[-1] else None
        _check_columns(harness, page, event, {"actor": "agent", "user_id": user, "status": status})
    moments = [parse_time(filter_by_type(found, [each])[0].get("timestamp")) for each in of_agent]
    said = "the steps one after the other", "one before the step that leads to it"
    harness.check(moments == sorted(moments), page, *said, evidence=from_list(*said))


def _leave_out_resumed(found: list[Event]) -> list[Event]:
    """Return the events without those of a task that runs again after it was compacted, as often as it was."""
    running = sorted(filter_by_type(found, ["task_running"]), key=_get_order)
    compacted = len(filter_by_type(found, ["task_compacting"]))
    resumed = running[1 : 1 + compacted]
    return [each for each in found if each not in resumed]


@rule("ACTIVITY-WRITTEN")
def test_what_a_workspace_becomes_by_itself_writes_its_event(harness: Harness) -> None:
    """A workspace is made, stopped once it is idle, and read until it is stopped; the log is read."""
    creation, stop = (harness.contract.operations[each] for each in (CREATE, STOP))
    caller = harness.able(creation)
    user = find_user(harness, caller)
    log = Log(harness, caller.org)
    made = harness.hold(caller, build_valid(harness, creation, caller))
    fact = harness.knowledge.get_facts(WORKSPACE.name)[read_id(made.json)]
    _wait_until(harness, caller, fact, "idle")
    harness.hold(caller, build(stop, choose_path_values(stop, fact)))
    _wait_until(harness, caller, fact, "stopped")
    types = ("workspace_ready", "workspace_stopped")
    page, new = log.read_once(
        lambda found: len(filter_by_type(_filter_by_workspace(found, fact.id), types)) >= len(types)
    )
    for event in _require_one_of_each(
        harness, page, _filter_by_workspace(new, fact.id), types, came_late=log.has_come_late
    ):
        _check_columns(harness, page, event, {"category": ACTIVITY, "actor": CONTROL_PLANE, "user_id": user})


def _wait_until(harness: Harness, caller: Caller, workspace: Fact, goal: str) -> None:
    """Read a workspace until it has a status; not provoked where it does not come to that."""
    status = get_field(until_status(harness, caller, workspace, {goal, "failed"}.__contains__).json, LIFE.shown_in)
    if status != goal:
        raise NotProvoked(f"the workspace is {status}")


def _find_activity(harness: Harness) -> Source:
    """Return the activity of the workspace in which most has happened."""
    return find_source(harness, harness.contract.operations[LIST])


def _check(
    source: Source, page: Exchange, right: Iterable[Event], said: str, *, aside: frozenset[str] = frozenset()
) -> None:
    """Check that a page has these events and no others; of those `aside` it may have any."""
    got, expected = {*list_ids(list_events(page))} - aside, {*list_ids(right)} - aside
    texts = said, "others too" if got - expected else "not all of them"
    source.harness.check(got == expected, page, *texts, evidence=from_list(*texts))


@rule("ACTIVITY-CATEGORY")
def test_activity_is_that_of_the_workspace(harness: Harness) -> None:
    """The log of the org has events of the workspace of both categories, and such of other workspaces."""
    source = _find_activity(harness)
    place = source.workspace.id if source.workspace else ""
    found = list_events(read(harness, source.caller, ("limit", str(MANY))))
    inside = [each for each in found if get_column(each, "workspace_id") == place]
    acts = [each for each in inside if get_column(each, "category") == ACTIVITY]
    if len(acts) == len(inside):
        raise NotProvoked("the log has nothing but activity of the workspace")
    page = source.read(("limit", str(MANY)))
    strange = [
        each
        for each in list_events(page)
        if get_column(each, "category") != ACTIVITY or get_column(each, "workspace_id") != place
    ]
    said = "activity of the workspace alone", "other events too"
    harness.check(not strange, page, *said, evidence=from_list(*said))
    said = f"the {len(acts)} events of activity that the log has of the workspace", "not all of them"
    harness.check({*list_ids(acts)} <= {*list_ids(list_events(page))}, page, *said, evidence=from_list(*said))


@rule("ACTIVITY-AFTER")
@over("order", lambda _: ("asc", "desc"))
def test_after_keeps_what_is_later(harness: Harness, order: str) -> None:
    """Moments of events, and one between them, are sent as `after`; then the pages of such a list are walked."""
    source = _find_activity(harness)
    found = ask_recent(source, 3, MANY)
    times = sorted({parse_time(each.get("timestamp")): str(each.get("timestamp")) for each in found}.items())
    between = (times[1][0] - timedelta(milliseconds=1)).isoformat()
    query = ("order", order), ("limit", str(MANY))
    for after in (times[0][1], times[1][1], times[-1][1], between):
        right = [each for each in found if parse_time(each.get("timestamp")) > parse_time(after)]
        later = f"the events later than {after}"
        _check(source, source.read(("after", after), *query), right, later, aside=list_near(found, after))
    after = times[-3][1]
    right, aside = (
        [each for each in found if parse_time(each.get("timestamp")) > parse_time(after)],
        list_near(found, after),
    )
    first, walked = source.read(("after", after), ("order", order), ("limit", "1")), list[Event]()
    for page in source.walk(first, ("limit", "1")):
        walked += list_events(page)
        if len(walked) > len(right) + len(aside):
            break
    said = f"pages of the {len(right)} events later than {after}", f"{len(walked)} events"
    harness.check({*list_ids(walked)} - aside == {*list_ids(right)} - aside, page, *said, evidence=from_list(*said))


@rule("ACTIVITY-AFTER-CURSOR")
def test_after_does_not_go_with_a_cursor(harness: Harness) -> None:
    """The cursor of a page is sent with a moment; without it the next page was answered."""
    source = _find_activity(harness)
    found = ask_recent(source)
    first = source.read(("limit", "1"))
    cursor = "cursor", str(first.json.get("cursor"))
    source.read(("limit", "1"), cursor)
    query = (("after", str(found[0].get("timestamp"))), cursor)
    answer = harness.send(source.caller, source.request(query))
    said = "a refusal", str(answer)
    refused = 400 <= answer.status < 500
    harness.check(refused, answer, *said, Provenance.REFERENCE, evidence=from_list(*said))
    check_named(harness, ("after", "cursor"), answer)


@rule("ACTIVITY-FILTERS")
@over("names", lambda _: ("task_id", "event_type", "event_type+task_id"))
def test_columns_are_asked_for_by_a_value(harness: Harness, names: str) -> None:
    """Values that events have, and one that none has, are asked for, in one column and in both."""
    source, columns = _find_activity(harness), names.split("+")
    found = ask_recent(source, 3, MANY)
    values = sorted({tuple(get_column(each, name) for name in columns) for each in found})
    asked = [each for each in values if all(each)][:MOST_VALUES]
    if not asked:
        raise NotProvoked(f"no event of {source} has a {' and a '.join(columns)}")
    for each in (*asked, (*asked[0][:-1], "of-no-event")):
        right = [event for event in found if tuple(get_column(event, name) for name in columns) == each]
        query = (*zip(columns, each, strict=True), ("limit", str(MANY)))
        said = f"the events whose {' and '.join(map('='.join, zip(columns, each, strict=True)))}"
        _check(source, source.read(*query), right, said)
