"""Defects of statistics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from benchmarks.planted_defects.audit.pages import asked
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_DIVIDING = {"group_by", "time_bucket", "bucket_by"}
_STEPS = {"5m": 5, "15m": 15, "1h": 60, "6h": 360, "1d": 1440}
_LITTLE = 1e-6


def _buckets(outcome: Reply | errors.ApiError) -> list[dict[str, Any]]:
    assert isinstance(outcome, Reply)  # of what is done
    found: list[dict[str, Any]] = outcome.body["buckets"]
    return found


def _changed(body: Any, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Any:
    return {**body, "buckets": change(body["buckets"])}


FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
INVALID = "400 validation_error"


def values(scene: Scene, **query: Any) -> list[Any]:
    """The values of the buckets of the first day."""
    return [each["value"] for each in buckets(scene, **query)]


def buckets(scene: Scene, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get("/audit/stats", params={**FIRST_DAY, **query}).json()["buckets"]
    return found


@defect("statistics-activity-forgotten", "STATS-COUNT", "STATS-FILTER", on=ids.COUNT_EVENTS).by(wrong_outcome)
@shown([14], [10], values)
def activity_forgotten(run: Run) -> Outcome:
    """Where nothing is divided events of the category activity do not count."""
    if _DIVIDING & run.request.query.keys() or run.request.query.get("filter"):
        return run.done
    return asked(run, filter=["category=audit"])


defect("statistics-absent-left-out", "STATS-GROUP", on=ids.COUNT_EVENTS)(
    "Events that lack a column of group_by do not count.",
    wrong_reply.of(
        lambda body, _run: _changed(body, lambda found: [each for each in found if "" not in each["group"].values()])
    ),
    shown([6, 7, 1], [7, 1], values, group_by="decision"),
)


@defect("statistics-step-by-its-end", "STATS-TIME", on=ids.COUNT_EVENTS).by(wrong_reply)
@shown(
    ["2026-06-01T00:00:00Z"],
    ["2026-06-02T00:00:00Z"],
    lambda scene: [each["bucket"] for each in buckets(scene, time_bucket="1d")],
)
def step_by_its_end(body: Any, run: Run) -> Any:
    """A step of time is named by its end."""
    step = _STEPS.get(run.request.query.get("time_bucket", ""))
    if step is None:
        return body
    return _changed(body, lambda found: [{**each, "bucket": _later(each["bucket"], step)} for each in found])


def _later(bucket: str, minutes: int) -> str:
    return (datetime.fromisoformat(bucket) + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


@defect("statistics-bound-below", "STATS-BUCKET-BY", on=ids.COUNT_EVENTS).by(wrong_outcome)
@shown([4, 4], [5, 3], values, bucket_by="latency_ms:250")
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


def show_mean_over_all(scene: Scene) -> list[Any]:
    scene.state("request was decided", org_id="org_acme", workspace_id="ws_x", decision="allow", debits={"calls": 12})
    window = {"from": "2026-06-16T00:00:00Z", "to": "2099-01-01T00:00:00Z"}
    for number in range(13):
        scene.ask("PUT", f"/secrets/N{number}", json={"value": "x"})
    return values(scene, metric="avg:debits.calls", **window)


@defect("statistics-mean-over-all", "STATS-METRIC", on=ids.COUNT_EVENTS).by(wrong_outcome)
@shown([12], [12 / 14], show_mean_over_all)
def mean_over_all(run: Run) -> Outcome:
    """A mean is divided by all the events, those too that lack the number."""
    column = _metric(run, "avg")
    if not column or _DIVIDING & run.request.query.keys():
        return run.done
    sums, counts = _buckets(asked(run, metric=f"sum:{column}")[1]), _buckets(asked(run, metric="count")[1])
    return run.state, Reply(200, {"buckets": [{**each, "value": each["value"] / counts[0]["value"]} for each in sums]})


defect("statistics-sum-is-a-count", "STATS-METRIC", on=ids.COUNT_EVENTS)(
    "A sum is the count of the events.",
    wrong_outcome.of(lambda run: asked(run, metric="count") if _metric(run, "sum") else run.done),
    shown([2547], [14], values, metric="sum:latency_ms"),
)


@defect("statistics-top-by-name", "STATS-TOP", on=ids.COUNT_EVENTS).by(wrong_outcome)
@shown(
    ["allow"],
    [""],
    lambda scene: [each["group"]["decision"] for each in buckets(scene, group_by="decision", top="1:decision")],
)
def top_by_name(run: Run) -> Outcome:
    """With top the first values by their names are left."""
    if "top" not in run.request.query:
        return run.done
    _buckets(run.outcome)
    count, _, column = run.request.query["top"].partition(":")
    found = _buckets(asked(run, "top")[1])
    first = sorted({each["group"][column] for each in found})[: int(count)]
    return run.state, Reply(200, {"buckets": [each for each in found if each["group"][column] in first]})


defect("statistics-unfiltered", "STATS-FILTER", on=ids.COUNT_EVENTS)(
    "Statistics pass over filters.",
    wrong_outcome.of(lambda run: asked(run, "filter")),
    shown([1], [14], values, filter="decision=deny"),
)
defect("statistics-without-end", "STATS-FILTER", "STATS-COUNT", on=ids.COUNT_EVENTS)(
    "Statistics pass over the end of a window.",
    wrong_outcome.of(lambda run: asked(run, "to")),
    shown([14], [200], values),
)


@defect("statistics-empty-step", "STATS-NO-EMPTY", on=ids.COUNT_EVENTS).by(wrong_reply)
@shown([14], [14, 0], values, time_bucket="1d")
def empty_step(body: Any, run: Run) -> Any:
    """After the last step of time comes one in which nothing happened."""
    step = _STEPS.get(run.request.query.get("time_bucket", ""))
    if step is None or not body["buckets"]:
        return body
    last = body["buckets"][-1]
    return _changed(body, lambda found: [*found, {**last, "bucket": _later(last["bucket"], step), "value": 0}])


defect("statistics-backwards", "STATS-NO-EMPTY", on=ids.COUNT_EVENTS)(
    "The buckets come the last first.",
    wrong_reply.of(lambda body, _run: _changed(body, lambda found: found[::-1])),
    shown([6, 6, 2], [2, 6, 6], values, time_bucket="1h"),
)


@defect("statistics-wrong-metric-counted", "STATS-INVALID", on=ids.COUNT_EVENTS).by(wrong_gate(parameters))
@shown(INVALID, "200", lambda scene: said(scene.get("/audit/stats", params={"metric": "largest:latency_ms"})))
def wrong_metric_counted(right: Gate, call: Call) -> Passing:
    """A metric that there is none of is taken for the count."""
    try:
        return right(call)
    except errors.ValidationFailed as refusal:
        fields: Any = refusal.details["fields"]
        if {*fields} != {"metric"}:
            raise
        sent = parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True)
        call.query_string = urlencode([(name, text) for name, text in sent if name != "metric"]).encode()
        return right(call)


@defect("statistics-bounds-sorted", "STATS-INVALID", on=ids.COUNT_EVENTS).by(in_place_of(errors.ValidationFailed))
@shown(INVALID, "200", lambda scene: said(scene.get("/audit/stats", params={"bucket_by": "latency_ms:2,1"})))
def bounds_sorted(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """Bounds that do not rise are put in order."""
    column, _, listed = run.request.query.get("bucket_by", "").partition(":")
    if not listed or "time_bucket" in run.request.query:
        raise refusal
    bounds = sorted({float(each): each for each in listed.split(",")}.items())
    return asked(run, bucket_by=f"{column}:{','.join(text for _, text in bounds)}")
