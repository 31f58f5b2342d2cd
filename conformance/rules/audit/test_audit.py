"""Clause audit: what every change writes into the log of its org."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_of,
    list_resources,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.causes import ABSENT, CAUSES
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.resources.events.log import (
    CONFIGURATION,
    MANY,
    UUID7,
    Event,
    Log,
    ask_user,
    collect_names,
    filter_by_type,
    find_auditor,
    find_misplaced,
    get_column,
    list_due_types,
    list_events,
    list_ids,
    may_be_of,
    read,
    write,
)
from conformance.resources.workspaces.recipes import build_stop_all
from conformance.results.difference import from_field, from_list
from conformance.rules.test_archiving import make_family
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

EACH_WRITE = over("operation", lambda scope: [each for each in scope.operations if each.events])
OF_CONFIGURATION = over(
    "operation", lambda scope: [o for o in scope.operations if any(CONFIGURATION in each for each in o.events)]
)


def _write_events(harness: Harness, operation: Operation, caller: Caller | None = None) -> tuple[Exchange, list[Event]]:
    """Return the page with the events of a request that succeeded, and those events, as far as they have come."""
    caller = caller or harness.able(operation)
    request = build_valid(harness, operation, caller)
    log = Log(harness, caller.org)
    answer, types = harness.hold(caller, request), list_due_types(operation)
    named = collect_names(answer)

    def filter_ours(new: list[Event]) -> list[Event]:
        found = filter_by_type(new, types)
        return found if harness.is_alone else [each for each in found if may_be_of(each, named)]

    page, new = log.read_once(lambda found: {*types} <= {get_column(each, "event_type") for each in filter_ours(found)})
    return page, filter_ours(new)


@rule("AUDIT-WRITTEN")
@OF_CONFIGURATION
def test_a_change_writes_its_event(harness: Harness, operation: Operation) -> None:
    """The operation succeeds, and the log is read until its event has come."""
    page, found = _write_events(harness, operation)
    for event_type in list_due_types(operation):
        said = (f"an event {event_type}", "no such event since the request")
        there = any(each.get("event_type") == event_type for each in found)
        harness.check(there, page, *said, evidence=from_list(*said))


def _list_archived_along(scope: Scope) -> Iterator[tuple[Resource, Operation]]:
    """Yield each resource that is archived with what it is based on, with the operation that does so and tells it."""
    for resource in list_resources():
        above = find_resource(resource.parent.resource) if resource.parent else None
        operation = scope.contract.operations.get(above.archiving.by) if above and above.archiving else None
        if operation is not None and _list_types_of(resource, operation):
            yield resource, operation


def _list_types_of(resource: Resource, operation: Operation) -> list[str]:
    """Return the types of the events that the operation writes for objects of a resource."""
    return [each for each in operation.events if each.startswith(f"{resource.name}.")]


@rule("AUDIT-WRITTEN")
@over("resource, operation", _list_archived_along)
def test_what_is_archived_along_writes_its_event(harness: Harness, resource: Resource, operation: Operation) -> None:
    """The event of an object comes where that is archived on which the object is based."""
    caller, _, parent, made = make_family(harness, resource, 1)
    log, named = Log(harness, caller.org), {text for each in made for text in (each.id, str(each.name))}
    harness.hold(caller, build(operation, choose_path_values(operation, parent)))
    types = {*_list_types_of(resource, operation)}

    def list_told(new: list[Event]) -> set[str]:
        return {get_column(each, "event_type") for each in filter_by_type(new, types) if may_be_of(each, named)}

    page, new = log.read_once(lambda found: types <= list_told(found))
    said = (f"an event {' and an event '.join(sorted(types))}", "no such event since the request")
    harness.check(types <= list_told(new), page, *said, evidence=from_list(*said))


@rule("AUDIT-REFUSED")
@EACH_WRITE
def test_what_changes_nothing_writes_no_event(harness: Harness, operation: Operation) -> None:
    """Requests are refused for every reason there is, and others change nothing; one succeeds, and its event comes."""
    caller = harness.able(operation)
    several = any(each.life and operation.operation_id in each.life.all_stopped_by for each in list_resources())
    request = build_stop_all(harness, operation, caller)[0] if several else build_valid(harness, operation, caller)
    log, types = Log(harness, caller.org), list_due_types(operation)
    for refused in _send_refused(harness, operation, caller):
        if refused.has_succeeded:
            raise NotProvoked(f"its precondition does not hold: {refused.asked} answered {refused}")
    answer = harness.hold(caller, request)
    for _ in _send_unchanging(harness, operation, caller, answer):
        pass
    page, new = log.read_once(lambda found: bool(filter_by_type(found, types)))
    written = filter_by_type(new, types)
    if not written:
        raise NotProvoked("the event of the request that succeeded has not come")
    named = collect_names(answer)
    ours = written if harness.is_alone else [each for each in written if may_be_of(each, named)]
    times = Counter(get_column(each, "event_type") for each in ours)  # of each type that it writes there is one
    said = (f"the one event {' and the one '.join(types)} of the request that succeeded", f"{len(ours)} of them")
    harness.check(
        several or log.has_come_late or max(times.values(), default=0) <= 1, page, *said, evidence=from_list(*said)
    )


def _send_refused(harness: Harness, operation: Operation, caller: Caller) -> Iterator[Exchange]:
    """Yield requests of nobody, of somebody who may not, with what is not valid, and on what is not there."""
    yield harness.send(ANONYMOUS, build_valid(harness, operation, caller), org=caller.org, harmless=True)
    strangers = (each for each in harness.callers(caller.org) if not operation.permissions.are_held_by(each.held))
    for stranger in islice(strangers, 1):
        yield harness.send(stranger, build_valid(harness, operation, caller), harmless=True)
    for cause in (CAUSES["validation_error"], *([ABSENT] if find_resource_in_path(operation) else [])):
        with suppress(NotProvoked):
            who, request = cause.provoking(harness, operation)
            if CAUSES["validation_error"] is not cause or operation.body is not None:  # an unknown parameter may pass
                yield harness.send(who, request)


def _send_unchanging(harness: Harness, operation: Operation, caller: Caller, answer: Exchange) -> Iterator[Exchange]:
    """Yield the same update again, and one of nothing; archived archived again, and in use taken into use."""
    resource = find_resource_of(operation)
    archiving = resource.archiving if resource else None
    if archiving and operation.operation_id in (archiving.by, archiving.undone_by):
        yield harness.send(caller, answer.request)
    if resource and resource.updated_by == operation.operation_id:
        yield harness.send(caller, answer.request)
        yield harness.send(caller, with_json(operation, answer.request.path_values, {}))


@rule("AUDIT-COLUMNS")
@OF_CONFIGURATION
def test_an_event_of_configuration_says_so(harness: Harness, operation: Operation) -> None:
    """The columns of the event that the operation wrote are looked at."""
    page, found = _write_events(harness, operation)
    if not found:
        raise NotProvoked("the event of the request has not come")
    for event in found:
        for name, right, got in find_misplaced(event):
            said = f"{name} {right}" if right else f"no {name}"
            harness.check(False, page, said, repr(got), evidence=from_field(name, right or None, got))  # noqa: FBT003


def _list_writers(scope: Scope) -> Iterator[tuple[Caller, Operation]]:
    """Yield a caller with a session and one with an API key, each with the first operation that they may write by."""
    seen: set[bool] = set()
    for caller in scope.callers:
        allowed = (
            o for o in scope.operations if o.events and not o.resources and o.permissions.are_held_by(caller.held)
        )
        operation = next(allowed, None)
        if operation is not None and bool(caller.role) not in seen:
            seen.add(bool(caller.role))
            yield caller, operation


@rule("AUDIT-USER")
@over("caller, operation", _list_writers)
def test_an_event_has_the_user_who_asked(harness: Harness, operation: Operation, caller: Caller) -> None:
    """A caller with a session and one with an API key make something."""
    user = "system" if caller.permission_set else ask_user(harness, caller)
    page, found = _write_events(harness, operation, caller)
    if not found:
        raise NotProvoked("the event of the request has not come")
    users = [get_column(each, "user_id") for each in found]
    said = (f"user_id {user}", f"{', '.join(map(repr, users))}")
    harness.check(user in users, page, *said, evidence=from_field("user_id", user, users[0]))


@rule("AUDIT-ID")
def test_an_id_is_a_uuid_of_version_7_and_comes_once(harness: Harness) -> None:
    """The ids of the newest events are looked at, some of which were just written."""
    caller = find_auditor(harness)
    write(harness, caller.org, 2)
    page = read(harness, caller, ("limit", str(MANY)))
    found = list_ids(list_events(page))
    wrong = [each for each in found if not UUID7.fullmatch(each)]
    harness.check(not wrong, page, "ids that are a UUIDv7", "another", evidence=from_field("id", "a UUIDv7", wrong[:1]))
    twice = sorted({each for each in found if found.count(each) > 1})
    harness.check(
        not twice, page, "each id once", "one of them twice", evidence=from_list("once", f"{twice[:1]} twice")
    )
