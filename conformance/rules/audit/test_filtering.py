"""Clause filtering: which events a query asks for, and which a caller is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import combinations, islice, pairwise
from typing import NamedTuple

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.effect import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import other_org
from conformance.recipes.reading import instant
from conformance.resources.events import statistics
from conformance.resources.events.log import (
    FEW,
    MANY,
    Event,
    Window,
    asking,
    auditor,
    column,
    events,
    ids,
    past,
    read,
    recent,
    sees_all,
    user_of,
    write,
)
from conformance.resources.events.registered import LIST
from conformance.results.difference import of_list
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

PAIRS = 4
"""Pairs of filters that are tried together."""
FILTERED = ("event_type", "user_id", "category", "actor", "workspace_id", "decision", "task_id")


class Filter(NamedTuple):
    """A filter, as it is sent, and whether it keeps an event."""

    text: str
    keeps: Callable[[Event], bool]


def _filters(window: Window, name: str) -> Iterator[Filter]:
    """Filters on a column: of one value, of two, of one that no event has, and whether there is any."""
    found = sorted({column(each, name) for each in window.events} - {""})
    values = [each for each in found if "," not in each]
    for some in (values[:1], values[:2], values[1:3], [*values[:1], "of-no-event"]) if values else ():
        chosen = frozenset(some)
        yield Filter(f"{name}={','.join(some)}", lambda event, chosen=chosen: column(event, name) in chosen)  # type: ignore[misc]
        yield Filter(f"{name}!={','.join(some)}", lambda event, chosen=chosen: column(event, name) not in chosen)  # type: ignore[misc]
    yield Filter(f"{name}!=", lambda event: bool(column(event, name)))


def _kept(harness: Harness, window: Window, *filters: Filter) -> tuple[Exchange, set[str], set[str]]:
    """The answer to a query of filters, the events of a window that it keeps, and those that it should."""
    query = (*window.query, *(("filter", each.text) for each in filters), ("limit", str(MANY)))
    page = read(harness, window.caller, *query)
    right = ids(each for each in window.events if all(one.keeps(each) for one in filters))
    return page, {*ids(events(page))}, {*right}


def _check_kept(harness: Harness, window: Window, *filters: Filter) -> None:
    """Check what a query of filters keeps of a window."""
    page, got, right = _kept(harness, window, *filters)
    differing = [each for each in window.events if each.get("id") in got ^ right]
    names = {each.text.partition("=")[0].rstrip("!") for each in filters}
    # That the parameter is named so is assumed, and what a list of others does with those that lack the column.
    ignored = got == {*ids(window.events)}
    absent = all(any(not column(each, name) for name in names) for each in differing)
    provenance = Provenance.ASSUMED if ignored or absent else Provenance.REFERENCE
    said = (
        f"the events for which {' and '.join(each.text for each in filters)} holds",
        "others" if got - right else "not all of them",
    )
    harness.check(got == right, page, *said, provenance, evidence=of_list(*said))


@rule("AUDIT-FILTER")
@over("name", lambda _: FILTERED)
def test_a_filter_keeps_what_it_says(harness: Harness, name: str) -> None:
    """A window that is past is asked for with filters on a column: its values, others, and whether it is there."""
    window = past(harness, auditor(harness))
    for each in _filters(window, name):
        _check_kept(harness, window, each)


@rule("AUDIT-FILTER-AND")
def test_several_filters_must_all_hold(harness: Harness) -> None:
    """Two filters are sent together, each of which is right alone and keeps events that the other does not."""
    window = past(harness, auditor(harness))
    pairs = combinations([each for name in FILTERED for each in _filters(window, name)], 2)
    found = list(islice((pair for pair in pairs if _differ(window, *pair)), PAIRS))
    alone = [_kept(harness, window, each) for pair in found for each in pair]
    if not found or any(got != right for _, got, right in alone):
        raise NotProvoked("no two filters that are right alone keep different events of the log")
    for pair in found:
        _check_kept(harness, window, *pair)


def _differ(window: Window, one: Filter, other: Filter) -> bool:
    """Whether each of two filters keeps events that the other does not, and both together some."""
    kept = [(one.keeps(each), other.keeps(each)) for each in window.events]
    return {(True, True), (True, False), (False, True)} <= {*kept}


def _check_window(harness: Harness, caller: Caller, start: str, end: str, right: Iterable[Event]) -> None:
    page = read(harness, caller, ("from", start), ("to", end), ("limit", str(MANY)))
    got, expected = {*ids(events(page))}, {*ids(right)}
    said = (f"the events from {start} to {end}", "others too" if got - expected else "not all of them")
    harness.check(got == expected, page, *said, evidence=of_list(*said))


@rule("AUDIT-WINDOW")
def test_from_and_to_keep_what_is_between_them(harness: Harness) -> None:
    """Both are at moments at which nothing happened; then they are crossed."""
    caller = auditor(harness)
    found = recent(harness, caller, 4)
    times = sorted({instant(each.get("timestamp")) for each in found})
    # What is shown of a time may be less than is known of it.
    step = timedelta(seconds=1) if not any(each.microsecond for each in times) else timedelta(milliseconds=1)
    usable = [(one + step).isoformat() for one, other in pairwise(times) if one + step < other]
    if len(usable) < 3:
        raise NotProvoked("the events of the log lie too close together")
    start, end = usable[len(found) == FEW], usable[-1]
    inside = [each for each in found if instant(start) <= instant(each.get("timestamp")) < instant(end)]
    _check_window(harness, caller, start, end, inside)
    _check_window(harness, caller, end, start, ())


@rule("AUDIT-WINDOW-BOUNDS")
def test_from_is_in_the_window_and_to_is_not(harness: Harness) -> None:
    """Both are the very moments of events."""
    caller = auditor(harness)
    found = recent(harness, caller, 4)
    times = sorted({instant(each.get("timestamp")): str(each.get("timestamp")) for each in found}.items())
    (first, start), (last, end) = times[1], times[-1]
    inside = [each for each in found if first <= instant(each.get("timestamp")) < last]
    _check_window(harness, caller, start, end, inside)


def _narrowed(scope: Scope) -> list[Caller]:
    """The callers who may see their own events alone."""
    operation = scope.contract.operations.get(LIST)
    if operation is None:
        return []
    held = [each for each in scope.callers if operation.permissions.held_by(each.held)]
    return [each for each in held if not sees_all(operation, each)][:2]


@rule("OWNERSHIP-AUDIT-OWN")
@over("caller", _narrowed)
def test_who_may_see_the_own_events_sees_no_others(harness: Harness, caller: Caller) -> None:
    """Somebody else of the org writes an event; then the caller reads the log."""
    user, colleague = user_of(harness, caller), auditor(harness, caller.org)
    write(harness, caller.org)
    page = read(harness, caller, ("limit", str(MANY)))
    strange = [each for each in events(page) if each.get("user_id") != user or user == "system"]
    said = ("the caller's own events", f"one of {column(strange[0], 'user_id') if strange else ''}")
    harness.check(not strange, page, *said, evidence=of_list(*said), effect=DataEffect.LEAKED)
    window = past(harness, colleague)
    own = [each for each in window.events if each.get("user_id") == user]
    got = {*ids(events(read(harness, caller, *window.query, ("limit", str(MANY)))))}
    said = ("every event of the caller's own", "not all of them")
    harness.check({*ids(own)} <= got, page, *said, evidence=of_list(*said))


@rule("OWNERSHIP-AUDIT-OWN")
@over("caller", _narrowed)
def test_who_may_see_the_own_events_counts_no_others(harness: Harness, caller: Caller) -> None:
    """Somebody else of the org writes an event; then the caller has the events counted by their users."""
    user = user_of(harness, caller)
    write(harness, caller.org)
    answer = statistics.read(harness, caller, (("group_by", "user_id"),))
    strange = [each for (each,) in statistics.by_group(statistics.buckets(answer), ["user_id"]) if each != user]
    said = ("the caller's own events", f"some of {', '.join(strange)}")
    harness.check(not strange, answer, *said, evidence=of_list(*said), effect=DataEffect.LEAKED)


@rule("OWNERSHIP-CURSOR")
def test_a_cursor_shows_nobody_more(harness: Harness) -> None:
    """A cursor that one org was given is used by callers of another, and by one who sees the own events alone."""
    caller = auditor(harness)
    recent(harness, caller, 6)
    first = read(harness, caller, ("limit", "2"))
    if "cursor" not in first.json:
        raise NotProvoked("the log has no second page")
    operation = harness.contract.operations[LIST]
    others = [*harness.callers(other_org(harness, caller))[:2]]
    others += [each for each in harness.callers(caller.org) if not sees_all(operation, each)]
    for other in (each for each in others if harness.may(each, operation)):
        user = None if sees_all(operation, other) else user_of(harness, other)
        answer = harness.send(other, asking(harness, (("limit", "2"), ("cursor", first.json["cursor"]))))
        shown = events(answer) if answer.succeeded else []
        strange = [e for e in shown if e.get("org_id") != other.org or (user and e.get("user_id") != user)]
        said = ("a refusal, or events that the caller may see", "others")
        harness.check(not strange, answer, *said, evidence=of_list(*said), effect=DataEffect.LEAKED)
