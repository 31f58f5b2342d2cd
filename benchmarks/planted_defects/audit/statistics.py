"""Defects of statistics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from benchmarks.planted_defects.audit.pages import asked
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from mock_server.deviations.planting.ids import COUNT_EVENTS
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import ApiError, ValidationFailed
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.worlds.call import Call

_DIVIDING = {"group_by", "time_bucket", "bucket_by"}
_STEPS = {"5m": 5, "15m": 15, "1h": 60, "6h": 360, "1d": 1440}
_LITTLE = 1e-6


def _buckets(outcome: Reply | ApiError) -> list[dict[str, Any]]:
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    found: list[dict[str, Any]] = outcome.body["buckets"]
    return found


def _changed(body: Any, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Any:
    return {**body, "buckets": change(body["buckets"])}


@wrong_outcome("statistics-activity-forgotten", "STATS-COUNT", "STATS-FILTER", on=COUNT_EVENTS)
def activity_forgotten(run: Run) -> Outcome:
    """Where nothing is divided events of the category activity do not count."""
    if _DIVIDING & run.request.query.keys() or run.request.query.get("filter"):
        return run.done
    return asked(run, filter=["category=audit"])


@wrong_reply("statistics-absent-left-out", "STATS-GROUP", on=COUNT_EVENTS)
def absent_left_out(body: Any, _run: Run) -> Any:
    """Events that lack a column of group_by do not count."""
    return _changed(body, lambda found: [each for each in found if "" not in each["group"].values()])


@wrong_reply("statistics-step-by-its-end", "STATS-TIME", on=COUNT_EVENTS)
def step_by_its_end(body: Any, run: Run) -> Any:
    """A step of time is named by its end."""
    step = _STEPS.get(run.request.query.get("time_bucket", ""))
    if step is None:
        return body
    return _changed(body, lambda found: [{**each, "bucket": _later(each["bucket"], step)} for each in found])


def _later(bucket: str, minutes: int) -> str:
    return (datetime.fromisoformat(bucket) + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


@wrong_outcome("statistics-bound-below", "STATS-BUCKET-BY", on=COUNT_EVENTS)
def bound_below(run: Run) -> Outcome:
    """A number that is a bound counts in the range that ends there."""
    column, colon, listed = run.request.query.get("bucket_by", "").partition(":")
    if not colon or "time_bucket" in run.request.query:
        return run.done
    bounds = ",".join(f"{float(each) + _LITTLE:f}" for each in listed.split(","))
    return asked(run, bucket_by=f"{column}:{bounds}")


def _metric(run: Run, kind: str) -> str:
    """The column of a metric of this kind; empty where another is asked for."""
    asked_for, _, column = str(run.request.query["metric"]).partition(":")
    return column if asked_for == kind else ""


@wrong_outcome("statistics-mean-over-all", "STATS-METRIC", on=COUNT_EVENTS)
def mean_over_all(run: Run) -> Outcome:
    """A mean is divided by all the events, those too that lack the number."""
    column = _metric(run, "avg")
    if not column or _DIVIDING & run.request.query.keys():
        return run.done
    sums, counts = _buckets(asked(run, metric=f"sum:{column}")[1]), _buckets(asked(run, metric="count")[1])
    return run.state, Reply(200, {"buckets": [{**each, "value": each["value"] / counts[0]["value"]} for each in sums]})


@wrong_outcome("statistics-sum-is-a-count", "STATS-METRIC", on=COUNT_EVENTS)
def sum_is_a_count(run: Run) -> Outcome:
    """A sum is the count of the events."""
    return asked(run, metric="count") if _metric(run, "sum") else run.done


@wrong_outcome("statistics-top-by-name", "STATS-TOP", on=COUNT_EVENTS)
def top_by_name(run: Run) -> Outcome:
    """With top the first values by their names are left."""
    if "top" not in run.request.query:
        return run.done
    _buckets(run.outcome)
    count, _, column = run.request.query["top"].partition(":")
    found = _buckets(asked(run, "top")[1])
    first = sorted({each["group"][column] for each in found})[: int(count)]
    return run.state, Reply(200, {"buckets": [each for each in found if each["group"][column] in first]})


@wrong_outcome("statistics-unfiltered", "STATS-FILTER", on=COUNT_EVENTS)
def unfiltered(run: Run) -> Outcome:
    """Statistics pass over filters."""
    return asked(run, "filter")


@wrong_outcome("statistics-without-end", "STATS-FILTER", "STATS-COUNT", on=COUNT_EVENTS)
def without_end(run: Run) -> Outcome:
    """Statistics pass over the end of a window."""
    return asked(run, "to")


@wrong_reply("statistics-empty-step", "STATS-NO-EMPTY", on=COUNT_EVENTS)
def empty_step(body: Any, run: Run) -> Any:
    """After the last step of time comes one in which nothing happened."""
    step = _STEPS.get(run.request.query.get("time_bucket", ""))
    if step is None or not body["buckets"]:
        return body
    last = body["buckets"][-1]
    return _changed(body, lambda found: [*found, {**last, "bucket": _later(last["bucket"], step), "value": 0}])


@wrong_reply("statistics-backwards", "STATS-NO-EMPTY", on=COUNT_EVENTS)
def backwards(body: Any, _run: Run) -> Any:
    """The buckets come the last first."""
    return _changed(body, lambda found: found[::-1])


@wrong_gate(parameters)("statistics-wrong-metric-counted", "STATS-INVALID", on=COUNT_EVENTS)
def wrong_metric_counted(right: Gate, call: Call) -> Passing:
    """A metric that there is none of is taken for the count."""
    try:
        return right(call)
    except ValidationFailed as refusal:
        fields: Any = refusal.details["fields"]
        if {*fields} != {"metric"}:
            raise
        sent = parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True)
        call.query_string = urlencode([(name, text) for name, text in sent if name != "metric"]).encode()
        return right(call)


@in_place_of(ValidationFailed)("statistics-bounds-sorted", "STATS-INVALID", on=COUNT_EVENTS)
def bounds_sorted(run: Run, refusal: ValidationFailed) -> Outcome:
    """Bounds that do not rise are put in order."""
    column, _, listed = run.request.query.get("bucket_by", "").partition(":")
    if not listed or "time_bucket" in run.request.query:
        raise refusal
    bounds = sorted({float(each): each for each in listed.split(",")}.items())
    return asked(run, bucket_by=f"{column}:{','.join(text for _, text in bounds)}")
