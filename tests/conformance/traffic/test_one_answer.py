"""What a single answer shows to be wrong, and what it shows to be another than before: each beside what is right."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from conformance.cli import main
from tests.conformance.traffic.har import entry, error, written
from tests.conformance.traffic.judging import introduced, pack

ALL = (
    "audit:read",
    "workspace:read",
    "workspace:write",
    "tasks:write:own",
    "caps:write",
    "apikeys:write",
    "members:read",
    "secrets:write",
)
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


WORKSPACE = {
    "id": "ws_1",
    "org_id": "org_acme",
    "role_id": "role_1",
    "status": "idle",
    "created_by_user_id": "user_publisher",
    "created_at": "2026-11-27T12:00:00Z",
    "updated_at": "2026-11-27T12:00:00Z",
    "archived_at": None,
}


def workspace(status: str) -> Entry:
    return entry("POST", "/workspaces", 201, {**WORKSPACE, "status": status}, body={"role_id": "role_1"}, at=60)


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
    kept = {name: value for name, value in shown.items() if value is not None}
    return entry(path=f"/providers/{shown['id']}", answer=kept, at=at)


LATER = provider(1, id="provider_2", name="second", updated_at="2026-11-27T11:00:00Z")
"""It shows that the clock of the server had gone on."""
BEFORE = (LATER, provider(2, display_name="One"))


def role(object_id: str, at: float) -> Entry:
    """The creation of a role at the time that the server's clock shows then."""
    made = f"2026-11-27T12:{int(at) // 60:02}:{int(at) % 60:02}Z"
    shown = {"id": object_id, "org_id": "org_acme", "name": object_id, "provider_id": "provider_1", "pack_ids": []}
    answer = {**shown, "environment": "development", "created_at": made, "updated_at": made}
    return entry("POST", "/agent-roles", 201, answer, body={"name": object_id, "provider_id": "provider_1"}, at=at)


def named(name: object) -> tuple[Entry, Entry]:
    """A role of this name, and the workspaces of that name."""
    made = json.loads(base64.b64decode(role("role-1", 1)["response"]["content"]["text"]))
    shown = entry(path="/agent-roles/role-1", answer={**made, "name": name}, at=1)
    workspaces = {"workspaces": [{**WORKSPACE, "role_id": "role-1"}]}
    return shown, entry(path="/workspaces?role_name=role-1", answer=workspaces, at=2)


def roles(at: float, *made: Entry) -> Entry:
    answer = {"agent_roles": [json.loads(base64.b64decode(each["response"]["content"]["text"])) for each in made]}
    return entry(path="/agent-roles", answer=answer, at=at)


ROLES = tuple(role(f"role-{second}", second) for second in (0, 6, 12, 18))
"""They show that the clock goes on as that of the recorder."""


def archived(at: float) -> Entry:
    """A role that was archived, which set its `updated_at`."""
    made = json.loads(base64.b64decode(role("role-old", at)["response"]["content"]["text"]))
    return entry(path="/agent-roles/role-old", answer={**made, "archived_at": made["updated_at"]}, at=at)


def secrets(at: float, *made: str) -> Entry:
    listed = [{"name": "TOKEN_A", "created_at": each, "updated_at": each} for each in made]
    return entry(path="/secrets", answer={"secrets": listed}, at=at)


OLD, NEW = "2026-01-01T00:00:00Z", "2026-11-27T12:00:20Z"
REMOVED = entry("DELETE", "/secrets/TOKEN_A", 200, {"status": "deleted"}, at=19)


def members(at: float, *names: str) -> Entry:
    shown = [
        {
            "id": f"mem_{name}",
            "org_id": "org_acme",
            "email": f"{name}@acme.example",
            "role": "member",
            "invited_by": "user_publisher",
            "invited_at": OLD,
            "accepted_at": OLD,
            "workos_user_id": f"usr_{name}",
        }
        for name in names
    ]
    return entry(path="/orgs/org_acme/memberships", answer={"memberships": shown}, at=at)


MEMBERS = (LATER, members(2, "a", "b"), members(3, "a", "b"))
COMMUNITY = {k: v for k, v in pack(owned=False, visibility="community").items() if k not in ("org_id", "image_ref")}


def packs(at: float, *shown: Entry) -> Entry:
    return entry(path="/packs", answer={"packs": [*shown]}, at=at)


def submitted(workspace_id: str) -> Entry:
    answer = {"task_id": "task_1", "workspace_id": workspace_id, "status": "submitted"}
    return entry("POST", "/workspaces/ws_1/tasks", 202, answer, body={"description": "Do it."}, at=60)


REVOKED = (key("read_only"), entry("DELETE", "/api-keys/api_key_1", 200, {"status": "revoked"}, at=61))


def by_the_key(at: float, status: int, answer: Entry, **got: str) -> Entry:
    return entry(path="/providers", status=status, answer=answer, token="sk_0123456789", at=at, got=got)


SERVED = by_the_key(60.5, 200, {"providers": []})
SIGNED_OUT = by_the_key(62, 401, error("unauthenticated"), **{"WWW-Authenticate": "Bearer"})


def by_somebody(org: object) -> Entry:
    """A provider of this org, shown to somebody whom no session introduced."""
    shown = json.loads(base64.b64decode(provider(1)["response"]["content"]["text"]))
    return entry(path="/providers/provider_1", answer={**shown, "org_id": org}, token="a-token-of-somebody-else", at=1)


def fields(*names: str) -> Entry:
    said = error("validation_error", fields=dict.fromkeys(names, "It is wrong."))
    return entry("POST", "/packs", 400, said, body={"name": 1, "packs": []}, at=60)


def unknown_parameter(name: str) -> Entry:
    said = error("validation_error", fields={"query": "There is no such parameter."})
    return entry(path=f"/packs?{name}=1", status=400, answer=said, at=60)


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
    "task without its reason": (
        "TASK-END-FIELDS",
        (task(status="failed", reason="It broke."),),
        (task(status="failed"),),
    ),
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
    "parameter that has a name": ("ENVELOPE-FIELDS", (unknown_parameter(""),), (unknown_parameter("page"),)),
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
    "empty page that goes on": (
        "AUDIT-CURSOR-ABSENT",
        (entry(path="/audit", answer={"events": []}),),
        (entry(path="/audit", answer={"events": [], "cursor": "a"}),),
    ),
    "full page that does not go on": (
        "AUDIT-CURSOR-ABSENT",
        (log(event(2), event(1)), entry(path="/audit?limit=1", answer={"events": [event(2)], "cursor": "a"}, at=61)),
        (log(event(2), event(1)), log(event(2), at=61, query="?limit=1")),
    ),
    "stream that lacks what was listed": (
        "STREAM-LIVE",
        (log(event(3), event(2), event(1), at=50), stream(block(1), block(2), block(3))),
        (log(event(3), event(2), event(1), at=50), stream(block(1), block(3))),
    ),
    "stream that lacks what is listed later": (
        "STREAM-LIVE",
        (stream(block(1), block(2), block(3)), log(event(3), event(2), event(1), at=61)),
        (stream(block(1), block(3)), log(event(3), event(2), event(1), at=61)),
    ),
    "list without what was made": (
        "OWNERSHIP-LISTED",
        (*ROLES, roles(21, *ROLES[:3]), roles(23, *ROLES)),
        (*ROLES, archived(20), roles(21, *ROLES[:3]), roles(23, *ROLES)),
    ),
    "secret that comes back as old as it was": (
        "DELETE-GONE",
        (*ROLES, secrets(17, OLD), REMOVED, secrets(21, NEW)),
        (*ROLES, secrets(17, OLD), REMOVED, secrets(21, OLD)),
    ),
    "list without a member": (
        "OWNERSHIP-LISTED",
        (*MEMBERS, members(5, "a", "b")),
        (*MEMBERS[:2], members(3, "a"), members(5, "a", "b")),
    ),
    "list without a pack of another org": (
        "OWNERSHIP-LISTED",
        (LATER, packs(2, COMMUNITY), packs(3, COMMUNITY), packs(4, COMMUNITY)),
        (LATER, packs(2, COMMUNITY), packs(3), packs(4, COMMUNITY)),
    ),
    "org that is no text": ("CONTRACT-BODY-SCHEMA", (by_somebody("org_acme"),), (by_somebody({"value": "org_acme"}),)),
    "name that is no text": ("CONTRACT-BODY-SCHEMA", named("role-1"), named({"value": "role-1"})),
    "key that was revoked": (
        "AUTH-REVOKED",
        (*REVOKED, SERVED, SIGNED_OUT),
        (*REVOKED, by_the_key(62, 200, {"providers": []})),
    ),
    "answer about another workspace": ("CONTRACT-RIGHT-ANSWER", (submitted("ws_1"),), (submitted("ws_2"),)),
    "another object": (
        "CONTRACT-RIGHT-ANSWER",
        (provider(1),),
        (provider(1) | {"request": provider(1, id="provider_2")["request"]},),
    ),
    "time of the last change that is gone": (
        "EFFECT-NOTHING-ELSE",
        (provider(1), provider(2)),
        (provider(1), provider(2, updated_at=None)),
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
