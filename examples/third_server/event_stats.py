"""Count the events of the log, or sum and average what they measured."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from examples.third_server.audit import READ, WINDOW, Query, read_window, restrict
from examples.third_server.calls import Call, reply
from examples.third_server.database import Event, get_time_ms
from examples.third_server.errors import refuse_field
from examples.third_server.events import COLUMNS
from examples.third_server.operations import operation
from examples.third_server.times import show_second
from examples.third_server.workspaces import READ as READ_WORKSPACE
from examples.third_server.workspaces import find_workspace

PARAMETERS = (*WINDOW, "group_by", "time_bucket", "bucket_by", "metric", "top")
STEPS = {"5m": 300, "15m": 900, "1h": 3600, "6h": 21600, "1d": 86400}
MAX_STEPS = 100
NANO = 1_000_000
_NUMBER = r"(latency_ms|debits\.[A-Za-z0-9_-]{1,64})"
_BOUND = r"-?[0-9]+(\.[0-9]+)?"
_BUCKET = re.compile(rf"{_NUMBER}:({_BOUND}(,{_BOUND})*)", re.ASCII)
_METRIC = re.compile(rf"count|(sum|avg):{_NUMBER}", re.ASCII)
_TOP = re.compile(rf"([1-9][0-9]?|100):({'|'.join(COLUMNS)})", re.ASCII)

# Tells the place of a bucket among the others, and its name.
Bucketing = Callable[[Event], tuple[int, str | None] | None]


def _number_of(event: Event, name: str) -> float | None:
    """Return a number that an event has measured."""
    if name == "latency_ms":
        return event.measures.get("latency_ms")
    debits: dict[str, float] = event.measures.get("debits", {})
    return debits.get(name.removeprefix("debits."))


def _read_columns(call: Call) -> tuple[str, ...]:
    """Read the columns that the events are grouped by."""
    text = call.one("group_by")
    if text is None:
        return ()
    columns = tuple(text.split(","))
    if not all(column in COLUMNS for column in columns):
        raise refuse_field("group_by", "It names a column that events do not have.")
    if len(columns) > 3 or len(set(columns)) != len(columns):
        raise refuse_field("group_by", "It has more than three columns, or one of them twice.")
    return columns


def _read_metric(call: Call) -> tuple[str, str]:
    """Read what is counted: how it is put together, and of which number."""
    text = call.one("metric") or "count"
    if call.one("metric") == "" or not _METRIC.fullmatch(text):
        raise refuse_field("metric", "It is not count, or the sum or avg of a number.")
    kind, _, number = text.partition(":")
    return kind, number


def _read_top(call: Call, columns: tuple[str, ...]) -> tuple[int, str] | None:
    """Read how many values of which column are kept."""
    text = call.one("top")
    if text is None:
        return None
    found = _TOP.fullmatch(text)
    if found is None:
        raise refuse_field("top", "It is not a number and a column.")
    if found.group(2) not in columns:
        raise refuse_field("top", "Its column is not one of group_by.")
    return int(found.group(1)), found.group(2)


def _read_ranges(text: str) -> Bucketing:
    """Read the bounds at which a number is split."""
    found = _BUCKET.fullmatch(text)
    if found is None:
        raise refuse_field("bucket_by", "It is not a number and its bounds.")
    name, written = found.group(1), found.group(2).split(",")
    bounds = [float(bound) for bound in written]
    if any(low >= high for low, high in pairwise(bounds)):
        raise refuse_field("bucket_by", "Its bounds do not rise.")
    names = [f"<{written[0]}"]
    names += [f"{low}-{high}" for low, high in pairwise(written)]
    names.append(f">={written[-1]}")

    def place(event: Event) -> tuple[int, str] | None:
        value = _number_of(event, name)
        if value is None:
            return None
        index = sum(value >= bound for bound in bounds)
        return index, names[index]

    return place


def _choose_step(query: Query, events: Sequence[Event]) -> int:
    """Choose the finest step of which there are a hundred at most."""
    if query.start is not None:
        first = query.start // NANO
    else:
        first = min((event.timestamp for event in events), default=get_time_ms())
    last = query.end // NANO - 1 if query.end is not None else get_time_ms()
    for seconds in STEPS.values():
        length = seconds * 1000
        if last // length - first // length + 1 <= MAX_STEPS:
            return seconds
    return STEPS["1d"]


def _read_buckets(call: Call, query: Query, events: Sequence[Event]) -> Bucketing:
    """Read how the events are split, by time or by a number."""
    step, ranges = call.one("time_bucket"), call.one("bucket_by")
    if step is not None and step not in ("auto", *STEPS):
        raise refuse_field("time_bucket", f"It is not one of auto, {', '.join(STEPS)}.")
    if step is not None and ranges is not None:
        raise refuse_field("bucket_by", "It does not go with time_bucket.")
    if ranges is not None:
        return _read_ranges(ranges)
    if step is None:
        return lambda _event: (0, None)
    length = (_choose_step(query, events) if step == "auto" else STEPS[step]) * 1000

    def place(event: Event) -> tuple[int, str]:
        start = event.timestamp // length * length
        return start, show_second(start)

    return place


def _measure(events: Sequence[Event], metric: tuple[str, str]) -> float | None:
    """Return the value of a metric over events, and nothing where none has the number."""
    kind, number = metric
    if kind == "count":
        return len(events)
    values = [value for event in events if (value := _number_of(event, number)) is not None]
    if not values:
        return None
    return sum(values) if kind == "sum" else sum(values) / len(values)


def _keep_top(events: list[Event], top: tuple[int, str], metric: tuple[str, str]) -> list[Event]:
    """Keep the events with those values of a column that have the highest metric."""
    count, column = top
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        groups[getattr(event, column) or ""].append(event)
    ranked = []
    for value, members in groups.items():
        measured = _measure(members, metric)
        if measured is not None:
            ranked.append((-measured, value))
    kept = {value for _, value in sorted(ranked)[:count]}
    return [event for event in events if (getattr(event, column) or "") in kept]


def _send_statistics(call: Call, workspace_id: str | None) -> Response:
    """Answer with the buckets that a call asks for."""
    query = Query(**read_window(call))
    columns = _read_columns(call)
    metric = _read_metric(call)
    top = _read_top(call, columns)
    _read_buckets(call, query, ())
    with call.reading() as session:
        if workspace_id is not None:
            find_workspace(session, call.caller, workspace_id, "workspace:read")
        wanted = select(Event).where(*restrict(call, workspace_id), *query.conditions())
        events = list(session.scalars(wanted))
    place = _read_buckets(call, query, events)
    events = [event for event in events if place(event) is not None]
    if top is not None:
        events = _keep_top(events, top, metric)
    groups: dict[Any, list[Event]] = defaultdict(list)
    for event in events:
        values = tuple(getattr(event, column) or "" for column in columns)
        groups[(place(event), values)].append(event)
    buckets: list[dict[str, Any]] = []
    for key in sorted(groups, key=lambda key: (key[0][0], key[1])):
        (_, name), values = key
        measured = _measure(groups[key], metric)
        if measured is None:
            continue
        bucket: dict[str, Any] = {"group": dict(zip(columns, values, strict=True))}
        if name is not None:
            bucket["bucket"] = name
        buckets.append(bucket | {"value": measured})
    return reply({"buckets": buckets})


@operation("audit.stats", "GET", "/audit/stats", READ, query=PARAMETERS)
def count_events(call: Call) -> Response:
    """Count the events of the organisation."""
    return _send_statistics(call, None)


@operation(
    "audit.stats_for_workspace",
    "GET",
    "/workspaces/{id}/audit/stats",
    READ_WORKSPACE,
    READ,
    query=PARAMETERS,
)
def count_workspace_events(call: Call) -> Response:
    """Count the events of a workspace."""
    return _send_statistics(call, call.path["id"])
