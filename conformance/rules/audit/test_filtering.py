"""Clause filtering: which events a query asks for, and which a caller is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import combinations, islice, pairwise
from typing import NamedTuple

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import choose_other_org, create_owned, introduce_caller
from conformance.recipes.people import find_narrowed
from conformance.recipes.reading import parse_time
from conformance.resources.events import statistics
from conformance.resources.events.declaration import LIST, STATISTICS
from conformance.resources.events.log import (
    FEW,
    MANY,
    Event,
    Query,
    ask_user,
    build_query,
    find_auditor,
    find_granule,
    get_column,
    list_events,
    list_ids,
    list_near,
    read,
    sees_all,
    write,
)
from conformance.resources.events.source import (
    Source,
    Window,
    ask_past,
    ask_recent,
    find_source,
    happen,
    list_columns,
    list_counting,
    list_filtered,
    takes,
)
from conformance.resources.workspaces import WORKSPACE
from conformance.results.difference import from_list
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

PAIRS = 4
"""Pairs of filters that are tried together."""
ZONES = ((timedelta(0), timedelta(0)), (timedelta(hours=5, minutes=30), timedelta(hours=-8)))
"""The offsets from UTC of the clocks by which the two ends of a window are told."""
EACH_LIST = over("operation", lambda scope: list_filtered(scope.operations))
FILTERED = ("event_type", "user_id", "category", "actor", "workspace_id", "decision", "task_id")


class Filter(NamedTuple):
    """A filter, as it is sent, and whether it keeps an event."""

    text: str
    keeps: Callable[[Event], bool]


def _list_filters(window: Window, name: str) -> Iterator[Filter]:
    """Yield filters on a column: of one value, of two, of one that no event has, and whether there is any.

    The value that no event has holds an operator: the first one of a filter splits it.
    """
    found = sorted({get_column(each, name) for each in window.events} - {""})
    values = [each for each in found if "," not in each]
    some_of = (values[:1], values[:2], values[1:3], [*values[:1], "of!=no-event"]) if values else ()
    for some in filter(None, some_of):
        chosen = frozenset(some)
        yield Filter(f"{name}={','.join(some)}", lambda event, chosen=chosen: get_column(event, name) in chosen)  # type: ignore[misc]
        yield Filter(f"{name}!={','.join(some)}", lambda event, chosen=chosen: get_column(event, name) not in chosen)  # type: ignore[misc]
    yield Filter(f"{name}!=", lambda event: bool(get_column(event, name)))


def _compare_filtered(window: Window, *filters: Filter) -> tuple[Exchange, set[str], set[str]]:
    """Return the answer to a query of filters, the events of a window that it keeps, and those that it should."""
    page = window.read(*(("filter", each.text) for each in filters), ("limit", str(MANY)))
    right = list_ids(each for each in window.events if all(one.keeps(each) for one in filters))
    return page, {*list_ids(list_events(page))}, {*right}


def _check_kept(window: Window, *filters: Filter) -> None:
    """Check what a query of filters keeps of a window."""
    page, got, right = _compare_filtered(window, *filters)
    differing = [each for each in window.events if each.get("id") in got ^ right]
    names = {each.text.partition("=")[0].rstrip("!") for each in filters}
    # That the parameter is named so is assumed, and what a list of others does with those that lack the column.
    ignored = got == {*list_ids(window.events)}
    absent = all(any(not get_column(each, name) for name in names) for each in differing)
    provenance = Provenance.ASSUMED if ignored or absent else Provenance.REFERENCE
    said = (
        f"the events for which {' and '.join(each.text for each in filters)} holds",
        "others" if got - right else "not all of them",
    )
    window.source.harness.check(got == right, page, *said, provenance, evidence=from_list(*said))


@rule("AUDIT-FILTER")
@EACH_LIST
@over("name", lambda _: FILTERED)
def test_a_filter_keeps_what_it_says(harness: Harness, operation: Operation, name: str) -> None:
    """A window that is past is asked for with filters on a column: its values, others, and whether it is there."""
    window = ask_past(find_source(harness, operation))
    for each in _list_filters(window, name):
        _check_kept(window, each)


@rule("AUDIT-FILTER")
@EACH_LIST
def test_every_column_is_filtered_by(harness: Harness, operation: Operation) -> None:
    """A window that is past is asked for with a filter on each column, all of which keep everything; one was served."""
    window, names = ask_past(find_source(harness, operation)), list_columns(operation)
    if not names:
        raise NotProvoked(f"the contract does not say by which columns {operation} filters")
    first, *columns = (("filter", f"{name}!=of-no-event") for name in names)
    window.read(first)
    request = window.source.request((*window.query, first, *columns, ("limit", str(MANY))))
    page = harness.send(window.caller, request)
    got = {*list_ids(list_events(page))} if page.has_succeeded else None
    said = "every event of the window", str(page) if got is None else "not all of them"
    harness.check(got == {*list_ids(window.events)}, page, *said, Provenance.ASSUMED, evidence=from_list(*said))


@rule("AUDIT-FILTER-AND")
@EACH_LIST
def test_several_filters_must_all_hold(harness: Harness, operation: Operation) -> None:
    """Two filters are sent together, each of which is right alone and keeps events that the other does not."""
    window = ask_past(find_source(harness, operation))
    pairs = combinations([each for name in FILTERED for each in _list_filters(window, name)], 2)
    found = list(islice((pair for pair in pairs if _differs(window, *pair)), PAIRS))
    alone = [_compare_filtered(window, each) for pair in found for each in pair]
    if not found or any(got != right for _, got, right in alone):
        raise NotProvoked("no two filters that are right alone keep different events of the log")
    for pair in found:
        _check_kept(window, *pair)


def _differs(window: Window, one: Filter, other: Filter) -> bool:
    """Return whether each of two filters keeps events that the other does not, and both together some."""
    kept = [(one.keeps(each), other.keeps(each)) for each in window.events]
    return {(True, True), (True, False), (False, True)} <= {*kept}


def _check_window(source: Source, start: str, end: str, right: Iterable[Event], among: Iterable[Event]) -> None:
    """Check which events a window has; of those `among` them that lie too near to its bounds it may have any."""
    page = source.read(("from", start), ("to", end), ("limit", str(MANY)))
    aside = list_near(among, start, end)
    got, expected = {*list_ids(list_events(page))} - aside, {*list_ids(right)} - aside
    said = (f"the events from {start} to {end}", "others too" if got - expected else "not all of them")
    source.harness.check(got == expected, page, *said, evidence=from_list(*said))


@rule("AUDIT-WINDOW")
@EACH_LIST
def test_from_and_to_keep_what_is_between_them(harness: Harness, operation: Operation) -> None:
    """Both are at moments at which nothing happened, by the clocks of several zones; then they are crossed."""
    source = find_source(harness, operation)
    found = ask_recent(source, 4)
    times = sorted({parse_time(each.get("timestamp")) for each in found})
    # What is shown of a time may be less than is known of it.
    step = max(find_granule(found), timedelta(milliseconds=1))
    usable = [one + step for one, other in pairwise(times) if one + step < other]
    if len(usable) < 3:
        raise NotProvoked("the events of the log lie too close together")
    start, end = usable[len(found) == FEW], usable[-1]
    inside = [each for each in found if start <= parse_time(each.get("timestamp")) < end]
    for ahead, behind in ZONES:
        _check_window(source, _spell_moment(start, ahead), _spell_moment(end, behind), inside, found)
    _check_window(source, end.isoformat(), start.isoformat(), (), found)


def _spell_moment(moment: datetime, zone: timedelta) -> str:
    """Return a moment by the clock of a zone, with no more digits of a second than it needs."""
    text = moment.astimezone(timezone(zone)).isoformat(timespec="microseconds")
    whole, fraction, offset = text[:19], text[19:26].rstrip("0"), text[26:]
    return whole + fraction.rstrip(".") + offset


@rule("AUDIT-WINDOW-BOUNDS")
@EACH_LIST
def test_from_is_in_the_window_and_to_is_not(harness: Harness, operation: Operation) -> None:
    """Both are the very moments of events."""
    source = find_source(harness, operation)
    found = ask_recent(source, 4)
    times = sorted({parse_time(each.get("timestamp")): str(each.get("timestamp")) for each in found}.items())
    (first, start), (last, end) = times[1], times[-1]
    inside = [each for each in found if first <= parse_time(each.get("timestamp")) < last]
    _check_window(source, start, end, inside, found)


def _list_narrowed(scope: Scope) -> list[Caller]:
    """Return the callers who may see their own events alone."""
    operation = scope.contract.operations.get(LIST)
    if operation is None:
        return []
    held = [each for each in scope.callers if operation.permissions.are_held_by(each.held)]
    return [each for each in held if not sees_all(operation, each)][:2]


@rule("OWNERSHIP-AUDIT-OWN")
@over("caller", _list_narrowed)
def test_who_may_see_the_own_events_sees_no_others(harness: Harness, caller: Caller) -> None:
    """Somebody else of the org writes an event; then the caller reads the log."""
    user, colleague = ask_user(harness, caller), find_auditor(harness, caller.org)
    write(harness, caller.org)
    page = read(harness, caller, ("limit", str(MANY)))
    strange = [each for each in list_events(page) if each.get("user_id") != user or user == "system"]
    said = ("the caller's own events", f"one of {get_column(strange[0], 'user_id') if strange else ''}")
    harness.check(not strange, page, *said, evidence=from_list(*said), effect=DataEffect.LEAKED)
    window = ask_past(Source(harness, harness.contract.operations[LIST], colleague))
    own = [each for each in window.events if each.get("user_id") == user]
    got = {*list_ids(list_events(read(harness, caller, *window.query, ("limit", str(MANY)))))}
    said = ("every event of the caller's own", "not all of them")
    harness.check({*list_ids(own)} <= got, page, *said, evidence=from_list(*said))


@rule("OWNERSHIP-AUDIT-OWN")
@over("caller", _list_narrowed)
def test_who_may_see_the_own_events_counts_no_others(harness: Harness, caller: Caller) -> None:
    """Somebody else of the org writes an event; then the caller has the events counted by their users."""
    user = ask_user(harness, caller)
    write(harness, caller.org)
    answer = harness.hold(caller, build_query(harness, (("group_by", "user_id"),), STATISTICS))
    strange = [
        each for (each,) in statistics.group_values(statistics.list_buckets(answer), ["user_id"]) if each != user
    ]
    said = ("the caller's own events", f"some of {', '.join(strange)}")
    harness.check(not strange, answer, *said, evidence=from_list(*said), effect=DataEffect.LEAKED)


@rule("OWNERSHIP-CURSOR")
def test_a_cursor_shows_nobody_more(harness: Harness) -> None:
    """A cursor that one org was given is used by callers of another, and by one who sees the own events alone."""
    caller = find_auditor(harness)
    ask_recent(Source(harness, harness.contract.operations[LIST], caller), 6)
    first = read(harness, caller, ("limit", "2"))
    if "cursor" not in first.json:
        raise NotProvoked("the log has no second page")
    operation = harness.contract.operations[LIST]
    others = [*harness.callers(choose_other_org(harness, caller))[:2]]
    others += [each for each in harness.callers(caller.org) if not sees_all(operation, each)]
    for other in (each for each in others if harness.is_permitted(each, operation)):
        user = None if sees_all(operation, other) else ask_user(harness, other)
        answer = harness.send(other, build_query(harness, (("limit", "2"), ("cursor", first.json["cursor"]))))
        shown = list_events(answer) if answer.has_succeeded else []
        strange = [e for e in shown if e.get("org_id") != other.org or (user and e.get("user_id") != user)]
        said = ("a refusal, or events that the caller may see", "others")
        harness.check(not strange, answer, *said, evidence=from_list(*said), effect=DataEffect.LEAKED)


def _list_operations_below(scope: Scope) -> list[Operation]:
    """Return the operations that list or count the events of a workspace."""
    found = [*list_filtered(scope.operations), *list_counting(scope.operations)]
    return [each for each in found if each.names_object]


@rule("AUDIT-WORKSPACE")
@over("operation", _list_operations_below)
def test_a_workspace_has_its_own_events_of_both_categories(harness: Harness, operation: Operation) -> None:
    """A window of the org that is past has events of a workspace, of both categories, and others."""
    source = find_source(harness, operation)
    window = ask_past(replace(source, operation=harness.contract.operations[LIST], workspace=None), 3, MANY)
    place = source.workspace.id if source.workspace else ""
    right = [each for each in window.events if get_column(each, "workspace_id") == place]
    if len({get_column(each, "category") for each in right}) < 2 or len(right) == len(window.events):
        raise NotProvoked(f"the log of {source.caller.org} has no events of both categories of a workspace, and others")
    _check_events(source, window.query, right, others=False)


@rule("OWNERSHIP-AUDIT-WORKSPACE")
@over("operation", _list_operations_below)
def test_the_log_of_a_workspace_is_whole(harness: Harness, operation: Operation) -> None:
    """A caller who sees the own workspaces and events alone asks for one in which others have acted too."""
    caller = find_narrowed(harness, operation)
    fact = create_owned(harness, WORKSPACE, caller.org, caller=introduce_caller(harness, caller))
    happen(harness, fact)
    seer, person = find_auditor(harness, caller.org), harness.knowledge.find_person(caller)
    found = list_events(read(harness, seer, ("limit", str(MANY))))
    right = [each for each in found if get_column(each, "workspace_id") == fact.id]
    if all(get_column(each, "user_id") == person for each in right):
        raise NotProvoked("nobody but its creator has acted in the workspace")
    _check_events(Source(harness, operation, caller, fact), (), right, others=True)


def _check_events(source: Source, query: Query, right: list[Event], *, others: bool) -> None:
    """Check that a list has these events, or statistics their number; `others`: there may be more by now."""
    if takes(source.operation, "metric"):
        answer = source.read(*query)
        got = sum(map(statistics.get_value, statistics.list_buckets(answer)))
        holds, found = got >= len(right) if others else got == len(right), f"{got:g}"
    else:
        answer = source.read(*query, ("limit", str(MANY)))
        listed, expected = {*list_ids(list_events(answer))}, {*list_ids(right)}
        holds = expected <= listed if others else expected == listed
        found = "others too" if listed - expected else "not all of them"
    said = f"the {len(right)} events of the workspace", found
    source.harness.check(holds, answer, *said, evidence=from_list(*said))
