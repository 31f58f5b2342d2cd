"""Statistics of what happened: counts, sums and means, divided and grouped."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from starlette.responses import Response

from examples.second_server import events
from examples.second_server.call import Call
from examples.second_server.errors import invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Event

MINUTES = {"5m": 5, "15m": 15, "1h": 60, "6h": 360, "1d": 1440}
MOST_STEPS, MOST_COLUMNS = 100, 3
NUMBER = r"latency_ms|debits\.[A-Za-z0-9_-]{1,64}"
METRIC = re.compile(rf"count|(sum|avg):({NUMBER})")
RANGES = re.compile(rf"({NUMBER}):(-?[0-9]+(?:\.[0-9]+)?(?:,-?[0-9]+(?:\.[0-9]+)?)*)")
TOP = re.compile(r"([1-9][0-9]?|100):(\w+)", re.ASCII)

Divide = Callable[[Event], tuple[Any, str] | None]
"""The place of an event among the buckets, and what its bucket is called; None where it is in none."""


def whole(call: Call) -> Response:
    """The buckets of the events of the org that the caller may see."""
    return answer(call, lambda: events.seen(call))


def answer(call: Call, among: Callable[[], list[Event]]) -> Response:
    """The buckets of events, which are looked for once the query is read."""
    sent = events.once(call, "from", "to", "group_by", "time_bucket", "bucket_by", "metric", "top", many="filter")
    asked = events.asked_for(sent)
    columns, (kind, name), top = _columns(sent), _metric(sent), _top(sent)
    if top and top[1] not in columns:
        raise invalid("top", "is of no column of group_by")
    if "time_bucket" in sent and "bucket_by" in sent:
        raise invalid("bucket_by", "does not go with time_bucket")
    found = events.chosen(among(), asked)
    divide = _divided(sent, found, asked, call.rules.store.now())
    cells: dict[tuple[Any, ...], list[float]] = {}
    names: dict[Any, str] = {}
    for event in found:
        number, bucket = _number(event, name), divide(event)
        if number is None or bucket is None:
            continue
        names[bucket[0]] = bucket[1]
        group = tuple(str(event.shown.get(each, "")) for each in columns)
        cells.setdefault((bucket[0], *group), []).append(number)
    if top:
        cells = _best(cells, 1 + columns.index(top[1]), top[0], kind)
    named = "time_bucket" in sent or "bucket_by" in sent
    return Json(
        {
            "buckets": [
                {
                    "group": dict(zip(columns, key[1:], strict=True)),
                    "value": _value(kind, cells[key]),
                    **({"bucket": names[key[0]]} if named else {}),
                }
                for key in sorted(cells)
            ]
        }
    )


def _columns(sent: dict[str, Any]) -> list[str]:
    if "group_by" not in sent:
        return []
    columns = sent["group_by"].split(",")
    if len(columns) > MOST_COLUMNS or len({*columns}) < len(columns) or not {*columns} <= {*events.COLUMNS}:
        raise invalid("group_by", f"is not one to {MOST_COLUMNS} different columns")
    return list(columns)


def _metric(sent: dict[str, Any]) -> tuple[str, str]:
    matched = METRIC.fullmatch(sent.get("metric", "count"))
    if matched is None:
        raise invalid("metric", "is no metric")
    return matched[1] or "count", matched[2] or ""


def _top(sent: dict[str, Any]) -> tuple[int, str] | None:
    if "top" not in sent:
        return None
    matched = TOP.fullmatch(sent["top"])
    if matched is None:
        raise invalid("top", "is no number and column")
    return int(matched[1]), matched[2]


def _number(event: Event, name: str) -> float | None:
    """What an event has of a number; 1 where it is only counted."""
    if not name:
        return 1
    holder = event.shown.get("debits", {}) if name.startswith("debits.") else event.shown
    found: float | None = holder.get(name.removeprefix("debits."))
    return found


def _divided(sent: dict[str, Any], found: list[Event], asked: events.Asked, now: datetime) -> Divide:
    if "bucket_by" in sent:
        return _ranges(sent["bucket_by"])
    if "time_bucket" not in sent:
        return lambda _: (0, "")
    if sent["time_bucket"] not in (*MINUTES, "auto"):
        raise invalid("time_bucket", "is no step of time")
    step = sent["time_bucket"] if sent["time_bucket"] != "auto" else _finest(found, asked, now)
    length = timedelta(minutes=MINUTES[step])

    def divide(event: Event) -> tuple[Any, str]:
        start = _floor(event.at, length)
        return start, start.isoformat().replace("+00:00", "Z")

    return divide


def _floor(at: datetime, length: timedelta) -> datetime:
    return at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % length


def _finest(found: list[Event], asked: events.Asked, now: datetime) -> str:
    start = asked.start or min((each.at for each in found), default=now)
    for name, minutes in MINUTES.items():
        if ((asked.end or now) - start) / timedelta(minutes=minutes) <= MOST_STEPS - 2:
            return name
    return "1d"


def _ranges(text: str) -> Divide:
    matched = RANGES.fullmatch(text)
    if matched is None:
        raise invalid("bucket_by", "is no number and bounds")
    name, written = matched[1], matched[2].split(",")
    bounds = [float(each) for each in written]
    if any(one >= other for one, other in pairwise(bounds)):
        raise invalid("bucket_by", "has bounds that do not rise")
    labels = [f"<{written[0]}", *(f"{one}-{other}" for one, other in pairwise(written)), f">={written[-1]}"]

    def divide(event: Event) -> tuple[Any, str] | None:
        number = _number(event, name)
        if number is None:
            return None
        place = sum(number >= bound for bound in bounds)
        return place, labels[place]

    return divide


def _best(cells: dict[tuple[Any, ...], list[float]], at: int, count: int, kind: str) -> dict[tuple[Any, ...], Any]:
    whole: dict[str, list[float]] = {}
    for key, numbers in cells.items():
        whole.setdefault(key[at], []).extend(numbers)
    best = sorted(whole, key=lambda each: (-_value(kind, whole[each]), each))[:count]
    return {key: numbers for key, numbers in cells.items() if key[at] in best}


def _value(kind: str, numbers: list[float]) -> float:
    if kind == "count":
        return len(numbers)
    return sum(numbers) / (len(numbers) if kind == "avg" else 1)
