"""Statistics of a window of the log, and what they should say of its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from conformance.contract.contract import JsonObject
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.fields import objects_in
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import field
from conformance.resources.events.log import MANY, Event, Query, Window, asking, column, past
from conformance.resources.events.registered import STATISTICS
from conformance.session.harness import Harness

DECIDED = "request was decided"
Numbers = Callable[[Event], float | None]


def read(harness: Harness, caller: Caller, query: Query, *more: tuple[str, str]) -> Exchange:
    """The answer to a query; not provoked where it is refused."""
    return harness.hold(caller, asking(harness, (*query, *more), STATISTICS))


def counted_rightly(harness: Harness, window: Window) -> Window:
    """The window; not provoked where its events are not counted rightly as a whole, so that no part of them can be."""
    found = [value(each) for each in buckets(read(harness, window.caller, window.query))]
    if found != [len(window.events)]:
        raise NotProvoked("its precondition does not hold: the events of a window are not counted as the list has them")
    return window


def buckets(exchange: Exchange) -> list[JsonObject]:
    """The buckets of an answer."""
    return objects_in(exchange.json)


def value(bucket: JsonObject) -> float:
    """The number of a bucket; not provoked where it is none, which is the schema's to say."""
    found = bucket.get("value")
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise NotProvoked("a bucket has no number")
    return found


def group(bucket: JsonObject, columns: Sequence[str]) -> tuple[str, ...]:
    """The values of the columns, an empty text where there is none."""
    return tuple(column(field(bucket, "group") or {}, name) for name in columns)


def by_group(found: Iterable[JsonObject], columns: Sequence[str]) -> Mapping[tuple[str, ...], float]:
    """The values of buckets by their groups."""
    return {group(each, columns): value(each) for each in found}


def counted(window: Window, columns: Sequence[str]) -> Mapping[tuple[str, ...], int]:
    """The events of a window by the values of columns."""
    return Counter(tuple(column(each, name) for name in columns) for each in window.events)


def number(event: Event, name: str) -> float | None:
    """A number of an event, or of its counters; None where it has none."""
    holder: Any = event
    for step in name.split("."):
        holder = field(holder, step)
    return holder if isinstance(holder, int | float) and not isinstance(holder, bool) else None


def measured(harness: Harness, caller: Caller) -> Window:
    """A window in which several events have a latency and counters; what lacks is asked of the target's side."""
    window = past(harness, caller, 3, MANY)
    if _tells(window):
        return counted_rightly(harness, window)
    for latency in (40, 160, 640, 640):
        harness.provide(
            DECIDED,
            creates=False,
            org_id=caller.org,
            workspace_id=f"ws_{harness.fresh_name()}",
            decision="allow",
            latency_ms=latency,
            debits={"input_tokens": 10 * latency, "output_tokens": latency},
        )
    window = past(harness, caller, 3, MANY)
    if not _tells(window):
        raise NotProvoked("no events of the log have a latency and counters")
    return counted_rightly(harness, window)


def _tells(window: Window) -> bool:
    latencies = {number(each, "latency_ms") for each in window.events if isinstance(each.get("debits"), dict)}
    return len(latencies - {None}) > 1


def counters(window: Window) -> list[str]:
    """The columns of the counters that events of a window have."""
    return sorted({f"debits.{name}" for each in window.events for name in each.get("debits") or {}})
