"""Clause statistics: events counted, summed and averaged, held against the events that the list has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import isclose
from typing import Any

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import parse_time
from conformance.resources.events.log import MANY, Query, get_column
from conformance.resources.events.source import find_source, list_columns, list_counting
from conformance.resources.events.statistics import (
    AUTO,
    CountedWindow,
    Division,
    ask_measured,
    ask_window,
    count_events,
    find_start,
    get_number,
    get_value,
    group,
    group_values,
    list_buckets,
    list_counters,
    list_steps,
    require_right_count,
)
from conformance.results.difference import from_list
from conformance.rules.checks import check_named
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

GROUPS = (
    ("event_type",),
    ("user_id",),
    ("decision",),
    ("event_type", "user_id"),
    ("category", "actor", "event_type"),
)
MOST = 3
"""The columns at the most by which events are grouped."""
LONG_AGO = ("from", "2001-01-01T00:00:00Z")
"""A moment since which more steps have passed, of whichever length, than one answer is to have."""
FINEST = "5m"
"""The shortest step of time, at whose starts all others begin."""
EACH_COUNT = over("operation", lambda scope: list_counting(scope.operations))
INVALID: Sequence[Query] = (
    (("group_by", ""),),
    (("group_by", "no_column"),),
    (("group_by", "event_type,user_id,decision,method"),),
    (("metric", "largest:latency_ms"),),
    (("metric", "sum:event_type"),),
    (("metric", ""),),
    (("time_bucket", "7m"),),
    (("time_bucket", ""),),
    (("top", "0:event_type"), ("group_by", "event_type")),
    (("top", ""), ("group_by", "event_type")),
    (("bucket_by", "latency_ms:"),),
    (("bucket_by", ""),),
    (("bucket_by", "event_type:1,2"),),
)
"""Queries of which a parameter does not fit its schema."""
MEANINGLESS: Sequence[Query] = (
    (("group_by", "event_type,event_type"),),
    (("bucket_by", "latency_ms:2,1"),),
    (("bucket_by", "latency_ms:2,2"),),
    (("bucket_by", "latency_ms:1,2"), ("time_bucket", "1h")),
    (("top", "1:user_id"), ("group_by", "event_type")),
)
"""Queries that fit the schema, whose parts do not go together: how they are read is assumed."""


def _check(harness: Harness, answer: Exchange, got: object, right: object, said: str, **more: Any) -> None:
    evidence = from_list(said, repr(got)[:200])
    harness.check(got == right, answer, said, "other numbers", evidence=evidence, **more)


@rule("STATS-COUNT")
@EACH_COUNT
def test_the_one_bucket_counts_all(harness: Harness, operation: Operation) -> None:
    """A window that is past is counted, with metric=count and without."""
    window = ask_window(harness, operation)
    for more in ((), (("metric", "count"),)):
        answer = window.read(*more)
        got = [get_value(each) for each in list_buckets(answer)]
        _check(harness, answer, got, [len(window.events)], f"one bucket of {len(window.events)}")


def _check_division(harness: Harness, window: CountedWindow, division: Division) -> None:
    """Check that statistics have each bucket of a division, with its value, and no others."""
    request = window.counting.request((*window.window.query, *division.query))
    answer = harness.judge(window.counting.caller, request)
    right, got = division.expect(window.events), division.read(answer)
    holds = got.keys() == right.keys() and all(isclose(got[each], right[each], rel_tol=1e-6) for each in right)
    said = f"the {division.metric} of the events by {dict(division.query)}"
    harness.check(holds, answer, said, "other numbers", evidence=from_list(said, repr(got)[:200]))


@rule("STATS-GROUP")
@EACH_COUNT
def test_each_group_has_its_count(harness: Harness, operation: Operation) -> None:
    """A window that is past is grouped by one, two and three columns, and by each that there is."""
    window = require_right_count(ask_window(harness, operation))
    others = sorted({*list_columns(operation)}.difference(*GROUPS))
    for columns in (*GROUPS, *(tuple(others[first : first + MOST]) for first in range(0, len(others), MOST))):
        _check_division(harness, window, Division(columns))


@rule("STATS-TIME")
@EACH_COUNT
def test_each_step_of_time_has_its_count(harness: Harness, operation: Operation) -> None:
    """A window that is past is divided into steps of each length, whose starts are told where it has one alone too."""
    window = require_right_count(ask_window(harness, operation, MANY))
    for step in list_steps(operation):
        _check_division(harness, window, Division(step=step))


@rule("STATS-TIME")
@EACH_COUNT
def test_the_target_finds_a_step_itself(harness: Harness, operation: Operation) -> None:
    """All since long ago, then a window that is past, is divided with time_bucket=auto, whichever step that is."""
    window = require_right_count(ask_window(harness, operation, MANY))
    _, end = window.window.query
    whole = harness.judge(window.counting.caller, window.counting.request((LONG_AGO, end, ("time_bucket", AUTO))))
    total = sum(map(get_value, list_buckets(whole)))
    said = f"{len(window.events)} events at least", f"{total:g}"
    harness.check(total >= len(window.events), whole, *said, evidence=from_list(*said))
    answer = window.read(("time_bucket", AUTO))
    got = {parse_time(each.get("bucket")): many for each in list_buckets(answer) if (many := get_value(each))}
    times = [parse_time(each.get("timestamp")) for each in window.events]
    starts = [max((start for start in got if start <= each), default=None) for each in times]
    _check(harness, answer, got, Counter(starts), "the counts of the events by steps of one length")
    aligned = all(start == find_start(start, FINEST) for start in got)
    harness.check(aligned, answer, "steps aligned to UTC", "others", evidence=from_list("aligned", str([*got][:3])))


@rule("STATS-BUCKET-BY")
@EACH_COUNT
def test_each_range_has_its_count(harness: Harness, operation: Operation) -> None:
    """A window that is past is divided at one bound of the latency and at two, and grouped."""
    window = ask_measured(harness, operation)
    found = sorted({each for event in window.events if (each := get_number(event, "latency_ms")) is not None})
    for bounds in ([found[1]], [found[0], found[-1]]):
        ranges = ("latency_ms", *(f"{each:g}" for each in bounds))
        for columns in ((), GROUPS[-1]):
            _check_division(harness, window, Division(columns, ranges=ranges))


@rule("STATS-METRIC")
@EACH_COUNT
@over("kind", lambda _: ("sum", "avg"))
def test_a_metric_is_that_of_the_events_that_have_the_number(harness: Harness, operation: Operation, kind: str) -> None:
    """The latency of a window that is past, and each of its counters, is summed and averaged."""
    window = ask_measured(harness, operation)
    for name in ("latency_ms", *list_counters(window)):
        numbers = [each for event in window.events if (each := get_number(event, name)) is not None]
        answer = window.read(("metric", f"{kind}:{name}"))
        got = [get_value(each) for each in list_buckets(answer)]
        right = sum(numbers) / (len(numbers) if kind == "avg" else 1)
        holds = len(got) == 1 and isclose(got[0], right, rel_tol=1e-6)
        # That an event without the number does not count is assumed.
        others = len(got) == 1 and isclose(got[0], sum(numbers) / len(window.events), rel_tol=1e-6)
        provenance = Provenance.ASSUMED if others else Provenance.REFERENCE
        said = (f"{kind} {right:g} of {name}", ", ".join(f"{each:g}" for each in got) or "no bucket")
        harness.check(holds, answer, *said, provenance, evidence=from_list(*said))


DIVISIONS = (
    Division(("workspace_id",)),
    Division(("event_type", "workspace_id")),
    Division(("workspace_id",), step="5m"),
    Division(("workspace_id",), ranges=("debits.output_tokens", "100.5", "300")),
)
METRICS = ("sum:latency_ms", "avg:debits.input_tokens")


@rule("STATS-METRIC")
@EACH_COUNT
def test_a_metric_is_that_of_each_bucket(harness: Harness, operation: Operation) -> None:
    """A window that is past is divided in several ways, by a sum and by a mean."""
    window = ask_measured(harness, operation)
    for division, metric in product(DIVISIONS, METRICS):
        _check_division(harness, window, replace(division, metric=metric))


@rule("STATS-TOP")
@EACH_COUNT
def test_top_keeps_the_values_of_the_highest_metric_of_all(harness: Harness, operation: Operation) -> None:
    """The values of a column that have the highest count, sum and mean are asked for, whatever divides the rest."""
    window = ask_measured(harness, operation)
    for division, (metric, count) in product(DIVISIONS, zip(("count", *METRICS), (3, 1, 2), strict=True)):
        _check_division(harness, window, replace(division, metric=metric, top=(count, "workspace_id")))


@rule("STATS-TOP")
@EACH_COUNT
@over("count", lambda _: (1, 2))
def test_top_keeps_the_values_of_the_highest_metric(harness: Harness, operation: Operation, count: int) -> None:
    """The most frequent types of events, and users, of a window that is past are asked for."""
    window = require_right_count(ask_window(harness, operation, MANY))
    judged = False
    for name in ("event_type", "user_id", "resource_id"):
        right = Counter(get_column(each, name) for each in window.events).most_common()
        if len(right) <= count or right[count - 1][1] == right[count][1]:
            continue
        whole = window.read(("group_by", name))
        if group_values(list_buckets(whole), [name]) != count_events(window, [name]):
            continue  # what is counted wrongly is no precondition
        judged = True
        answer = window.read(("group_by", name), ("top", f"{count}:{name}"))
        got = group_values(list_buckets(answer), [name])
        best = {(each,): times for each, times in right[:count]}
        _check(harness, answer, got, best, f"the {count} most frequent of {name}")
    if not judged:
        raise NotProvoked("no column has a value that is more frequent than the next")


@rule("STATS-FILTER")
@EACH_COUNT
def test_filters_and_windows_narrow_the_statistics(harness: Harness, operation: Operation) -> None:
    """Statistics are asked for with a filter, and of a part of the window."""
    window = ask_window(harness, operation)
    types = count_events(window, ["event_type"])
    if len(types) < 2:
        raise NotProvoked("the events of the log are all of one type")
    for (event_type,), count in types.items():
        answer = window.read(("filter", f"event_type={event_type}"))
        got = [get_value(each) for each in list_buckets(answer)]
        # That the parameter is named so is assumed.
        provenance = Provenance.ASSUMED if got == [len(window.events)] else Provenance.REFERENCE
        said = (f"{count} events {event_type}", ", ".join(f"{each:g}" for each in got) or "no bucket")
        harness.check(got == [count], answer, *said, provenance, evidence=from_list(*said))
    _check_part(harness, window)


def _check_part(harness: Harness, window: CountedWindow) -> None:
    start, middle = (
        parse_time(window.window.query[0][1]),
        parse_time(window.events[len(window.events) // 2].get("timestamp")),
    )
    right = sum(start <= parse_time(each.get("timestamp")) < middle for each in window.events)
    answer = window.counting.read(window.window.query[0], ("to", middle.isoformat()))
    got = [get_value(each) for each in list_buckets(answer)]
    _check(harness, answer, got, [right] if right else [], f"{right} events of the first half")


@rule("STATS-NO-EMPTY")
@EACH_COUNT
def test_buckets_are_not_empty_and_come_in_order(harness: Harness, operation: Operation) -> None:
    """A window that is past is divided into steps of time and by type."""
    window = ask_window(harness, operation, MANY)
    _check_order(harness, window, Division(("event_type",), step="1h"))


@rule("STATS-NO-EMPTY")
@EACH_COUNT
def test_ranges_come_from_the_lowest_to_the_highest(harness: Harness, operation: Operation) -> None:
    """A window that is past is divided at two bounds of the latency, and by workspace."""
    window = ask_measured(harness, operation)
    found = sorted({each for event in window.events if (each := get_number(event, "latency_ms")) is not None})
    ranges = ("latency_ms", *(f"{each:g}" for each in sorted({found[1], found[-1]})))
    _check_order(harness, window, Division(("workspace_id",), ranges=ranges))


def _check_order(harness: Harness, window: CountedWindow, division: Division) -> None:
    """Check that no bucket of a division is empty, and that they come by bucket and group."""
    answer = window.read(*division.query)
    found = list_buckets(answer)
    empty = [each for each in found if not get_value(each)]
    harness.check(not empty, answer, "no empty bucket", "one", evidence=from_list("no empty bucket", str(empty[:1])))
    keys = [(division.rank(each.get("bucket")), *group(each, division.columns)) for each in found]
    said = ("buckets by their bucket, then by their group, each once", "another order, or one twice")
    harness.check(keys == sorted({*keys}), answer, *said, evidence=from_list(*said))


@rule("STATS-INVALID")
@EACH_COUNT
def test_a_query_that_is_not_valid_is_refused(harness: Harness, operation: Operation) -> None:
    """One parameter after the other is wrong, or does not go with another; a right query was answered before."""
    source = find_source(harness, operation)
    source.read(("group_by", "event_type"))
    for provenance, queries in ((Provenance.REFERENCE, INVALID), (Provenance.ASSUMED, MEANINGLESS)):
        for query in queries:
            answer = harness.send(source.caller, source.request(query))
            refused = 400 <= answer.status < 500
            said = ("a refusal", str(answer))
            harness.check(refused, answer, *said, provenance, evidence=from_list(*said))
            check_named(harness, [name for name, _ in query], answer)
