"""Statistics of a window of the log, and what they should say of its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.fields import objects_in
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import field
from conformance.resources.events.declaration import DECIDED
from conformance.resources.events.log import FEW, MANY, Event, column
from conformance.resources.events.source import Source, Window, list_of, past, source_of
from conformance.results.difference import of_list
from conformance.session.harness import Harness

Numbers = Callable[[Event], float | None]


@dataclass(frozen=True, slots=True)
class Counted:
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


def window_of(harness: Harness, operation: Operation, most: int = FEW) -> Counted:
    """Return a window that is past, of what the operation counts."""
    counting = source_of(harness, operation)
    return Counted(past(counting.by(list_of(harness.contract, operation)), 3, most), counting)


def counted_rightly(window: Counted) -> Counted:
    """Return the window.

    Not provoked where its events are not counted rightly as a whole, so that no part of them can be.
    """
    found = [value(each) for each in buckets(window.read())]
    if found != [len(window.events)]:
        raise NotProvoked("its precondition does not hold: the events of a window are not counted as the list has them")
    return window


def buckets(exchange: Exchange) -> list[JsonObject]:
    """Return the buckets of an answer."""
    return objects_in(exchange.json)


def value(bucket: JsonObject) -> float:
    """Return the number of a bucket; not provoked where it is none, which is the schema's to say."""
    found = bucket.get("value")
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise NotProvoked("a bucket has no number")
    return found


def group(bucket: JsonObject, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the values of the columns, an empty text where there is none."""
    return tuple(column(field(bucket, "group") or {}, name) for name in columns)


def by_group(found: Iterable[JsonObject], columns: Sequence[str]) -> Mapping[tuple[str, ...], float]:
    """Return the values of buckets by their groups."""
    return {group(each, columns): value(each) for each in found}


def counted(window: Counted, columns: Sequence[str]) -> Mapping[tuple[str, ...], int]:
    """Return the events of a window by the values of columns."""
    return Counter(tuple(column(each, name) for name in columns) for each in window.events)


def number(event: Event, name: str) -> float | None:
    """Return a number of an event, or of its counters; None where it has none."""
    holder: Any = event
    for step in name.split("."):
        holder = field(holder, step)
    return holder if isinstance(holder, int | float) and not isinstance(holder, bool) else None


def measured(harness: Harness, operation: Operation) -> Counted:
    """Return a window in which several events have a latency and counters; what lacks is asked of the target's side."""
    window = window_of(harness, operation, MANY)
    if _tells(window):
        return counted_rightly(window)
    workspace = window.counting.workspace
    for latency in (40, 160, 640, 640):
        harness.provide(
            DECIDED,
            creates=False,
            org=window.counting.caller.org,
            workspace_id=workspace.id if workspace else f"ws_{harness.fresh_name()}",
            decision="allow",
            latency_ms=latency,
            debits={"input_tokens": 10 * latency, "output_tokens": latency},
        )
    window = window_of(harness, operation, MANY)
    if not _tells(window):
        for name in ("latency_ms", "debits.input_tokens"):
            _check_listed(harness, window, name)
        raise NotProvoked("no events of the log have a latency and counters")
    return counted_rightly(window)


def _check_listed(harness: Harness, window: Counted, name: str) -> None:
    """Raise a finding where numbers are summed up that no event of the list has."""
    answer = window.read(("metric", f"sum:{name}"))
    summed, listed = sum(map(value, buckets(answer))), [number(each, name) for each in window.events]
    said = f"the {name} of the events that are listed, of which none has one", f"{summed:g}"
    harness.check(not summed or {*listed} != {None}, answer, *said, evidence=of_list(*said))


def _tells(window: Counted) -> bool:
    latencies = {number(each, "latency_ms") for each in window.events if isinstance(each.get("debits"), dict)}
    return len(latencies - {None}) > 1


def counters(window: Counted) -> list[str]:
    """Return the columns of the counters that events of a window have."""
    return sorted({f"debits.{name}" for each in window.events for name in each.get("debits") or {}})
