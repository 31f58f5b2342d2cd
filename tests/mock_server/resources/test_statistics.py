"""Events are counted, summed and averaged by columns, by steps of time and by ranges of a number."""

from collections import Counter
from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.client import Refused

NOW = "2026-07-01T09:00:00Z"


def stats(world: MockWorld, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    answer = world.client(who).get("/audit/stats", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["buckets"]
    return found


def events(world: MockWorld, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        world.client("acme-owner").get("/audit", params={"limit": 10000, **query}).json()["events"]
    )
    return found


def test_without_parameters_the_one_bucket_counts_all(world: MockWorld) -> None:
    assert stats(world) == [{"group": {}, "value": 200}]
    assert stats(world, "globex-owner") == [{"group": {}, "value": 20}]
    assert stats(world, "acme-member") == [{"group": {}, "value": 100}]
    assert stats(world, filter="event_type=nothing") == []


def test_groups_come_by_their_values_with_an_empty_text_for_none(world: MockWorld) -> None:
    every = events(world)
    expected = Counter((each.get("decision", ""), each["user_id"]) for each in every)
    found = stats(world, group_by="decision,user_id")
    assert [(tuple(each["group"].values()), each["value"]) for each in found] == sorted(expected.items())
    assert [*found[0]["group"]] == ["decision", "user_id"]
    assert {*found[0]} == {"group", "value"}


@pytest.mark.parametrize(
    ("step", "length"), [("1d", len("2026-06-01")), ("1h", len("2026-06-01T09")), ("15m", None), ("5m", None)]
)
def test_steps_of_time_are_aligned_to_utc(world: MockWorld, step: str, length: int | None) -> None:
    every = events(world, order="asc")
    found = stats(world, time_bucket=step)
    assert [each["bucket"] for each in found] == sorted(each["bucket"] for each in found)
    assert sum(each["value"] for each in found) == len(every)
    if length:
        expected = Counter(each["timestamp"][:length] for each in every)
        assert {each["bucket"][:length]: each["value"] for each in found} == expected
    assert found[0]["bucket"] in {"2026-06-01T00:00:00Z", "2026-06-01T09:00:00Z"}


AUTO = [
    ("2026-06-01T09:00:00Z", "2026-06-01T17:20:00Z", "5m"),
    ("2026-06-01T09:01:00Z", "2026-06-01T17:21:00Z", "15m"),
    ("2026-06-01T00:00:00Z", "2026-06-05T04:00:00Z", "1h"),
    ("2026-06-01T00:00:00Z", "2026-06-05T04:00:01Z", "6h"),
    ("2026-06-01T00:00:00Z", "2026-06-26T00:00:01Z", "1d"),
    ("2026-06-01T00:00:00Z", "2027-06-01T00:00:00Z", "1d"),
]


@pytest.mark.parametrize(("start", "end", "step"), AUTO)
def test_auto_is_the_finest_step_of_which_there_are_a_hundred(
    world: MockWorld, start: str, end: str, step: str
) -> None:
    window = {"from": start, "to": end}
    assert stats(world, time_bucket="auto", **window) == stats(world, time_bucket=step, **window)
    assert stats(world, time_bucket="auto") == stats(world, time_bucket="1d"), "to now, from the first event"


def test_ranges_have_the_bounds_as_they_are_written(world: MockWorld) -> None:
    latencies = [each["latency_ms"] for each in events(world) if "latency_ms" in each]
    found = stats(world, bucket_by="latency_ms:35,100.50,420")
    assert [(each["bucket"], each["value"]) for each in found] == [
        ("<35", sum(each < 35 for each in latencies)),
        ("35-100.50", sum(35 <= each < 100.5 for each in latencies)),
        ("100.50-420", sum(100.5 <= each < 420 for each in latencies)),
        (">=420", sum(each >= 420 for each in latencies)),
    ]
    assert stats(world, bucket_by="debits.nothing:1") == []
    assert [each["bucket"] for each in stats(world, bucket_by="latency_ms:-1,5000")] == ["-1-5000"]


def test_sums_and_means_count_the_events_that_have_the_number(world: MockWorld) -> None:
    tokens = [each["debits"]["input_tokens"] for each in events(world) if "debits" in each]
    assert stats(world, metric="sum:debits.input_tokens") == [{"group": {}, "value": sum(tokens)}]
    assert stats(world, metric="avg:debits.input_tokens") == [{"group": {}, "value": sum(tokens) / len(tokens)}]
    (denied,) = stats(world, metric="avg:latency_ms", filter="decision=deny")
    assert denied == {"group": {}, "value": 12}
    grouped = stats(world, metric="sum:debits.output_tokens", group_by="event_type")
    assert [each["group"] for each in grouped] == [{"event_type": "policy_decision"}]


def test_top_keeps_the_values_of_the_highest_metric_over_all(world: MockWorld) -> None:
    by_type = Counter(each["event_type"] for each in events(world))
    best = sorted(by_type, key=lambda each: (-by_type[each], each))[:3]
    found = stats(world, group_by="event_type,user_id", top="3:event_type", time_bucket="1d")
    assert {each["group"]["event_type"] for each in found} == {*best}
    assert sum(each["value"] for each in found) == sum(by_type[each] for each in best)
    absent = stats(world, group_by="decision", top="1:decision", filter="category=activity")
    assert absent == [{"group": {"decision": ""}, "value": 56}], "the absent value counts as one"
    slow = stats(world, group_by="decision", metric="avg:latency_ms", top="1:decision")
    assert [each["group"]["decision"] for each in slow] == ["allow"]


def test_filters_and_windows_narrow_them_as_they_narrow_the_list(world: MockWorld) -> None:
    query = {"filter": ["decision=allow", "user_id=usr_acme_member"], "from": "2026-06-02T10:00:00Z"}
    assert stats(world, **query) == [{"group": {}, "value": len(events(world, **query))}]


BAD = {
    "group_by": ["", "colour", "decision,", "decision,decision", "decision,method,phase,status", "decision, method"],
    "time_bucket": ["", "10m", "1D"],
    "bucket_by": [
        *("", "latency_ms", "latency_ms:", "latency_ms:2,1", "latency_ms:1,1", "latency_ms:a", "latency_ms:1,,2"),
        *("debits:1", "debits.:1", "debits.a b:1", "decision:1", "latency_ms:1e3", "latency_ms:.5"),
    ],
    "metric": ["", "max:latency_ms", "sum", "sum:", "sum:decision", "avg:debits.", "count:latency_ms"],
    "top": ["", "0:decision", "101:decision", "1:", "1:decision", "decision", "01:decision"],
    "filter": ["colour=red"],
    "limit": ["5"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_wrong_parameter_is_refused_and_named(world: MockWorld, name: str, text: str) -> None:
    answer = world.client("acme-owner").get("/audit/stats", params={name: text})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], [*error["details"]["fields"]]) == (400, "validation_error", [name])


def test_what_does_not_go_together_is_refused(world: MockWorld) -> None:
    for query, name in (
        ({"time_bucket": "1d", "bucket_by": "latency_ms:1"}, "bucket_by"),
        ({"group_by": "decision", "top": "1:user_id"}, "top"),
    ):
        answer = world.client("acme-owner").get("/audit/stats", params=query)
        assert (answer.status_code, [*answer.json()["error"]["details"]["fields"]]) == (400, [name])


def decide(world: MockWorld, **params: Any) -> Any:
    body = {"action": "setup", "state": "request was decided", "params": {"org_id": "org_acme", **params}}
    return world.ask("POST", "/states", json=body)


def test_a_decided_request_is_of_who_submitted_the_task_or_made_the_workspace(world: MockWorld) -> None:
    for workspace_id, params, user_id in (
        ("ws_acme_busy", {}, "usr_acme_member"),
        ("ws_acme_busy", {"task_id": "task_none"}, "usr_acme_member"),
        ("ws_acme_failed", {"task_id": "task_acme_undelivered"}, "usr_acme_operator"),
    ):
        made = decide(world, workspace_id=workspace_id, decision="deny", **params)
        written = {each["id"]: each for each in events(world, filter=f"workspace_id={workspace_id}")}
        assert written[made["event_id"]]["user_id"] == user_id


def test_a_decided_request_is_an_event_of_its_workspace(world: MockWorld) -> None:
    made = decide(world, workspace_id="ws_x", decision="deny", latency_ms=7.5, debits={"calls": 2}, task_id="task_x")
    (event,) = events(world, filter="workspace_id=ws_x")
    assert event == {
        "id": made["event_id"],
        "org_id": "org_acme",
        "user_id": "system",
        "timestamp": "2026-07-01T09:00:00.000Z",
        "event_type": "policy_decision",
        "category": "audit",
        "actor": "policy-engine",
        "workspace_id": "ws_x",
        "task_id": "task_x",
        "destination": "api.anthropic.example",
        "method": "POST",
        "decision": "deny",
        "phase": "request_headers",
        "policy_type": "http",
        "debits": {"calls": 2},
        "latency_ms": 7.5,
    }
    assert stats(world, metric="sum:debits.calls") == [{"group": {}, "value": 2}]


@pytest.mark.parametrize(
    "params",
    [
        {"decision": "allow"},
        {"workspace_id": "ws_x"},
        {"workspace_id": "ws_x", "decision": "perhaps"},
        {"workspace_id": "ws_x", "decision": "allow", "latency_ms": "fast"},
        {"workspace_id": "ws_x", "decision": "allow", "debits": {"calls": "two"}},
        {"workspace_id": "ws_x", "decision": "allow", "debits": [1]},
        {"workspace_id": "ws_x", "decision": "allow", "more": 1},
    ],
)
def test_a_wrong_decision_is_refused_and_writes_nothing(world: MockWorld, params: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        decide(world, **params)
    assert len(events(world)) == 200
