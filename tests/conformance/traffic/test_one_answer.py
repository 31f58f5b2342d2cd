"""What a single answer shows to be wrong, and what it shows to be another than before: each beside what is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from conformance.cli import main
from tests.conformance.traffic.har import entry, error, written
from tests.conformance.traffic.judging import introduced

ALL = ("audit:read", "workspace:read", "workspace:write", "caps:write", "apikeys:write", "members:read")
ME = introduced(permissions=ALL)
Entry = dict[str, Any]


def event(second: int, **changed: Any) -> Entry:
    """An event of activity of a workspace."""
    return {
        "id": f"01a21ce0-0000-7000-8000-0000000000{second:02}",
        "org_id": "org_acme",
        "user_id": "user_publisher",
        "timestamp": f"2026-11-27T12:00:{second:02}.000Z",
        "event_type": "task_running",
        "category": "activity",
        "actor": "agent",
        "workspace_id": "ws_1",
        "task_id": "task_1",
        **changed,
    }


def log(*events: Entry, at: float = 60, query: str = "") -> Entry:
    return entry(path=f"/audit{query}", answer={"events": [*events]}, at=at)


def activity(query: str, *events: Entry) -> Entry:
    return entry(path=f"/workspaces/ws_1/activity{query}", answer={"events": [*events]}, at=60)


def counted(*values: int, at: float = 62) -> Entry:
    return entry(path="/audit/stats", answer={"buckets": [{"group": {}, "value": each} for each in values]}, at=at)


def stream(*blocks: str) -> Entry:
    path, content = "/workspaces/ws_1/activity/stream", "".join(blocks).encode()
    return entry(path=path, answer=content, at=60, got={"Content-Type": "text/event-stream"})


def block(second: int, *, name: str | None = None, **changed: Any) -> str:
    """An event as it comes down a stream."""
    said = event(second, **changed)
    return f"event: activity\nid: {said['id'] if name is None else name}\ndata: {json.dumps(said)}\n\n"


def task(**changed: Any) -> Entry:
    shown = {
        "id": "task_1",
        "org_id": "org_acme",
        "workspace_id": "ws_1",
        "description": "Do it.",
        "status": "completed",
        "created_at": "2026-11-27T12:00:00Z",
        "completed_at": "2026-11-27T12:00:05Z",
        "duration_seconds": 5.0,
        **changed,
    }
    kept = {name: value for name, value in shown.items() if value is not None}
    return entry(path="/workspaces/ws_1/tasks/task_1", answer=kept, at=60)


def content(text: str, size: int, *, truncated: bool) -> Entry:
    of_file = {"path": "a.txt", "size": size, "is_dir": False, "mtime": 1.0, "readonly": True}
    answer = {"entry": of_file, "content": text, "truncated": truncated}
    return entry(path="/workspaces/ws_1/snapshot/files/a.txt?max_bytes=3", answer=answer, at=60)


def workspace(status: str) -> Entry:
    shown = {
        "id": "ws_1",
        "org_id": "org_acme",
        "role_id": "role_1",
        "status": status,
        "created_by_user_id": "user_publisher",
        "created_at": "2026-11-27T12:00:00Z",
        "updated_at": "2026-11-27T12:00:00Z",
        "archived_at": None,
    }
    return entry("POST", "/workspaces", 201, shown, body={"role_id": "role_1"}, at=60)


def key(permission_set: str) -> Entry:
    shown = {"id": "api_key_1", "label": "a", "prefix": "sk_...6789", "permission_set": permission_set}
    answer = {**shown, "value": "sk_0123456789"}
    return entry("POST", "/api-keys", 201, answer, body={"label": "a", "permission_set": "read_only"}, at=60)


def provider(at: float, **changed: Any) -> Entry:
    shown = {
        "id": "provider_1",
        "org_id": "org_acme",
        "name": "first",
        "kind": "openai",
        "domain": "api.first.example",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        **changed,
    }
    return entry(path=f"/providers/{shown['id']}", answer=shown, at=at)


LATER = provider(1, id="provider_2", name="second", updated_at="2026-11-27T11:00:00Z")
"""It shows that the clock of the server had gone on."""
CHANGED = provider(2, kind="vertex")
BEFORE = (LATER, provider(2, display_name="One"))


def fields(*names: str) -> Entry:
    said = error("validation_error", fields=dict.fromkeys(names, "It is wrong."))
    return entry("POST", "/packs", 400, said, body={"name": 1, "packs": []}, at=60)


RULE, RIGHT, WRONG = range(3)
CASES: dict[str, tuple[str, tuple[Entry, ...], tuple[Entry, ...]]] = {
    "event of another type": (
        "ACTIVITY-FILTERS",
        (activity("?event_type=task_running", event(1)),),
        (activity("?event_type=task_completed", event(1)),),
    ),
    "event of another task": (
        "ACTIVITY-FILTERS",
        (activity("?task_id=task_1", event(1)),),
        (activity("?task_id=task_2", event(1)),),
    ),
    "event of before": (
        "ACTIVITY-AFTER",
        (activity("?after=2026-11-27T12:00:01Z", event(9)),),
        (activity("?after=2026-11-27T12:00:09Z", event(1)),),
    ),
    "event that has changed": (
        "AUDIT-ID",
        (log(event(1)), log(event(2), event(1), at=61)),
        (log(event(1)), log(event(1, actor="control-plane"), at=61)),
    ),
    "event that is gone": (
        "AUDIT-WALK",
        (log(event(3), event(2), event(1)), log(event(3), event(2), event(1), at=61)),
        (log(event(3), event(2), event(1)), log(event(3), event(1), at=61)),
    ),
    "empty bucket": ("STATS-NO-EMPTY", (counted(1),), (counted(0),)),
    "fewer than were listed": (
        "STATS-COUNT",
        (log(event(2), event(1)), counted(2)),
        (log(event(2), event(1)), counted(1)),
    ),
    "stream of another workspace": (
        "STREAM-ONLY-ACTIVITY",
        (stream(block(1), block(2)),),
        (stream(block(1), block(2, workspace_id="ws_2")),),
    ),
    "stream without ids": ("STREAM-FORM", (stream(block(1)),), (stream(block(1, name="")),)),
    "stream with one twice": ("STREAM-LIVE", (stream(block(1), block(2)),), (stream(block(1), block(1)),)),
    "task without its end": ("TASK-END-FIELDS", (task(),), (task(completed_at=None),)),
    "task of another duration": ("TASK-END-FIELDS", (task(),), (task(duration_seconds=65.0),)),
    "more than was asked for": (
        "SNAPSHOT-MAX-BYTES",
        (content("abc", 9, truncated=True),),
        (content("abcd", 9, truncated=True),),
    ),
    "a cut that is not told": (
        "SNAPSHOT-MAX-BYTES",
        (content("abc", 3, truncated=False),),
        (content("abc", 9, truncated=False),),
    ),
    "new workspace that is busy": ("WORKSPACE-STEPS", (workspace("provisioning"),), (workspace("busy"),)),
    "key of another permission set": ("KEY-VALUE", (key("read_only"),), (key("full_access"),)),
    "field that nobody sent": ("ENVELOPE-FIELDS", (fields("name", "packs[0]"),), (fields("name_"),)),
    "field that nothing changes": (
        "EFFECT-NOTHING-ELSE",
        (provider(1), provider(2)),
        (provider(1), provider(2, kind="vertex")),
    ),
    "change without its time": (
        "EFFECT-NOTHING-ELSE",
        (*BEFORE, provider(3, display_name="Two", updated_at="2026-11-27T11:30:00Z")),
        (*BEFORE, provider(3, display_name="Two")),
    ),
    "field that is gone": ("EFFECT-NOTHING-ELSE", (*BEFORE, provider(3, display_name="One")), (*BEFORE, provider(3))),
}


def found(folder: Path, part: int) -> dict[str, set[str]]:
    """The rules of what is found of each case, of which each is a recording of its own."""
    for name, case in CASES.items():
        written(folder, ME, *case[part], name=f"{name}.har")
    report = folder / "report.json"
    asked = ["traffic", str(folder), "--report", f"json={report}", "--quiet"]
    CliRunner().invoke(main, asked, catch_exceptions=False)
    rules: dict[str, set[str]] = {}
    for each in json.loads(report.read_text(encoding="utf-8"))["findings"]:
        if each["operation_id"] != "session.get":
            for place in (each["case"], *each.get("cases", ())):
                rules.setdefault(place.partition(".har")[0], set()).add(each["rule"])
    return rules


def test_nothing_is_found_of_what_is_right(tmp_path: Path) -> None:
    assert found(tmp_path, RIGHT) == {}


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    rules = found(tmp_path, WRONG)
    assert [name for name, case in CASES.items() if case[RULE] not in rules.get(name, ())] == []
