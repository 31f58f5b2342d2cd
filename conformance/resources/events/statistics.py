"""Statistics of a window of the log, and what they should say of its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import get_field
from conformance.resources.events.declaration import DECIDED
from conformance.resources.events.log import FEW, MANY, Event, get_column
from conformance.resources.events.source import Source, Window, ask_past, find_list, find_source
from conformance.results.difference import from_list
from conformance.session.harness import Harness

Numbers = Callable[[Event], float | None]


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
