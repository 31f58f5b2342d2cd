"""Statistics of a window of the log, and what they should say of its events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import get_field, parse_time
from conformance.resources.events.declaration import DECIDED
from conformance.resources.events.log import FEW, MANY, Event, Query, get_column
from conformance.resources.events.source import Source, Window, ask_past, find_list, find_source
from conformance.results.difference import from_list
from conformance.session.harness import Harness

UNITS: Mapping[str, timedelta] = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
"""The units of time in the names of steps."""
AUTO = "auto"
"""The step that a target finds itself."""
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
WHOLE = ""
"""The bucket of events that are not divided."""
Cell = tuple[object, ...]
"""A bucket, and the values of the columns of a group."""


@dataclass(frozen=True, slots=True)
class CountedWindow:
    """A window of events, and the operation that counts them."""

    window: Window
    counting: Source

    def read(self, *query: tuple[str, str]) -> Exchange:
        """Return the statistics of the window by these parameters; not provoked where they are refused."""
        return self.counting.read(*self.window.query, *query)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that are counted, oldest first."""
        return self.window.events


def ask_window(harness: Harness, operation: Operation, most: int = FEW) -> CountedWindow:
    """Return a window that is past, of what the operation counts."""
    counting = find_source(harness, operation)
    return CountedWindow(ask_past(counting.with_operation(find_list(harness.contract, operation)), 3, most), counting)


def require_right_count(window: CountedWindow) -> CountedWindow:
    """Return the window.

    Not provoked where its events are not counted rightly as a whole, so that no part of them can be.
    """
    found = [get_value(each) for each in list_buckets(window.read())]
    if found != [len(window.events)]:
        raise NotProvoked("its precondition does not hold: the events of a window are not counted as the list has them")
    return window


def list_buckets(exchange: Exchange) -> list[JsonObject]:
    """Return the buckets of an answer."""
    return list_objects(exchange.json)


def get_value(bucket: JsonObject) -> float:
    """Return the number of a bucket; not provoked where it is none, which is the schema's to say."""
    found = bucket.get("value")
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise NotProvoked("a bucket has no number")
    return found


def group(bucket: JsonObject, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the values of the columns, an empty text where there is none."""
    return tuple(get_column(get_field(bucket, "group") or {}, name) for name in columns)


def group_values(found: Iterable[JsonObject], columns: Sequence[str]) -> Mapping[tuple[str, ...], float]:
    """Return the values of buckets by their groups."""
    return {group(each, columns): get_value(each) for each in found}


def count_events(window: CountedWindow, columns: Sequence[str]) -> Mapping[tuple[str, ...], int]:
    """Return the events of a window by the values of columns."""
    return Counter(tuple(get_column(each, name) for name in columns) for each in window.events)


def get_number(event: Event, name: str) -> float | None:
    """Return a number of an event, or of its counters; None where it has none."""
    holder: Any = event
    for step in name.split("."):
        holder = get_field(holder, step)
    return holder if isinstance(holder, int | float) and not isinstance(holder, bool) else None


@dataclass(frozen=True, slots=True)
class Division:
    """A query that divides the events of a window, and what the contract says of its answer."""

    columns: tuple[str, ...] = ()
    metric: str = "count"
    step: str = ""
    """The length of a step of time, such as 5m."""
    ranges: tuple[str, ...] = ()
    """A number of events, and the bounds at which it is split."""
    top: tuple[int, str] | None = None

    @property
    def query(self) -> Query:
        """Return the parameters that ask for it."""
        named = {
            "group_by": ",".join(self.columns),
            "metric": self.metric,
            "time_bucket": self.step,
            "bucket_by": ":".join((*self.ranges[:1], ",".join(self.ranges[1:]))) if self.ranges else "",
            "top": f"{self.top[0]}:{self.top[1]}" if self.top else "",
        }
        return [(name, text) for name, text in named.items() if text]

    def expect(self, found: Sequence[Event]) -> Mapping[Cell, float]:
        """Return the value of each bucket of these events."""
        places = [(event, place) for event in found if (place := self._place(event)) is not None]
        kept = self._find_top([event for event, _ in places])
        cells = defaultdict[Cell, list[Event]](list)
        for event, place in places:
            if self.top is None or get_column(event, self.top[1]) in kept:
                cells[(place, *(get_column(event, name) for name in self.columns))].append(event)
        values = {cell: self._measure(each) for cell, each in cells.items()}
        return {cell: each for cell, each in values.items() if each is not None}

    def read(self, exchange: Exchange) -> Mapping[Cell, float]:
        """Return the value of each bucket of an answer; one that counts nothing is another rule's."""
        return {
            (
                parse_time(each.get("bucket")) if self.step else each.get("bucket", WHOLE),
                *group(each, self.columns),
            ): number
            for each in list_buckets(exchange)
            if (number := get_value(each)) or self.metric != "count"
        }

    def rank(self, bucket: object) -> Any:
        """Return what tells the place of a bucket among the others."""
        names = self._list_ranges()
        return names.index(bucket) if bucket in names else parse_time(bucket) if self.step else len(names)

    def _list_ranges(self) -> list[str]:
        """Return the names of the ranges of a number, from the lowest to the highest."""
        bounds = self.ranges[1:]
        return [f"<{bounds[0]}", *map("-".join, pairwise(bounds)), f">={bounds[-1]}"] if bounds else []

    def _place(self, event: Event) -> object | None:
        """Return the bucket of an event; None where it does not count."""
        if self.step:
            return find_start(parse_time(event.get("timestamp")), self.step)
        if not self.ranges:
            return WHOLE
        name, *bounds = self.ranges
        found = get_number(event, name)
        return None if found is None else self._list_ranges()[sum(found >= float(bound) for bound in bounds)]

    def _measure(self, found: Sequence[Event]) -> float | None:
        """Return the metric of events; None where none of them has its number."""
        kind, _, name = self.metric.partition(":")
        numbers = [each for event in found if (each := get_number(event, name) if name else 1) is not None]
        if not numbers:
            return None
        return sum(numbers) / (len(numbers) if kind == "avg" else 1)

    def _find_top(self, found: Sequence[Event]) -> frozenset[str]:
        """Return the values of the column that are kept, of those of one metric the first by name."""
        if self.top is None:
            return frozenset()
        count, name = self.top
        of_value = defaultdict[str, list[Event]](list)
        for event in found:
            of_value[get_column(event, name)].append(event)
        ranked = ((-each, text) for text, events in of_value.items() if (each := self._measure(events)) is not None)
        return frozenset(text for _, text in sorted(ranked)[:count])


def find_start(moment: datetime, step: str) -> datetime:
    """Return the start of the step of time in which a moment lies."""
    return moment - (moment - EPOCH) % (int(step[:-1]) * UNITS[step[-1]])


def list_steps(operation: Operation) -> list[str]:
    """Return the names of the steps of time into which an operation divides."""
    named = (each.schema.get("enum", ()) for each in operation.parameters if each.name == "time_bucket")
    return [step for names in named for step in names if step != AUTO]


def ask_measured(harness: Harness, operation: Operation) -> CountedWindow:
    """Return a window in which several events have a latency and counters; what lacks is asked of the target's side."""
    window = ask_window(harness, operation, MANY)
    if _has_numbers(window):
        return require_right_count(window)
    workspace = window.counting.workspace
    for latency in (40, 160, 640, 640):
        harness.provide(
            DECIDED,
            creates=False,
            org=window.counting.caller.org,
            workspace_id=workspace.id if workspace else f"ws_{harness.make_fresh_name()}",
            decision="allow",
            latency_ms=latency,
            debits={"input_tokens": 10 * latency, "output_tokens": latency},
        )
    window = ask_window(harness, operation, MANY)
    if not _has_numbers(window):
        for name in ("latency_ms", "debits.input_tokens"):
            _check_listed(harness, window, name)
        raise NotProvoked("no events of the log have a latency and counters")
    return require_right_count(window)


def _check_listed(harness: Harness, window: CountedWindow, name: str) -> None:
    """Raise a finding where numbers are summed up that no event of the list has."""
    answer = window.read(("metric", f"sum:{name}"))
    summed, listed = sum(map(get_value, list_buckets(answer))), [get_number(each, name) for each in window.events]
    said = f"the {name} of the events that are listed, of which none has one", f"{summed:g}"
    harness.check(not summed or {*listed} != {None}, answer, *said, evidence=from_list(*said))


def _has_numbers(window: CountedWindow) -> bool:
    latencies = {get_number(each, "latency_ms") for each in window.events if isinstance(each.get("debits"), dict)}
    return len(latencies - {None}) > 1


def list_counters(window: CountedWindow) -> list[str]:
    """Return the columns of the counters that events of a window have."""
    return sorted({f"debits.{name}" for each in window.events for name in each.get("debits") or {}})
