"""Tasks are submitted and cancelled: by whom, to which workspaces, and what becomes of them."""

import json
from typing import Any

import pytest

from mock_server import MockWorld
from tests.mock_server.resources.asking import code

NOW = "2026-06-15T12:00:00Z"

STOPPED, FAILED, IDLE, BUSY = "ws_acme_stopped", "ws_acme_failed", "ws_01HZ", "ws_acme_busy"
WHAT = {"description": "Count the open tickets."}
ROLE = {"role_id": "role_01HZ"}


def post(world: MockWorld, path: str, body: Any = None, who: str = "acme-full-access") -> Any:
    return world.client(who).post(path, **({} if body is None else {"json": body}))


def read(world: MockWorld, path: str) -> Any:
    return world.client("acme-owner").get(path).json()


def submitted(world: MockWorld, workspace_id: str, who: str = "acme-full-access") -> str:
    """The path of a new task of a workspace."""
    answer = post(world, f"/workspaces/{workspace_id}/tasks", WHAT, who)
    assert answer.status_code == 202
    return f"/workspaces/{workspace_id}/tasks/{answer.json()['task_id']}"


def events_of(world: MockWorld, workspace_id: str) -> list[tuple[str, str, str]]:
    """What happened in a workspace of today: each event with who caused it and of which actor it is, oldest first."""
    query = {"filter": f"workspace_id={workspace_id}", "order": "asc", "from": "2026-06-15T11:00:00Z"}
    listed = world.client("acme-owner").get("/audit", params=query).json()["events"]
    return [(each["event_type"], each["user_id"], each["actor"]) for each in listed]


def test_a_task_for_a_role_makes_a_workspace_and_goes_its_way(world: MockWorld) -> None:
    answer = post(world, "/tasks", {**ROLE, **WHAT, "environment": "staging"}, "acme-member")
    assert answer.status_code == 202
    made = answer.json()
    assert made["status"] == "submitted"
    workspace = read(world, f"/workspaces/{made['workspace_id']}")
    assert (workspace["status"], workspace["environment"]) == ("provisioning", "staging")
    assert workspace["created_by_user_id"] == "usr_acme_member"
    seen = []
    for _ in range(10):
        task = read(world, f"/workspaces/{made['workspace_id']}/tasks/{made['task_id']}")
        works = read(world, f"/workspaces/{made['workspace_id']}")["status"]
        seen.append((task["status"], works))
        world.advance(1)
    assert seen == [
        ("submitted", "provisioning"),
        ("submitted", "provisioning"),
        ("submitted", "idle"),
        ("delivered", "busy"),
        *[("running", "busy")] * 5,
        ("completed", "idle"),
    ]
    assert task["description"] == WHAT["description"]
    assert task["duration_seconds"] == 9
    member = "usr_acme_member"
    assert events_of(world, made["workspace_id"]) == [
        ("workspace_created", member, "control-plane"),
        ("task_submitted", member, "control-plane"),
        ("workspace_ready", member, "control-plane"),
        ("task_delivered", member, "agent"),
        ("task_running", member, "agent"),
        ("policy_decision", member, "policy-engine"),
        ("task_completed", member, "agent"),
    ]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (ROLE, (400, "validation_error")),
        (WHAT, (400, "validation_error")),
        ({**ROLE, "description": ""}, (400, "validation_error")),
        ({**ROLE, "description": "x" * 65537}, (400, "validation_error")),
        ({**ROLE, **WHAT, "role_name": "on-call"}, (400, "validation_error")),
        ({**ROLE, **WHAT, "max_context_tokens": 0}, (400, "validation_error")),
        ({**ROLE, **WHAT, "thinking_effort": "extreme"}, (400, "validation_error")),
        ({**ROLE, **WHAT, "metadata": {}}, (400, "validation_error")),
        ({**WHAT, "role_id": "role_globex_dev"}, (404, "role_not_found")),
        ({**WHAT, "role_name": "no-such-role"}, (404, "role_not_found")),
        ({**WHAT, "role_id": "role_acme_old"}, (409, "role_archived")),
    ],
)
def test_a_task_is_for_one_role_of_the_org_that_is_in_use(
    world: MockWorld, body: dict[str, str], refused: tuple[int, str]
) -> None:
    there = len(read(world, "/workspaces")["workspaces"])
    assert code(post(world, "/tasks", body)) == refused
    assert len(read(world, "/workspaces")["workspaces"]) == there


def test_both_scopes_are_asked_for(world: MockWorld) -> None:
    body = {**ROLE, **WHAT}
    assert post(world, "/tasks", body, "acme-runner").status_code == 202
    for who in ("acme-read-only", "acme-auditor"):
        assert code(post(world, "/tasks", body, who)) == (403, "permission_denied")


def test_tasks_are_worked_on_one_at_a_time_the_oldest_first(world: MockWorld) -> None:
    paths = [submitted(world, IDLE) for _ in range(3)]
    for at_work in range(3):
        world.advance(1)
        statuses = [read(world, path)["status"] for path in paths]
        assert statuses == ["completed"] * at_work + ["delivered"] + ["submitted"] * (2 - at_work)
        assert read(world, f"/workspaces/{IDLE}")["status"] == "busy"
        world.advance(6)
    assert read(world, f"/workspaces/{IDLE}")["status"] == "idle"


@pytest.mark.parametrize("status", ["provisioning", "busy"])
def test_a_task_waits_while_the_workspace_does_other_things(world: MockWorld, status: str) -> None:
    path = submitted(world, f"ws_acme_{status}")
    assert read(world, path)["status"] == "submitted"


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("stopped", "workspace_stopped"),
        ("stopping", "workspace_stopped"),
        ("failed", "workspace_failed"),
        ("archived", "workspace_archived"),
    ],
)
def test_what_does_not_run_takes_no_task(world: MockWorld, status: str, refused: str) -> None:
    assert code(post(world, f"/workspaces/ws_acme_{status}/tasks", WHAT)) == (409, refused)


def test_a_task_may_say_more(world: MockWorld) -> None:
    more = {"reset_session": True, "metadata": {"ticket": 17}, "thinking_effort": "off", "max_continuations": 0}
    assert post(world, f"/workspaces/{IDLE}/tasks", {**WHAT, **more}).status_code == 202
    refused = post(world, f"/workspaces/{IDLE}/tasks", {**WHAT, "metadata": "none"})
    assert list(refused.json()["error"]["details"]["fields"]) == ["metadata"]


def test_who_may_give_tasks_to_the_own_workspaces_gives_none_to_others(world: MockWorld) -> None:
    path = f"/workspaces/{BUSY}/tasks"
    assert post(world, path, WHAT, "acme-member").status_code == 202
    assert code(post(world, path, WHAT, "acme-owner")) == (403, "workspace_not_visible")
    assert code(post(world, path, WHAT, "acme-read-only")) == (403, "permission_denied")
    assert code(post(world, path, WHAT, "globex-full-access")) == (404, "workspace_not_found")


def test_the_current_task_is_cancelled_and_the_next_one_begins(world: MockWorld) -> None:
    first, second = (submitted(world, IDLE, "acme-runner") for _ in range(2))
    world.advance(3)
    assert read(world, first)["status"] == "running"
    for _ in range(2):
        answer = post(world, f"/workspaces/{IDLE}/task/cancel", who="acme-owner")
        assert (answer.status_code, answer.json()) == (202, {"status": "cancelling"})
    assert read(world, first)["status"] == "running"
    world.advance(1)
    cancelled = read(world, first)
    assert (cancelled["status"], cancelled["reason"]) == ("cancelled", "cancelled_by_user")
    assert cancelled["duration_seconds"] == 4
    assert read(world, f"/workspaces/{IDLE}")["status"] == "idle"
    world.advance(60)
    assert [read(world, each)["status"] for each in (first, second)] == ["cancelled", "completed"]
    asked = [each for each in events_of(world, IDLE) if each[0] == "task_cancel_requested"]
    assert asked == [("task_cancel_requested", "usr_acme_owner", "control-plane")]


def test_where_none_is_worked_on_the_oldest_that_waits_is_cancelled(world: MockWorld) -> None:
    first, second = (submitted(world, IDLE) for _ in range(2))
    post(world, f"/workspaces/{IDLE}/task/cancel", who="acme-owner")
    world.advance(2)
    assert [read(world, each)["status"] for each in (first, second)] == ["cancelled", "delivered"]


def test_to_cancel_nothing_changes_nothing(world: MockWorld) -> None:
    world.advance(60)
    before, written = read(world, f"/workspaces/{IDLE}/tasks"), events_of(world, IDLE)
    assert post(world, f"/workspaces/{IDLE}/task/cancel", who="acme-owner").status_code == 202
    world.advance(60)
    assert (read(world, f"/workspaces/{IDLE}/tasks"), events_of(world, IDLE)) == (before, written)


@pytest.mark.parametrize("status", ["stopped", "failed", "provisioning"])
def test_what_has_no_agent_cancels_nothing(world: MockWorld, status: str) -> None:
    assert code(post(world, f"/workspaces/ws_acme_{status}/task/cancel", who="acme-owner")) == (
        409,
        f"workspace_{status}",
    )


def test_nothing_is_cancelled_while_nobody_can_reach_the_agent(world: MockWorld) -> None:
    params = {"org_id": "org_acme", "workspace_id": IDLE}
    waiting = submitted(world, IDLE)
    world.ask("POST", "/states", json={"action": "setup", "state": "agent is unreachable", "params": params})
    assert code(post(world, f"/workspaces/{IDLE}/task/cancel", who="acme-owner")) == (502, "agent_unreachable")
    world.advance(60)
    task = read(world, waiting)
    assert (task["status"], task["reason"]) == ("delivery_failed", "agent_unreachable")


def sent_with(world: MockWorld, files: list[tuple[str, bytes]], path: str = f"/workspaces/{IDLE}/tasks") -> Any:
    """What a submission answers that comes with files, by their names."""
    parts = [("file", (name, content)) for name, content in files]
    data = {**WHAT, "max_continuations": "3", **(ROLE if path == "/tasks" else {})}
    return world.client("acme-full-access").post(path, data=data, files=parts)


@pytest.mark.parametrize("path", ["/tasks", f"/workspaces/{IDLE}/tasks"])
def test_files_that_come_with_a_task_are_in_the_sandbox_once_it_is_delivered(world: MockWorld, path: str) -> None:
    files = [("a.txt", b"one"), ("two words.bin", bytes(range(256)) * 300), ("empty", b"")]
    answer = sent_with(world, files, path)
    assert answer.status_code == 202
    task = answer.json()
    sandbox = f"/workspaces/{task['workspace_id']}/sandbox"
    assert (
        read(world, f"/workspaces/{task['workspace_id']}/tasks/{task['task_id']}")["description"] == WHAT["description"]
    )
    world.advance(2 if path == "/tasks" else 0)
    folder = f"data/uploads/{task['task_id']}"
    assert not [each for each in read(world, f"{sandbox}/files")["entries"] if each["path"].startswith(folder)]
    world.advance(1)
    for name, content in files:
        got = world.client("acme-owner").get(f"{sandbox}/download/{folder}/{name}")
        assert (got.status_code, got.content) == (200, content)


def test_files_outlive_a_stop_in_the_snapshot(world: MockWorld) -> None:
    task = sent_with(world, [("a.txt", b"kept")]).json()["task_id"]
    world.advance(1)
    post(world, f"/workspaces/{IDLE}/stop", who="acme-owner")
    world.advance(2)
    kept = world.client("acme-owner").get(f"/workspaces/{IDLE}/snapshot/download/data/uploads/{task}/a.txt")
    assert kept.content == b"kept"


@pytest.mark.parametrize(
    "names",
    [["a", "a"], [".hidden"], ["../up"], ["a/b"], ["ä"], ["x" * 256], [str(each) for each in range(11)]],
    ids=["twice", "dot", "up", "slash", "letter", "long", "many"],
)
def test_files_have_plain_names_of_their_own_and_are_few(world: MockWorld, names: list[str]) -> None:
    refused = sent_with(world, [(name, b"x") for name in names])
    assert code(refused) == (400, "validation_error")
    assert list(refused.json()["error"]["details"]["fields"]) == ["file"]


def test_files_together_have_a_limit(world: MockWorld) -> None:
    most = 8 * 1024 * 1024
    assert sent_with(world, [("a", b"x" * (most - 1)), ("b", b"x")]).status_code == 202
    assert code(sent_with(world, [("a", b"x" * (most - 1)), ("b", b"xx")])) == (413, "payload_too_large")


def test_a_form_says_what_a_body_of_json_says(world: MockWorld) -> None:
    path = f"/workspaces/{IDLE}/tasks"
    client = world.client("acme-full-access")
    for data in ({}, {**WHAT, "max_continuations": "many"}, {**WHAT, "reset_session": "perhaps"}):
        assert code(client.post(path, data=data, files={"file": ("a", b"x")})) == (400, "validation_error")
    assert code(client.post(path, json={**WHAT, "file": []})) == (400, "validation_error")


def test_a_body_of_json_has_no_framing(world: MockWorld) -> None:
    most, headers = 8 * 1024 * 1024, {"Content-Type": "application/json"}
    body = json.dumps(WHAT).encode()
    client = world.client("acme-full-access")
    for length, status in ((most, 202), (most + 1, 413)):
        padded = body + b" " * (length - len(body))
        assert client.post(f"/workspaces/{IDLE}/tasks", content=padded, headers=headers).status_code == status
