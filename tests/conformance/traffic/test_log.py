"""Pages of events: what one says of itself, and what the log has to have by what was seen before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.traffic.har import entry
from tests.conformance.traffic.judging import ALL_SCOPES, introduced, judged, pack

READER = introduced(permissions=ALL_SCOPES)


def event(number: int = 1, **changed: Any) -> dict[str, Any]:
    """An event of configuration, the later the higher its number."""
    return {
        "id": f"01a21ce4-9c50-7000-8000-{number:012}",
        "org_id": "org_acme",
        "user_id": "user_publisher",
        "timestamp": f"2026-11-27T12:{number:02}:00.000Z",
        "event_type": "pack.created",
        "category": "audit",
        "actor": "control-plane",
        "resource_id": f"pack_{number}",
        **changed,
    }


def acted(number: int = 1, **changed: Any) -> dict[str, Any]:
    """An event of a workspace."""
    of_activity = {"event_type": "workspace_stopped", "category": "activity", "workspace_id": "ws_1"}
    return {**event(number), "resource_id": "ws_1", **of_activity, **changed}


def page(*events: Any, path: str = "/audit", at: float = 100, **more: Any) -> dict[str, Any]:
    return entry(path=path, answer={"events": list(events), **more}, at=at)


def made(at: float, object_id: str = "pack_1") -> dict[str, Any]:
    body = {"image_ref": "registry.example/a-pack:1.0.0"}
    return entry("POST", body=body, status=201, answer=pack(object_id, image_origin="image_ref"), at=at)


def found(folder: Path, *entries: Any) -> list[str]:
    return [rule for rule, _ in judged(folder, READER, *entries).found]


@pytest.mark.parametrize(
    ("listed", "rule"),
    [
        (page(event(id="01a21ce4-9c50-4000-8000-000000000001")), "AUDIT-ID"),
        (page(event(), event()), "AUDIT-ID"),
        (page(event(1), event(2)), "AUDIT-ORDER"),
        (page(event(2), event(1), path="/audit?order=asc"), "AUDIT-ORDER"),
        (page(event(2), event(1), path="/audit?limit=1"), "AUDIT-LIMIT"),
        (page(event(), cursor="more"), "AUDIT-CURSOR-ABSENT"),
        (page(event(org_id="org_globex")), "OWNERSHIP-NOT-LISTED"),
        (page(event(category="activity")), "AUDIT-COLUMNS"),
        (page(event(actor="agent")), "AUDIT-COLUMNS"),
        (page(event(workspace_id="ws_1")), "AUDIT-COLUMNS"),
        (page(acted(workspace_id="ws_2"), path="/workspaces/ws_1/audit"), "AUDIT-WORKSPACE"),
        (page(event(), path="/workspaces/ws_1/audit"), "AUDIT-WORKSPACE"),
        (page(acted(category="audit"), path="/workspaces/ws_1/activity"), "ACTIVITY-CATEGORY"),
        (page(acted(workspace_id="ws_2"), path="/workspaces/ws_1/activity"), "ACTIVITY-CATEGORY"),
        (page(event(), path="/audit?filter=event_type%3Dpack.deleted"), "AUDIT-FILTER"),
        (page(event(), path="/audit?filter=event_type!%3Dpack.deleted,pack.created"), "AUDIT-FILTER"),
        (page(event(), path="/audit?filter=workspace_id!%3D"), "AUDIT-FILTER"),
        (page(event(), path="/audit?from=2026-11-28T00:00:00Z"), "AUDIT-WINDOW"),
        (page(event(), path="/audit?to=2026-11-27T12:01:00Z"), "AUDIT-WINDOW"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_page_says_what_cannot_be_so_of_it(tmp_path: Path, listed: Any, rule: str) -> None:
    assert found(tmp_path, listed) == [rule]


@pytest.mark.parametrize(
    "listed",
    [
        page(event(2), event(1)),
        page(event(1), event(2), path="/audit?order=asc"),
        page(event(2), event(1), path="/audit?limit=2", cursor="more"),
        page(acted(2, actor="agent"), event(category="audit", event_type="policy_decided", workspace_id="ws_1")),
        page(acted(category="audit"), path="/workspaces/ws_1/audit"),
        page(event(), path="/audit?filter=event_type%3Dpack.created,pack.deleted&filter=workspace_id!%3Dws_1"),
        page(event(), path="/audit?filter=user_id!%3D"),
        page(event(), path="/audit?from=2026-11-27T12:01:00.500Z&to=2026-11-27T12:01:00.600Z"),
    ],
)
def test_a_right_page_has_no_finding(tmp_path: Path, listed: Any) -> None:
    assert found(tmp_path, listed) == []


def test_who_may_see_the_own_events_is_shown_no_others(tmp_path: Path) -> None:
    narrowed = introduced(permissions=("audit:read:own",))
    anothers = page(event(user_id="user_else"))
    assert judged(tmp_path, narrowed, anothers).found == [("OWNERSHIP-AUDIT-OWN", "audit.list")]
    assert judged(tmp_path, narrowed, page(event(user_id="user_publisher"))).found == []
    assert judged(tmp_path, anothers).found == []


def test_buckets_come_in_order(tmp_path: Path) -> None:
    buckets = [{"group": {"event_type": name}, "value": 1} for name in ("pack.created", "pack.deleted")]
    path = "/audit/stats?group_by=event_type"
    assert found(tmp_path, entry(path=path, answer={"buckets": buckets})) == []
    assert found(tmp_path, entry(path=path, answer={"buckets": buckets[::-1]})) == ["STATS-NO-EMPTY"]
    assert found(tmp_path, entry(path=f"{path}&top=1:event_type", answer={"buckets": buckets[::-1]})) == []


def test_a_change_is_in_the_log_by_now(tmp_path: Path) -> None:
    """The page has all events there are, or one that is older than the change."""
    assert found(tmp_path, made(1), page(event(9))) == ["AUDIT-WRITTEN"]
    assert found(tmp_path, made(1), page(event(9), event(1))) == []
    full = {"path": "/audit?limit=1", "cursor": "more"}
    assert found(tmp_path, made(1), page(event(9), **full)) == []
    older = page(event(9), event(1), path="/audit?limit=2", cursor="more")
    assert found(tmp_path, made(1), made(2, "pack_2"), older) == ["AUDIT-WRITTEN"]
    assert found(tmp_path, made(2, "pack_2"), made(10), older) == []


@pytest.mark.parametrize(
    "listed",
    [
        page(event(9), at=20),  # it may come later than the change
        page(event(9), path="/audit?order=asc&limit=1", cursor="more"),
        page(event(9, event_type="pack.deleted"), path="/audit?filter=event_type%3Dpack.deleted"),
        page(event(9), path="/audit?cursor=more"),
        page(event(9, resource_id="")),  # whose it is is not told, so it may be this one
    ],
)
def test_what_may_be_elsewhere_lacks_nothing(tmp_path: Path, listed: Any) -> None:
    assert found(tmp_path, made(1), listed) == []


def test_of_who_may_not_see_all_events_none_is_missed(tmp_path: Path) -> None:
    narrowed = introduced(permissions=("audit:read:own", "caps:write"))
    mine = page(event(9, user_id="user_publisher"))
    assert judged(tmp_path, narrowed, made(1), mine).found == []


def test_what_is_there_again_was_not_removed_and_needs_no_event(tmp_path: Path) -> None:
    gone = entry("DELETE", "/packs/pack_1", answer={"status": "deleted"}, at=2)
    listed = page(event(9))
    assert found(tmp_path, gone, listed) == ["AUDIT-WRITTEN"]
    assert found(tmp_path, gone, entry(path="/packs/pack_1", answer=pack(), at=3), listed) == ["DELETE-GONE"]


def test_the_event_of_what_somebody_made_is_theirs_and_comes_once(tmp_path: Path) -> None:
    assert found(tmp_path, made(1), page(event(1, user_id="system"))) == ["AUDIT-USER"]
    twice = page(event(2, resource_id="pack_1"), event(1))
    assert found(tmp_path, made(1), twice) == ["AUDIT-WRITTEN"]


def test_a_page_that_more_events_follow_has_a_cursor(tmp_path: Path) -> None:
    all_of_them, first = page(event(2), event(1), at=1), page(event(2), path="/audit?limit=1", at=2)
    assert found(tmp_path, all_of_them, first) == ["AUDIT-CURSOR-ABSENT"]
    assert found(tmp_path, first, page(event(3), event(2), at=3)) == []
    assert found(tmp_path, all_of_them, page(event(2), path="/audit?limit=1", at=2, cursor="more")) == []
