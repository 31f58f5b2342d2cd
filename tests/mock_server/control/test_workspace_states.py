"""The provider states of workspaces and their tasks."""

from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.client.errors import Refused

NOW = "2026-07-01T09:00:00Z"
IDLE, BUSY, RUNNING, QUEUED = "ws_01HZ", "ws_acme_busy", "task_acme_running", "task_acme_queued"


def set_up(world: MockWorld, state: str, **params: Any) -> Any:
    body = {"action": "setup", "state": state, "params": {"org_id": "org_acme", **params}}
    return world.ask("POST", "/states", json=body)


def tear_down(world: MockWorld, state: str, values: Any = None, **params: Any) -> None:
    body = {"action": "teardown", "state": state, "params": {"org_id": "org_acme", **params}, "values": values or {}}
    world.ask("POST", "/states", json=body)


def workspace(world: MockWorld, key: str) -> Any:
    return world.state()["workspaces"][key]


def task(world: MockWorld, key: str) -> Any:
    return world.state()["tasks"][key]


def ended(world: MockWorld, key: str) -> tuple[str, str | None]:
    """The status of a task that ended now, and why."""
    found = task(world, key)
    assert found["completed_at"] == NOW
    return found["status"], found.get("reason")


def code(refused: pytest.ExceptionInfo[Refused]) -> tuple[int, str]:
    return refused.value.status, refused.value.error["code"]


def test_a_workspace_and_a_task_that_are_made_go_again(world: MockWorld) -> None:
    before = world.state()
    made = set_up(world, "workspace exists", role_id="role_acme_spare")
    shown = workspace(world, made["workspace_id"])
    assert (shown["status"], shown["created_by_user_id"], shown["created_at"]) == ("provisioning", "system", NOW)
    set_up(world, "task exists", workspace_id=made["workspace_id"], description="Do it.")
    tear_down(world, "workspace exists", made)
    after = world.state()
    assert (after["workspaces"], after["tasks"]) == (before["workspaces"], before["tasks"])


def test_a_workspace_goes_with_the_role_that_a_state_made(world: MockWorld) -> None:
    before = world.state()["workspaces"]
    role = set_up(world, "role references pack", pack_id="pack_02HZ")
    set_up(world, "workspace exists", role_id=role["role_id"])
    tear_down(world, "role references pack", role)
    assert world.state()["workspaces"] == before


def test_a_workspace_is_of_a_role_of_its_org(world: MockWorld) -> None:
    with pytest.raises(Refused) as refused:
        set_up(world, "workspace exists", role_id="role_globex_dev")
    assert code(refused) == (400, "validation_error")


@pytest.mark.parametrize(
    ("status", "running", "queued"),
    [
        ("idle", ("completed", None), None),
        ("provisioning", ("cancelled", "workspace_restarted"), None),
        ("stopping", ("cancelled", "workspace_stopped"), ("delivery_failed", "workspace_stopped")),
        ("stopped", ("cancelled", "workspace_stopped"), ("delivery_failed", "workspace_stopped")),
        ("failed", ("failed", "workspace_failed"), ("delivery_failed", "workspace_failed")),
    ],
)
def test_its_tasks_end_as_the_status_says(world: MockWorld, status: str, running: object, queued: object) -> None:
    assert set_up(world, "workspace is", workspace_id=BUSY, status=status) == {}
    shown = workspace(world, BUSY)
    assert (shown["status"], shown["updated_at"], shown["held"]) == (status, NOW, True)
    assert ended(world, RUNNING) == running
    if queued is None:
        assert task(world, QUEUED)["status"] == "submitted"
    else:
        assert ended(world, QUEUED) == queued


def test_a_stopped_one_has_a_new_snapshot(world: MockWorld) -> None:
    set_up(world, "workspace is", workspace_id=IDLE, status="stopped")
    first = workspace(world, IDLE)["snapshot_ref"]
    set_up(world, "workspace is", workspace_id=IDLE, status="idle")
    assert workspace(world, IDLE)["snapshot_ref"] == first
    set_up(world, "workspace is", workspace_id=IDLE, status="stopped")
    assert workspace(world, IDLE)["snapshot_ref"] != first


def test_a_busy_one_works_on_its_oldest_task_or_on_none(world: MockWorld) -> None:
    set_up(world, "workspace is", workspace_id=BUSY, status="idle")
    set_up(world, "workspace is", workspace_id=BUSY, status="busy")
    assert (task(world, QUEUED)["status"], task(world, QUEUED)["held"]) == ("running", True)
    set_up(world, "workspace is", workspace_id=IDLE, status="busy")
    assert workspace(world, IDLE)["status"] == "busy"


def test_in_the_status_that_it_has_the_hold_alone_changes(world: MockWorld) -> None:
    before = world.state()
    set_up(world, "workspace is", workspace_id=BUSY, status="busy", held=False)
    set_up(world, "task is", workspace_id=BUSY, task_id=RUNNING, status="running", held=False)
    after = world.state()
    assert after["workspaces"][BUSY] == {**before["workspaces"][BUSY], "held": False}
    due = {"held": False, "due_at": "2026-07-01T09:00:05Z"}
    assert after["tasks"][RUNNING] == {**before["tasks"][RUNNING], **due}
    assert after["events"] == before["events"]


def test_the_teardown_lets_go_of_both(world: MockWorld) -> None:
    tear_down(world, "workspace is", workspace_id=BUSY)
    tear_down(world, "task is", workspace_id=BUSY, task_id=RUNNING)
    assert not workspace(world, BUSY)["held"]
    assert not task(world, RUNNING)["held"]
    tear_down(world, "workspace is", workspace_id="ws_none")
    tear_down(world, "task is", workspace_id=BUSY, task_id="task_none")


@pytest.mark.parametrize("status", ["delivered", "running", "compacting"])
def test_a_task_that_becomes_the_current_one_ends_the_other(world: MockWorld, status: str) -> None:
    set_up(world, "task is", workspace_id=BUSY, task_id=QUEUED, status=status)
    assert (task(world, QUEUED)["status"], ended(world, RUNNING)) == (status, ("completed", None))
    assert workspace(world, BUSY)["status"] == "busy"


def test_a_task_that_ended_can_be_the_current_one_again(world: MockWorld) -> None:
    set_up(world, "task is", workspace_id=IDLE, task_id="task_acme_failed", status="running")
    assert task(world, "task_acme_failed").keys().isdisjoint({"completed_at", "reason"})
    assert workspace(world, IDLE)["status"] == "busy"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("completed", None),
        ("failed", "workspace_failed"),
        ("cancelled", "cancelled_by_user"),
        ("delivery_failed", "agent_unreachable"),
    ],
)
def test_the_end_of_the_current_task_leaves_the_workspace_idle(
    world: MockWorld, status: str, reason: str | None
) -> None:
    set_up(world, "task is", workspace_id=BUSY, task_id=QUEUED, status=status)
    assert ended(world, QUEUED) == (status, reason)
    assert workspace(world, BUSY)["status"] == "busy"  # the other one is current still
    set_up(world, "task is", workspace_id=BUSY, task_id=RUNNING, status=status)
    assert workspace(world, BUSY)["status"] == "idle"


@pytest.mark.parametrize(
    ("state", "params", "refusal"),
    [
        ("workspace is", {"workspace_id": "ws_acme_archived", "status": "idle"}, (409, "status_impossible")),
        ("workspace is", {"workspace_id": "ws_globex_idle", "status": "busy"}, (404, "workspace_unknown")),
        ("workspace is", {"workspace_id": IDLE, "status": "running"}, (400, "validation_error")),
        ("workspace is", {"workspace_id": IDLE, "status": "idle", "held": 1}, (400, "validation_error")),
        ("workspace is", {"workspace_id": IDLE, "status": "idle", "pod": True}, (400, "validation_error")),
        (
            "task is",
            {"workspace_id": "ws_acme_stopped", "task_id": "task_acme_upload", "status": "failed"},
            (409, "status_impossible"),
        ),
        ("task is", {"workspace_id": IDLE, "task_id": RUNNING, "status": "failed"}, (404, "task_unknown")),
        ("task is", {"workspace_id": BUSY, "task_id": RUNNING, "status": "submitted"}, (400, "validation_error")),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    world: MockWorld, state: str, params: Any, refusal: object
) -> None:
    before = world.state()
    with pytest.raises(Refused) as refused:
        set_up(world, state, **params)
    assert code(refused) == refusal
    assert world.state() == before
