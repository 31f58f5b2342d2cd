"""Statistics of events: counts, sums and means by columns, by steps of time and by ranges of a number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Any

from mock_server.errors import ValidationFailed
from mock_server.resources.audit.event import Event
from mock_server.resources.audit.query import Query
from mock_server.state.value import Value

Number = Callable[[Event], float | None]
Key = tuple[Any, ...]
"""The key of a bucket: its place among the others, then the values of its group."""

_STEPS = {name: timedelta(minutes=each) for name, each in (("5m", 5), ("15m", 15), ("1h", 60), ("6h", 360))}
_STEPS["1d"] = _DAY = timedelta(days=1)
_MOST_STEPS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Metric(Value):
    """The way from the number of its events to the value of a bucket."""

    kind: str = "count"
    number: Number = lambda _event: 1


class Top(Value):
    """The number of values of a column of the group that are left."""

    count: int
    column: int


class Statistics(Value):
    """The statistics that are asked of the events that a query finds."""

    columns: tuple[str, ...] = ()
    metric: Metric = Metric()
    top: Top | None = None
    step: str | None = None
    number: Number | None = None
    bounds: tuple[float, ...] = ()
    names: tuple[str, ...] = ()


def read_statistics(sent: Mapping[str, Any]) -> Statistics:
    """Return what the parameters of a request ask for; ValidationFailed for those that do not go together."""
    columns = tuple(sent["group_by"].split(",")) if "group_by" in sent else ()
    if len({*columns}) < len(columns):
        raise ValidationFailed(fields={"group_by": "A column stands there twice."})
    if "time_bucket" in sent and "bucket_by" in sent:
        raise ValidationFailed(fields={"bucket_by": "It does not go with time_bucket."})
    number, bounds, names = _read_ranges(sent["bucket_by"]) if "bucket_by" in sent else (None, (), ())
    kind, _, column = sent["metric"].partition(":")
    metric = Metric(kind, _make_number(column)) if column else Metric()
    return Statistics(columns, metric, _read_top(sent, columns), sent.get("time_bucket"), number, bounds, names)


def _read_top(sent: Mapping[str, Any], columns: Sequence[str]) -> Top | None:
    if "top" not in sent:
        return None
    count, _, column = sent["top"].partition(":")
    if column not in columns:
        raise ValidationFailed(fields={"top": "Its column is none of group_by."})
    return Top(int(count), columns.index(column))


def _read_ranges(text: str) -> tuple[Number, tuple[float, ...], tuple[str, ...]]:
    """The number that is split, the bounds, and what each range is called."""
    column, _, listed = text.partition(":")
    written = listed.split(",")
    bounds = tuple(map(float, written))
    if any(one >= other for one, other in pairwise(bounds)):
        raise ValidationFailed(fields={"bucket_by": "Its bounds do not rise."})
    between = (f"{one}-{other}" for one, other in pairwise(written))
    return _make_number(column), bounds, (f"<{written[0]}", *between, f">={written[-1]}")


def _make_number(column: str) -> Number:
    """The number that an event has in a column, or for a counter; None where it has none."""
    name = column.partition(".")[2]
    if not name:
        return lambda event: event.latency_ms
    return lambda event: None if event.debits is None else event.debits.get(name)


def make_buckets(events: Iterable[Event], asked: Statistics, query: Query, now: datetime) -> list[dict[str, Any]]:
    """Return the buckets of events, in order; each has its group, its value and, where it is asked for, its name."""
    events = list(events)
    place, name = _make_placing(events, asked, query, now)
    group, number = _make_grouping(asked.columns), asked.metric.number
    found: dict[Key, list[float]] = {}
    for event in events:
        value = number(event)
        if value is None or (at := place(event)) is None:
            continue
        key = (at, *group(event))
        if (sums := found.get(key)) is None:
            found[key] = [1, value]
        else:
            sums[0] += 1
            sums[1] += value
    left = found if asked.top is None else _keep_best(found, asked.top, asked.metric)
    named = asked.step is not None or asked.number is not None
    return [
        {
            "group": dict(zip(asked.columns, key[1:], strict=True)),
            **({"bucket": name(key[0])} if named else {}),
            "value": _compute_value(asked.metric, *left[key]),
        }
        for key in sorted(left)
    ]


def _make_grouping(columns: Sequence[str]) -> Callable[[Event], tuple[str, ...]]:
    """The values of the columns of an event; an empty text where it has none."""
    if not columns:
        return lambda _event: ()
    if len(columns) == 1:
        read = attrgetter(columns[0])
        return lambda event: (read(event) or "",)
    read_all = attrgetter(*columns)
    return lambda event: tuple([each or "" for each in read_all(event)])


def _make_placing(
    events: Sequence[Event], asked: Statistics, query: Query, now: datetime
) -> tuple[Callable[[Event], Any], Callable[[Any], str]]:
    """The place of an event among the buckets, None where it is in none, and the name of a place."""
    if asked.step is not None:
        step = _choose_step(events, query, now) if asked.step == "auto" else _STEPS[asked.step]
        return lambda event: (event.timestamp - _EPOCH) // step, lambda at: _show_bound(_EPOCH + at * step)
    if (number := asked.number) is None:
        return lambda _event: 0, str

    def place_number(event: Event) -> int | None:
        value = number(event)
        return None if value is None else bisect_right(asked.bounds, value)

    return place_number, asked.names.__getitem__


def _choose_step(events: Sequence[Event], query: Query, now: datetime) -> timedelta:
    start = query.since or min((each.timestamp for each in events), default=now)
    end = query.until or now
    for step in _STEPS.values():
        if -(-(end - _EPOCH) // step) - (start - _EPOCH) // step <= _MOST_STEPS:
            return step
    return _DAY


def _show_bound(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _compute_value(metric: Metric, count: float, total: float) -> float:
    if metric.kind == "count":
        return count
    exact = total if metric.kind == "sum" else total / count
    return int(exact) if exact == int(exact) else exact


def _keep_best(found: Mapping[Key, list[float]], top: Top, metric: Metric) -> Mapping[Key, list[float]]:
    """Return the buckets that are left: those of the values with the highest metric over all of them."""
    whole: dict[str, list[float]] = {}
    for key, (count, total) in found.items():
        sums = whole.setdefault(key[1 + top.column], [0, 0])
        sums[0] += count
        sums[1] += total
    best = sorted(whole, key=lambda value: (-_compute_value(metric, *whole[value]), value))[: top.count]
    return {key: sums for key, sums in found.items() if key[1 + top.column] in best}
