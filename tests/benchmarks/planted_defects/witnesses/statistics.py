"""What shows the defects of statistics."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
INVALID = "400 validation_error"


def values(scene: Scene, **query: Any) -> list[Any]:
    """The values of the buckets of the first day."""
    return [each["value"] for each in buckets(scene, **query)]


def buckets(scene: Scene, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get("/audit/stats", params={**FIRST_DAY, **query}).json()["buckets"]
    return found


@witness("statistics-activity-forgotten", right=[14], wrong=[10])
def count_of_all(scene: Scene) -> list[Any]:
    return values(scene)


@witness("statistics-absent-left-out", right=[6, 7, 1], wrong=[7, 1])
def counts_by_decision(scene: Scene) -> list[Any]:
    return values(scene, group_by="decision")


@witness("statistics-step-by-its-end", right=["2026-06-01T00:00:00Z"], wrong=["2026-06-02T00:00:00Z"])
def bucket_of_a_day(scene: Scene) -> list[str]:
    return [each["bucket"] for each in buckets(scene, time_bucket="1d")]


@witness("statistics-bound-below", right=[4, 4], wrong=[5, 3])
def counts_at_a_bound(scene: Scene) -> list[Any]:
    return values(scene, bucket_by="latency_ms:250")


@witness("statistics-mean-over-all", right=[12], wrong=[12 / 14])
def mean_of_what_few_have(scene: Scene) -> list[Any]:
    scene.state("request was decided", org_id="org_acme", workspace_id="ws_x", decision="allow", debits={"calls": 12})
    window = {"from": "2026-06-16T00:00:00Z", "to": "2099-01-01T00:00:00Z"}
    for number in range(13):
        scene.ask("PUT", f"/secrets/N{number}", json={"value": "x"})
    return values(scene, metric="avg:debits.calls", **window)


@witness("statistics-sum-is-a-count", right=[2547], wrong=[14])
def sum_of_latencies(scene: Scene) -> list[Any]:
    return values(scene, metric="sum:latency_ms")


@witness("statistics-top-by-name", right=["allow"], wrong=[""])
def most_frequent_decision(scene: Scene) -> list[str]:
    return [each["group"]["decision"] for each in buckets(scene, group_by="decision", top="1:decision")]


@witness("statistics-unfiltered", right=[1], wrong=[14])
def count_with_a_filter(scene: Scene) -> list[Any]:
    return values(scene, filter="decision=deny")


@witness("statistics-without-end", right=[14], wrong=[200])
def count_of_a_day(scene: Scene) -> list[Any]:
    return values(scene)


@witness("statistics-empty-step", right=[14], wrong=[14, 0])
def counts_by_day(scene: Scene) -> list[Any]:
    return values(scene, time_bucket="1d")


@witness("statistics-backwards", right=[6, 6, 2], wrong=[2, 6, 6])
def counts_by_hour(scene: Scene) -> list[Any]:
    return values(scene, time_bucket="1h")


@witness("statistics-wrong-metric-counted", right=INVALID, wrong="200")
def metric_that_is_none(scene: Scene) -> str:
    return said(scene.get("/audit/stats", params={"metric": "largest:latency_ms"}))


@witness("statistics-bounds-sorted", right=INVALID, wrong="200")
def bounds_that_fall(scene: Scene) -> str:
    return said(scene.get("/audit/stats", params={"bucket_by": "latency_ms:2,1"}))
