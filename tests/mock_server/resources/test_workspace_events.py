"""What happened in a workspace: its log, its statistics, its activity, and who is shown them."""

from typing import Any

import httpx
import pytest

from mock_server import MockWorld

NOW = "2026-07-01T09:00:00Z"

PLACE, OF_MEMBER = "/workspaces/ws_01HZ", "/workspaces/ws_acme_busy"
BELOW = ("audit", "audit/stats", "activity", "activity/stream")
READS_OWN = "acme-member"
"""Who holds workspace:read:own and audit:read:own, and created ws_acme_busy."""


def get(world: MockWorld, path: str, who: str = "acme-owner", **query: Any) -> httpx.Response:
    return world.client(who).get(path, params=query)


def events(world: MockWorld, path: str, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    answer = get(world, path, who, **{"limit": 10000, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]


def give(world: MockWorld, status: str, workspace_id: str = "ws_acme_busy") -> None:
    params = {"org_id": "org_acme", "workspace_id": workspace_id, "status": status}
    world.ask("POST", "/states", json={"action": "setup", "state": "workspace is", "params": params})


def test_the_log_of_a_workspace_is_the_part_of_the_orgs_that_is_of_it(world: MockWorld) -> None:
    whole = events(world, "/audit")
    assert events(world, f"{PLACE}/audit") == [each for each in whole if each.get("workspace_id") == "ws_01HZ"]
    assert {each["category"] for each in events(world, f"{PLACE}/audit")} == {"audit", "activity"}


def test_it_is_filtered_ordered_and_walked_as_the_orgs_is(world: MockWorld) -> None:
    window = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-04T00:00:00Z", "order": "asc"}
    right = ids(events(world, "/audit", **window, filter=["decision=allow", "workspace_id=ws_01HZ"]))
    query: dict[str, Any] = {**window, "filter": "decision=allow"}
    walked: list[str] = []
    more: dict[str, Any] = {}
    while True:
        page = get(world, f"{PLACE}/audit", **query, limit=4, **more).json()
        walked += ids(page["events"])
        if "cursor" not in page:
            break
        more = {"cursor": page["cursor"]}
    assert walked == right
    assert len(right) == 14


def test_a_cursor_is_good_for_the_workspace_and_the_list_that_gave_it(world: MockWorld) -> None:
    cursor = get(world, f"{PLACE}/audit", limit=1).json()["cursor"]
    for path in ("/audit", f"{OF_MEMBER}/audit", f"{PLACE}/activity"):
        answer = get(world, path, limit=1, cursor=cursor)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor"), path
    assert get(world, f"{PLACE}/audit", limit=7, cursor=cursor).status_code == 200
    of_org = get(world, "/audit", limit=1).json()["cursor"]
    assert get(world, f"{PLACE}/audit", cursor=of_org).json()["error"]["code"] == "invalid_cursor"


def test_the_statistics_count_what_the_log_lists(world: MockWorld) -> None:
    found = events(world, f"{PLACE}/audit")
    buckets = get(world, f"{PLACE}/audit/stats", group_by="category").json()["buckets"]
    counts = {each["group"]["category"]: each["value"] for each in buckets}
    assert counts == {name: sum(each["category"] == name for each in found) for name in ("activity", "audit")}
    wrong = get(world, f"{PLACE}/audit/stats", top="1:user_id")
    assert wrong.json()["error"]["details"]["fields"].keys() == {"top"}


def test_the_log_of_an_own_workspace_is_whole_for_who_sees_the_own_events_alone(world: MockWorld) -> None:
    give(world, "stopped")
    give(world, "provisioning")
    for path in ("audit", "activity"):
        assert events(world, f"{OF_MEMBER}/{path}", READS_OWN) == events(world, f"{OF_MEMBER}/{path}")
    assert "system" in {each["user_id"] for each in events(world, f"{OF_MEMBER}/audit", READS_OWN)}
    assert {each["user_id"] for each in events(world, "/audit", READS_OWN)} == {"usr_acme_member"}
    stats = [get(world, f"{OF_MEMBER}/audit/stats", who).json() for who in (READS_OWN, "acme-owner")]
    assert stats[0] == stats[1]


@pytest.mark.parametrize("below", BELOW)
def test_what_others_own_is_refused_and_what_is_another_orgs_is_not_there(world: MockWorld, below: str) -> None:
    hidden = get(world, f"{PLACE}/{below}", READS_OWN)
    assert (hidden.status_code, hidden.json()["error"]["code"]) == (403, "workspace_not_visible")
    absent = get(world, f"/workspaces/ws_globex_idle/{below}")
    assert (absent.status_code, absent.json()["error"]["code"]) == (404, "workspace_not_found")


def test_the_audit_asks_for_both_scopes_and_activity_for_one(world: MockWorld) -> None:
    runner = [get(world, f"{PLACE}/{below}", "acme-runner") for below in BELOW[:3]]
    assert [answer.json()["error"]["code"] for answer in runner[:2]] == ["permission_denied"] * 2
    assert runner[2].json()["error"]["code"] == "workspace_not_visible"  # it sees the own workspaces alone
    assert get(world, f"{PLACE}/audit", "acme-auditor").status_code == 200


def test_activity_is_what_happens_to_a_workspace_and_its_tasks(world: MockWorld) -> None:
    right = [each for each in events(world, f"{PLACE}/audit") if each["category"] == "activity"]
    assert events(world, f"{PLACE}/activity") == right
    assert ids(events(world, f"{PLACE}/activity", order="asc")) == ids(right[::-1])


def test_activity_of_a_task_and_of_a_type(world: MockWorld) -> None:
    give(world, "stopped")
    whole = events(world, f"{OF_MEMBER}/activity")
    for query in ({"task_id": "task_acme_queued"}, {"event_type": "task_completed"}, {"task_id": "task_of_nobody"}):
        right = [each for each in whole if {*query.items()} <= {*_columns(each)}]
        assert events(world, f"{OF_MEMBER}/activity", **query) == right
    both = {"task_id": "task_acme_running", "event_type": "task_running"}
    assert len(events(world, f"{OF_MEMBER}/activity", **both)) == 7


def _columns(event: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in event.items() if isinstance(value, str)]


@pytest.mark.parametrize(
    ("after", "first"),
    [
        ("2026-06-13T09:20:00Z", "2026-06-13T09:30:00.000Z"),
        ("2026-06-13T09:19:59.999Z", "2026-06-13T09:20:00.000Z"),
        ("2026-06-13T09:20:00.0001Z", "2026-06-13T09:30:00.000Z"),
        ("2026-06-13T11:20:00+02:00", "2026-06-13T09:30:00.000Z"),
        ("0000-01-01T00:00:00Z", "2026-06-01T09:10:00.000Z"),
    ],
)
def test_after_keeps_what_is_strictly_later(world: MockWorld, after: str, first: str) -> None:
    assert events(world, f"{PLACE}/activity", after=after, order="asc")[0]["timestamp"] == first


def test_later_pages_keep_the_moment_and_take_no_other(world: MockWorld) -> None:
    query: dict[str, Any] = {"after": "2026-06-11T12:00:00Z", "limit": 2}
    first = get(world, f"{PLACE}/activity", **query).json()
    second = get(world, f"{PLACE}/activity", limit=10, cursor=first["cursor"]).json()
    assert len(second["events"]) == 2
    answer = get(world, f"{PLACE}/activity", **query, cursor=first["cursor"])
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["fields"].keys() == {"after"}
    other = get(world, f"{PLACE}/activity", limit=2, cursor=first["cursor"], event_type="task_running")
    assert other.json()["error"]["code"] == "invalid_cursor"


def test_a_stream_of_a_workspace_has_its_activity_alone(world: MockWorld) -> None:
    acts = ids(events(world, f"{PLACE}/activity", order="asc"))
    headers = {"Last-Event-ID": acts[0]}
    with world.client("acme-owner").stream("GET", f"{PLACE}/activity/stream", headers=headers) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        parts = answer.iter_text()
        assert [line[4:] for line in next(parts).split("\n") if line.startswith("id: ")] == acts[1:]
        give(world, "stopped")
        give(world, "stopped", "ws_01HZ")
        live = next(parts)
    assert '"workspace_id":"ws_01HZ"' in live
    assert "ws_acme_busy" not in live
