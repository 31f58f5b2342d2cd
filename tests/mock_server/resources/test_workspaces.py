"""Workspaces: what there is in each org, and what one that runs keeps in use."""

from collections import Counter
from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.resources.workspaces import workspace as workspaces
from mock_server.resources.workspaces.task import TASKS, Task, show_task
from mock_server.state.clock import parse_moment
from tests.mock_server.resources.at_rest import stopped

SPARE, MAIN = "/agent-roles/role_acme_spare", "/providers/provider_01HZ"
RUNNING = ("provisioning", "idle", "busy", "stopping")
NOW = "2026-07-01T09:00:00Z"


def made(world: MockWorld, role_id: str = "role_acme_spare", org_id: str = "org_acme", **more: Any) -> str:
    params = {"org_id": org_id, "role_id": role_id, **more}
    answer = world.ask("POST", "/states", json={"action": "setup", "state": "workspace exists", "params": params})
    return str(answer["workspace_id"])


def archived(world: MockWorld, path: str, who: str = "acme-owner") -> Any:
    return world.client(who).post(f"{path}/archive")


def refused(answer: Any) -> Any:
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "workspaces_active"
    return answer.json()["error"]["details"]


def test_each_org_has_one_in_each_status_an_archived_one_and_a_fork(world: MockWorld) -> None:
    state = world.state()
    for org_id in state["orgs"]:
        own = {key: each for key, each in state["workspaces"].items() if each["org_id"] == org_id}
        there = Counter(each["status"] for each in own.values() if "archived_at" not in each)
        assert there == Counter([*workspaces.STATUSES, "idle"])
        assert [each["status"] for each in own.values() if "archived_at" in each] == ["stopped"]
        [fork] = [each for each in own.values() if "parent_workspace_id" in each]
        assert fork["role_id"] == own[fork["parent_workspace_id"]]["role_id"]
        assert all(each["held"] for each in own.values())


def test_each_org_has_tasks_that_ended_that_run_and_that_wait(world: MockWorld) -> None:
    state = world.state()
    for org_id in state["orgs"]:
        own = [each for each in state["tasks"].values() if each["org_id"] == org_id]
        ends = ["completed", "failed", "cancelled", "delivery_failed", "completed"]
        assert Counter(each["status"] for each in own) == Counter([*ends, "running", "submitted"])
        assert {each["held"] for each in own if each["status"] == "submitted"} == {False}
        assert all(("completed_at" in each) == (each["status"] in ends) for each in own)


def test_what_the_events_of_before_are_about_is_there(world: MockWorld) -> None:
    state = world.state()
    told = [each for each in state["events"].values() if "task_id" in each]
    assert told
    for each in told:
        workspace = state["workspaces"][each["workspace_id"]]
        assert state["tasks"][each["task_id"]]["workspace_id"] == each["workspace_id"]
        assert state["roles"][workspace["role_id"]]["name"] == each["agent_role"]


def test_a_task_that_ended_shows_how_long_it_took_of_the_times_shown() -> None:
    task = Task("task_a", "org_a", "ws_a", "Do it.", parse_moment("2026-07-01T09:00:00.900Z"))
    assert "duration_seconds" not in show_task(task, "org_a")
    ended = Task(
        "task_a", "org_a", "ws_a", "Do it.", task.created_at, completed_at=parse_moment("2026-07-01T09:00:02.100Z")
    )
    shown = show_task(ended, "org_a")
    assert shown["duration_seconds"] == 2
    assert shown.keys().isdisjoint({"held", "submitted_by_user_id"})
    assert TASKS.to_record(ended)["submitted_by_user_id"] == "system"


@pytest.mark.parametrize("status", RUNNING)
def test_one_that_runs_keeps_its_role_and_provider_in_use(world: MockWorld, status: str) -> None:
    stopped(world)
    before = world.state()
    made(world, status=status)
    for path in (SPARE, MAIN):
        assert refused(archived(world, path)) == {"workspaces": 1}
    assert {name: world.state()[name] for name in ("roles", "providers", "events")} == {
        name: before[name] for name in ("roles", "providers", "events")
    }


@pytest.mark.parametrize("more", [{"status": "stopped"}, {"status": "failed"}, {"status": "idle", "archived_at": NOW}])
def test_one_that_does_not_run_keeps_nothing(world: MockWorld, more: Any) -> None:
    stopped(world)
    made(world, **more)
    assert archived(world, SPARE).json() == {"status": "archived"}
    assert archived(world, MAIN).json() == {"status": "archived", "cascaded_roles": 2}


def test_all_that_run_count_of_a_provider_those_of_all_its_roles(world: MockWorld) -> None:
    assert refused(archived(world, "/agent-roles/role_01HZ")) == {"workspaces": 2}
    assert refused(archived(world, "/agent-roles/role_acme_oncall")) == {"workspaces": 3}
    assert refused(archived(world, MAIN)) == {"workspaces": 5}


def test_those_of_another_role_or_org_do_not_count(world: MockWorld) -> None:
    made(world, "role_globex_spare", "org_globex")
    assert archived(world, SPARE).status_code == 200
    assert archived(world, "/providers/provider_acme_azure").status_code == 200


def test_what_is_archived_already_is_archived_again_all_the_same(world: MockWorld) -> None:
    made(world, "role_acme_old")
    assert archived(world, "/agent-roles/role_acme_old").status_code == 200
    assert archived(world, "/providers/provider_acme_old").json() == {"status": "archived", "cascaded_roles": 0}


def test_who_may_not_archive_is_not_told_of_them(world: MockWorld) -> None:
    assert archived(world, MAIN, "acme-member").json()["error"]["code"] == "permission_denied"
    assert archived(world, MAIN, "globex-owner").json()["error"]["code"] == "provider_not_found"
