"""Clause paging: the order and the pages of the log, and their cursors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conformance.contract.contract import Operation, Provenance
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import parse_time
from conformance.resources.events.declaration import NO_CURSOR
from conformance.resources.events.log import MANY, Query, get_column, list_events, list_ids
from conformance.resources.events.source import (
    Source,
    Window,
    ask_past,
    ask_recent,
    find_source,
    list_event_lists,
    make_own_source,
)
from conformance.results.difference import from_field, from_list
from conformance.running.binding import in_full, over, rule
from conformance.session.harness import Harness

DEFAULT_LIMIT = 100
FEWEST = 3
"""The events, at the least, of a query that is asked for in two pages."""
EACH_LIST = over("operation", lambda scope: list_event_lists(scope.operations))


@rule("AUDIT-ORDER")
@EACH_LIST
@over("order", lambda _: ("desc", "asc", ""))
def test_events_come_in_order(harness: Harness, operation: Operation, order: str) -> None:
    """The list is asked for newest first, oldest first, and without an order."""
    source = find_source(harness, operation)
    ask_recent(source)
    page = source.read(*([("order", order)] if order else []))
    times = [parse_time(each.get("timestamp")) for each in list_events(page)]
    right = sorted(times, reverse=order != "asc")
    said = ("the oldest first" if order == "asc" else "the newest first", "another order")
    harness.check(times == right, page, *said, evidence=from_list(*said))


@rule("AUDIT-LIMIT")
@in_full
@EACH_LIST
@over("limit", lambda _: (1, 2, 5, None))
def test_a_page_holds_no_more_than_its_limit(harness: Harness, operation: Operation, limit: int | None) -> None:
    """Pages of several limits, and one without, of a log that has more."""
    source = find_source(harness, operation)
    ask_recent(source, 5)
    page = source.read(*([("limit", str(limit))] if limit else []))
    most, got = limit or DEFAULT_LIMIT, len(list_events(page))
    if limit is None and got < most:
        raise NotProvoked(f"{source} has no more than {DEFAULT_LIMIT} events")
    said = (f"{most} events at most", f"{got}")
    harness.check(got <= most, page, *said, evidence=from_list(*said))


@rule("AUDIT-WALK")
@in_full
@EACH_LIST
@over("order, limit", lambda _: (("desc", 1), ("asc", 3), ("desc", 7)))
def test_a_walk_comes_by_every_event_once(harness: Harness, operation: Operation, order: str, limit: int) -> None:
    """The pages of a window that is past are read one after the other."""
    window = ask_past(find_source(harness, operation), 5)
    right = list_ids(window.events if order == "asc" else reversed(window.events))[: 4 * limit + 1]
    query = (*window.query, ("order", order), ("limit", str(limit)))
    walked = list[str]()
    for page in window.source.walk(window.source.read(*query), *query):
        walked += list_ids(list_events(page))
        if len(walked) >= len(right):
            break
    got = walked[: len(right)]
    said = ("every event of the window once", "one is missing" if {*right} - {*got} else "one comes twice or elsewhere")
    effect = DataEffect.LOST if {*right} - {*got} else None
    same = got == right or (sorted(got) == sorted(right) and _list_moments(window, got) == _list_moments(window, right))
    if not same and not window.query and ask_past(window.source, 5).events != window.events:
        raise NotProvoked("somebody else wrote an event meanwhile")
    harness.check(same, page, *said, evidence=from_list(*said), effect=effect)


def _list_moments(window: Window, found: Iterable[str]) -> list[str]:
    """Return the times of events of a window, whose order is free where they are equal."""
    times = {str(each.get("id")): str(each.get("timestamp")) for each in window.events}
    return [times[each] for each in found]


@rule("AUDIT-CURSOR-ABSENT")
@EACH_LIST
def test_a_page_that_is_not_full_is_the_last(harness: Harness, operation: Operation) -> None:
    """A page whose limit is larger than what there is has no cursor, and one that more follow has one."""
    window = ask_past(find_source(harness, operation), 4)
    page = window.read(("limit", str(len(window.events) + 1)))
    if len(list_events(page)) > len(window.events):
        raise NotProvoked("somebody else wrote an event meanwhile")
    cursor = page.json.get("cursor")
    harness.check(not cursor, page, "no cursor", "one", evidence=from_field("cursor", None, cursor))
    page = window.read(("limit", str(len(window.events) - 1)))
    cursor = page.json.get("cursor")
    harness.check(bool(cursor), page, "a cursor", "none", evidence=from_field("cursor", "a cursor", cursor))


@rule("AUDIT-CURSOR-BAD")
@EACH_LIST
@over("cursor", lambda _: (NO_CURSOR, "%", "not a cursor at all", "☃"))
def test_what_is_no_cursor_is_refused(harness: Harness, operation: Operation, cursor: str) -> None:
    """A text is sent as a cursor that no page ever had."""
    source = find_source(harness, operation)
    ask_recent(source)
    answer = harness.send(source.caller, source.request((("cursor", cursor),)))
    harness.demand(answer, {Answer(400, "invalid_cursor", "AUDIT-CURSOR-BAD", Provenance.REFERENCE)})


def _narrow(source: Source) -> Query:
    """Return a query for events of one type, of which there are several, the oldest first."""
    types = Counter(get_column(each, "event_type") for each in ask_recent(source, 6, MANY))
    event_type, times = max(types.items(), key=lambda each: (each[1], each[0]))
    if times < FEWEST:
        raise NotProvoked(f"{source} has no {FEWEST} events of one type")
    narrowing = ("filter", f"event_type={event_type}") if source.has_windows else ("event_type", event_type)
    return narrowing, ("order", "asc")


@rule("AUDIT-WALK")
@EACH_LIST
def test_the_rest_of_a_narrow_query_comes_by_its_cursor(harness: Harness, operation: Operation) -> None:
    """The whole query is sent beside the cursor, then nothing, which may be refused: what a cursor keeps is free."""
    source = find_source(harness, operation)
    query, rest = _narrow(source), ("limit", str(FEWEST - 1))
    whole = list_ids(list_events(source.read(*query, ("limit", str(FEWEST)))))
    first = source.read(*query, ("limit", "1"))
    page = source.read(*query, rest, ("cursor", str(first.json.get("cursor"))))
    said = ("the events after that of the first page", "others")
    both = [*list_ids(list_events(first)), *list_ids(list_events(page))]
    harness.check(both == whole, page, *said, evidence=from_list(*said))
    harness.judge(source.caller, source.request((("cursor", str(first.json.get("cursor"))),)))


@rule("AUDIT-CURSOR-BAD")
@EACH_LIST
def test_an_empty_cursor_is_none_or_refused(harness: Harness, operation: Operation) -> None:
    """An empty text is sent as a cursor, which may be as if there were none."""
    source = find_source(harness, operation)
    ask_recent(source)
    harness.judge(source.caller, source.request((("limit", "1"), ("cursor", ""))))


@rule("AUDIT-CURSOR-STEADY")
@EACH_LIST
def test_new_events_do_not_move_a_walk(harness: Harness, operation: Operation) -> None:
    """An event is written between the first page and the second."""
    source = make_own_source(harness, operation, 8)
    ask_recent(source, 6)
    before = list_ids(list_events(source.read(("limit", "6"))))
    first = source.read(("limit", "3"))
    if list_ids(list_events(first)) != before[:3] or "cursor" not in first.json:
        raise NotProvoked("somebody else wrote an event meanwhile")
    pages = source.walk(first, ("limit", "3"))
    next(pages)
    source.write()
    second = next(pages)
    said = ("the events after those of the first page", "others")
    harness.check(list_ids(list_events(second)) == before[3:], second, *said, evidence=from_list(*said))
