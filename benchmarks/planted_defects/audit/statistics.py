"""Defects of statistics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.log import FIRST_DAY, buckets, values
from benchmarks.planted_defects.planting.mistakes import asks, refused_fields, wrongly
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.planting.runs import asked
from benchmarks.planted_defects.scene import Scene, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import check_parameters
from mock_server.worlds.call import Call

defect = Declarer(__name__)

Buckets = list[dict[str, Any]]
_STEPS = {"5m": 5, "15m": 15, "1h": 60, "6h": 360, "1d": 1440}
_LITTLE = 1e-6


def _buckets(outcome: Reply | errors.ApiError) -> Buckets:
    assert isinstance(outcome, Reply)
    found: Buckets = outcome.body["buckets"]
    return found


def _edits(change: Callable[[Buckets, int], Buckets], *, steps: bool = False) -> Plan:
    """Plan that the buckets are others.

    With `steps` they are steps of time, of which the function is told the minutes.
    """

    def changed(body: Any, run: Run) -> Any:
        step = _STEPS.get(run.request.query.get("time_bucket", ""), 0)
        return {**body, "buckets": change(body["buckets"], step)} if step or not steps else body

    return wrong_reply.make_plan(changed)


def _later(bucket: str, minutes: int) -> str:
    return (datetime.fromisoformat(bucket) + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def _undivided(run: Run, *more: str) -> bool:
    """Return whether nothing divides the events, and no other of these parameters was sent."""
    return not any(run.request.query.get(each) for each in ("group_by", "time_bucket", "bucket_by", *more))


def _metric(run: Run, kind: str) -> str:
    """Return the column of a metric of this kind; empty where another is asked for."""
    asked_for, _, column = str(run.request.query["metric"]).partition(":")
    return column if asked_for == kind else ""


def _bounds(run: Run) -> tuple[str, list[str]]:
    """Return the column that ranges divide and their bounds, none where time divides too."""
    column, _, listed = run.request.query.get("bucket_by", "").partition(":")
    return column, listed.split(",") if listed and "time_bucket" not in run.request.query else []


def of_day(scene: Scene, **query: Any) -> list[Any]:
    """Return the values of the buckets of the first day."""
    return values(scene, **{**FIRST_DAY, **query})


def mean(scene: Scene) -> list[Any]:
    """Return the mean of a number that one event of fourteen has."""
    scene.state("request was decided", org_id="org_acme", workspace_id="ws_x", decision="allow", debits={"calls": 12})
    for number in range(13):
        scene.ask("PUT", f"/secrets/N{number}", json={"value": "x"})
    return values(scene, metric="avg:debits.calls", **{"from": "2026-06-16T00:00:00Z", "to": "2099-01-01T00:00:00Z"})


def most_frequent(scene: Scene) -> list[str]:
    found = buckets(scene, group_by="decision", top="1:decision", **FIRST_DAY)
    return [each["group"]["decision"] for each in found]


defect("statistics-activity-forgotten", "STATS-COUNT", "STATS-FILTER", on=ids.COUNT_EVENTS)(
    "Where nothing is divided events of the category activity do not count.",
    wrongly(
        lambda run: (
            asked(run, filter=["category=audit"])
            if _undivided(run) and not run.request.query.get("filter")
            else run.done
        )
    ),
    shown([14], [10], of_day),
)
defect("statistics-absent-left-out", "STATS-GROUP", on=ids.COUNT_EVENTS)(
    "Events that lack a column of group_by do not count.",
    _edits(lambda found, _step: [each for each in found if "" not in each["group"].values()]),
    shown([6, 7, 1], [7, 1], of_day, group_by="decision"),
)
defect("statistics-step-by-its-end", "STATS-TIME", on=ids.COUNT_EVENTS)(
    "A step of time is named by its end.",
    _edits(lambda found, step: [{**each, "bucket": _later(each["bucket"], step)} for each in found], steps=True),
    shown("2026-06-01", "2026-06-02", lambda scene: buckets(scene, time_bucket="1d", **FIRST_DAY)[0]["bucket"][:10]),
)
defect("statistics-sum-is-a-count", "STATS-METRIC", on=ids.COUNT_EVENTS)(
    "A sum is the count of the events.",
    wrongly(lambda run: asked(run, metric="count") if _metric(run, "sum") else run.done),
    shown([2547], [14], of_day, metric="sum:latency_ms"),
)
defect("statistics-unfiltered", "STATS-FILTER", on=ids.COUNT_EVENTS)(
    "Statistics pass over filters.", asks("filter"), shown([1], [14], of_day, filter="decision=deny")
)
defect("statistics-without-end", "STATS-FILTER", "STATS-COUNT", on=ids.COUNT_EVENTS)(
    "Statistics pass over the end of a window.", asks("to"), shown([14], [200], of_day)
)
defect("statistics-empty-step", "STATS-NO-EMPTY", on=ids.COUNT_EVENTS)(
    "After the last step of time comes one in which nothing happened.",
    _edits(
        lambda found, step: [
            *found,
            *({**each, "bucket": _later(each["bucket"], step), "value": 0} for each in found[-1:]),
        ],
        steps=True,
    ),
    shown([14], [14, 0], of_day, time_bucket="1d"),
)
defect("statistics-backwards", "STATS-NO-EMPTY", on=ids.COUNT_EVENTS)(
    "The buckets come the last first.",
    _edits(lambda found, _step: found[::-1]),
    shown([6, 6, 2], [2, 6, 6], of_day, time_bucket="1h"),
)


@defect("statistics-bound-below", "STATS-BUCKET-BY", on=ids.COUNT_EVENTS).wrongly
@shown([4, 4], [5, 3], of_day, bucket_by="latency_ms:250")
def bound_below(run: Run) -> Outcome:
    """A number that is a bound counts in the range that ends there."""
    column, bounds = _bounds(run)
    later = ",".join(f"{float(each) + _LITTLE:f}" for each in bounds)
    return asked(run, bucket_by=f"{column}:{later}") if bounds else run.done


@defect("statistics-mean-over-all", "STATS-METRIC", on=ids.COUNT_EVENTS).wrongly
@shown([12], [12 / 14], mean)
def mean_over_all(run: Run) -> Outcome:
    """A mean is divided by all the events, those too that lack the number."""
    column = _metric(run, "avg")
    if not column or not _undivided(run):
        return run.done
    sums, counts = _buckets(asked(run, metric=f"sum:{column}")[1]), _buckets(asked(run, metric="count")[1])
    return run.state, Reply(200, {"buckets": [{**each, "value": each["value"] / counts[0]["value"]} for each in sums]})


@defect("statistics-top-by-name", "STATS-TOP", on=ids.COUNT_EVENTS).wrongly
@shown(["allow"], [""], most_frequent)
def top_by_name(run: Run) -> Outcome:
    """With top the first values by their names are left."""
    if "top" not in run.request.query:
        return run.done
    _buckets(run.outcome)
    count, _, column = run.request.query["top"].partition(":")
    found = _buckets(asked(run, "top")[1])
    first = sorted({each["group"][column] for each in found})[: int(count)]
    return run.state, Reply(200, {"buckets": [each for each in found if each["group"][column] in first]})


@defect("statistics-wrong-metric-counted", "STATS-INVALID", on=ids.COUNT_EVENTS).by(wrong_gate(check_parameters))
@shown("400 validation_error", "200", send, "/audit/stats", params={"metric": "largest:latency_ms"})
def wrong_metric_counted(right: Gate, call: Call) -> Passing:
    """A metric that there is none of is taken for the count."""
    try:
        return right(call)
    except errors.ValidationFailed as refusal:
        if refused_fields(refusal) != {"metric"}:
            raise
        sent = parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True)
        call.query_string = urlencode([(name, text) for name, text in sent if name != "metric"]).encode()
        return right(call)


@defect("statistics-bounds-sorted", "STATS-INVALID", on=ids.COUNT_EVENTS).grants(errors.ValidationFailed)
@shown("400 validation_error", "200", send, "/audit/stats", params={"bucket_by": "latency_ms:2,1"})
def bounds_sorted(run: Run) -> Outcome | None:
    """Bounds that do not rise are put in order."""
    column, bounds = _bounds(run)
    rising = {float(each): each for each in bounds}
    return asked(run, bucket_by=f"{column}:{','.join(rising[each] for each in sorted(rising))}") if bounds else None
