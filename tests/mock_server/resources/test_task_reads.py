"""Tasks are listed and read below their workspaces: by whom, in which order, with which fields."""

from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.resources.workspaces.task import ENDED, STATUSES
from tests.mock_server.resources.asking import code

OF_IDLE = ["task_acme_cancelled", "task_acme_failed", "task_01HZ"]
"""Those of ws_01HZ, the newest first."""


def get(world: MockWorld, path: str, who: str = "acme-owner") -> Any:
    return world.client(who).get(f"/workspaces/{path}")


def listed(world: MockWorld, workspace_id: str, who: str = "acme-owner") -> list[Any]:
    answer = get(world, f"{workspace_id}/tasks", who)
    assert answer.status_code == 200
    found: list[Any] = answer.json()
    return found


def set_up(world: MockWorld, state: str, **params: Any) -> Any:
    asked = {"action": "setup", "state": state, "params": {"org_id": "org_acme", **params}}
    return world.ask("POST", "/states", json=asked)


@pytest.mark.parametrize("who", ["acme-owner", "acme-auditor", "acme-read-only"])
def test_the_tasks_of_a_workspace_are_listed_newest_first_and_read(mock_world: MockWorld, who: str) -> None:
    found = listed(mock_world, "ws_01HZ", who)
    assert [each["id"] for each in found] == OF_IDLE
    for each in found:
        assert get(mock_world, f"ws_01HZ/tasks/{each['id']}", who).json() == each
    assert listed(mock_world, "ws_acme_provisioning", who) == []


def test_of_tasks_of_one_moment_the_last_submitted_is_the_newest(mock_world: MockWorld) -> None:
    mock_world.freeze("2026-07-01T09:00:00Z")
    params = {"workspace_id": "ws_acme_fork", "description": "Do it.", "held": True}
    made = [set_up(mock_world, "task exists", number=number, **params)["task_id"] for number in (1, 2, 3)]
    assert [each["id"] for each in listed(mock_world, "ws_acme_fork")] == made[::-1]


def test_what_is_in_the_workspace_of_somebody_else_is_not_visible(mock_world: MockWorld) -> None:
    for path in ("ws_01HZ/tasks", "ws_01HZ/tasks/task_01HZ", "ws_01HZ/tasks/none"):
        assert code(get(mock_world, path, "acme-member")) == (403, "workspace_not_visible")
        assert code(get(mock_world, path, "globex-owner")) == (404, "workspace_not_found")
    assert {each["id"] for each in listed(mock_world, "ws_acme_busy", "acme-member")} == {
        "task_acme_running",
        "task_acme_queued",
    }


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("ws_01HZ/tasks/none", "acme-owner"),
        ("ws_01HZ/tasks/task_acme_running", "acme-owner"),
        ("ws_01HZ/tasks/task_globex_done", "acme-owner"),
        ("ws_acme_busy/tasks/task_01HZ", "acme-member"),
    ],
)
def test_a_task_is_below_its_own_workspace_alone(mock_world: MockWorld, path: str, who: str) -> None:
    answer = get(mock_world, path, who)
    assert code(answer) == (404, "task_not_found")
    assert answer.json()["error"]["message"] == "There is no task of this id."


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_has_ended_says_when_and_how_long_it_took(mock_world: MockWorld, status: str) -> None:
    mock_world.freeze("2026-07-01T09:00:00Z")
    created = {"workspace_id": "ws_01HZ", "description": "Do it.", "held": True, "created_at": "2026-07-01T08:59:00Z"}
    task_id = set_up(mock_world, "task exists", **created)["task_id"]
    if status != "submitted":
        set_up(mock_world, "task is", workspace_id="ws_01HZ", task_id=task_id, status=status)
    shown = get(mock_world, f"ws_01HZ/tasks/{task_id}").json()
    ended = {"completed_at": "2026-07-01T09:00:00Z", "duration_seconds": 60}
    expected = {
        "id": task_id,
        "org_id": "org_acme",
        "workspace_id": "ws_01HZ",
        "description": "Do it.",
        "status": status,
        "created_at": "2026-07-01T08:59:00Z",
        **(ended if status in ENDED else {}),
    }
    assert {name: value for name, value in shown.items() if name != "reason"} == expected
    assert ("reason" in shown) == (status in ENDED and status != "completed")
