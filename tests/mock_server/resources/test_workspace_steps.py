"""Workspaces are resumed, restarted, forked and stopped together: by whom, from which status, and what comes of it."""

from collections import Counter
from typing import Any

import pytest

from mock_server import MockWorld
from tests.mock_server.resources.asking import code, events_of, post, read

STOPPED, FAILED, IDLE, BUSY, FORK = "ws_acme_stopped", "ws_acme_failed", "ws_01HZ", "ws_acme_busy", "ws_acme_fork"


def tasks_of(world: MockWorld, workspace_id: str) -> dict[str, Any]:
    listed = world.client("acme-owner").get(f"/workspaces/{workspace_id}/tasks").json()
    return {each["id"]: each for each in listed}


def test_a_stopped_workspace_is_resumed_and_becomes_idle(mock_world: MockWorld) -> None:
    before = read(mock_world, STOPPED)
    answer = post(mock_world, f"/workspaces/{STOPPED}/resume", who="acme-full-access")
    assert (answer.status_code, answer.json()) == (202, {"status": "resuming"})
    provisioning = read(mock_world, STOPPED)
    assert (provisioning["status"], provisioning["snapshot_ref"]) == ("provisioning", before["snapshot_ref"])
    mock_world.advance(2)
    assert read(mock_world, STOPPED)["status"] == "idle"
    written = [(each["event_type"], each["user_id"]) for each in events_of(mock_world, STOPPED)[:2]]
    assert written == [("workspace_ready", before["created_by_user_id"]), ("workspace_resumed", "system")]


@pytest.mark.parametrize("workspace_id", [IDLE, BUSY, FAILED, "ws_acme_provisioning", "ws_acme_stopping"])
def test_nothing_else_is_resumed(mock_world: MockWorld, workspace_id: str) -> None:
    before = read(mock_world, workspace_id)
    who = "acme-full-access" if before["created_by_user_id"] != "usr_acme_owner" else "acme-owner"
    assert code(post(mock_world, f"/workspaces/{workspace_id}/resume", who=who)) == (409, "invalid_state")
    assert read(mock_world, workspace_id) == before


def test_a_resume_asks_for_a_role_and_a_provider_in_use(mock_world: MockWorld) -> None:
    owner = mock_world.client("acme-owner")
    provider = post(mock_world, "/providers", {"name": "short-lived", "kind": "openai", "domain": "a.example"}).json()
    role = post(mock_world, "/agent-roles", {"name": "short-lived", "provider_id": provider["id"]}).json()
    made = post(mock_world, "/workspaces", {"role_id": role["id"]}).json()["id"]
    mock_world.advance(2)
    post(mock_world, f"/workspaces/{made}/stop")
    mock_world.advance(2)
    post(mock_world, f"/agent-roles/{role['id']}/archive")
    assert code(post(mock_world, f"/workspaces/{made}/resume")) == (409, "role_archived")
    post(mock_world, f"/providers/{provider['id']}/archive")
    assert code(post(mock_world, f"/workspaces/{made}/resume")) == (409, "provider_archived")
    assert code(post(mock_world, f"/workspaces/{made}/fork", {"fork_point_task_count": 0})) == (409, "role_archived")
    assert owner.post(f"/workspaces/{made}/archive").status_code == 200
    for step, body in (("resume", None), ("restart", None), ("fork", {"fork_point_task_count": 0})):
        assert code(post(mock_world, f"/workspaces/{made}/{step}", body)) == (409, "workspace_archived")


def test_a_busy_workspace_is_restarted_with_force_alone(mock_world: MockWorld) -> None:
    path = f"/workspaces/{BUSY}/restart"
    before, snapshot = tasks_of(mock_world, BUSY), read(mock_world, BUSY).get("snapshot_ref")
    assert code(post(mock_world, path)) == (409, "workspace_busy")
    assert code(post(mock_world, f"{path}?force=false")) == (409, "workspace_busy")
    assert tasks_of(mock_world, BUSY) == before
    answer = post(mock_world, f"{path}?force=true")
    assert (answer.status_code, answer.json()) == (202, {"status": "restarting"})
    now = read(mock_world, BUSY)
    assert now["status"] == "provisioning"
    assert now["snapshot_ref"] not in (None, snapshot)
    tasks = tasks_of(mock_world, BUSY)
    assert (tasks["task_acme_running"]["status"], tasks["task_acme_queued"]["status"]) == ("cancelled", "submitted")
    assert tasks["task_acme_running"]["reason"] == "workspace_restarted"
    mock_world.advance(3)
    assert read(mock_world, BUSY)["status"] == "busy"
    assert tasks_of(mock_world, BUSY)["task_acme_queued"]["status"] == "delivered"


@pytest.mark.parametrize("workspace_id", [STOPPED, FAILED, "ws_acme_provisioning", "ws_acme_stopping"])
def test_what_does_not_run_is_not_restarted(mock_world: MockWorld, workspace_id: str) -> None:
    assert code(post(mock_world, f"/workspaces/{workspace_id}/restart?force=true")) == (409, "invalid_state")


def test_a_fork_is_the_callers_and_its_parent_stays(mock_world: MockWorld) -> None:
    parent = read(mock_world, STOPPED)
    answer = post(mock_world, f"/workspaces/{STOPPED}/fork", {"fork_point_task_count": 1}, "acme-read-only")
    said = answer.json()
    assert answer.status_code == 202
    assert (said["parent_workspace_id"], said["fork_point_task_count"], said["status"]) == (STOPPED, 1, "provisioning")
    child = read(mock_world, said["workspace_id"])
    for name in ("role_id", "environment"):
        assert child[name] == parent[name]
    assert child["created_by_user_id"] == "system"
    assert child["fork_source_snapshot_ref"] == said["fork_source_snapshot_ref"] != parent["snapshot_ref"]
    assert child.get("snapshot_ref") is None
    assert tasks_of(mock_world, child["id"]) == {}
    assert read(mock_world, STOPPED) == parent
    mock_world.advance(2)
    assert read(mock_world, child["id"])["status"] == "idle"


@pytest.mark.parametrize("point", [2, -1, "1", 1.5, None, True])
def test_a_fork_point_is_a_number_of_ended_tasks(mock_world: MockWorld, point: Any) -> None:
    answer = post(mock_world, f"/workspaces/{STOPPED}/fork", {"fork_point_task_count": point})
    assert code(answer) == (400, "validation_error")
    assert list(answer.json()["error"]["details"]["fields"]) == ["fork_point_task_count"]


def test_the_workspaces_of_a_role_are_stopped_together(mock_world: MockWorld) -> None:
    listed = mock_world.client("acme-owner").get("/workspaces").json()["workspaces"]
    role = read(mock_world, BUSY)["role_id"]
    running = [each["id"] for each in listed if each["role_id"] == role and each["status"] in ("idle", "busy")]
    assert len(running) > 1
    answer = post(mock_world, f"/agent-roles/{role}/stop-workspaces")
    assert (answer.status_code, answer.json()) == (200, {"stopping": len(running)})
    for each in listed:
        now = read(mock_world, each["id"])["status"]
        assert now == ("stopping" if each["id"] in running else each["status"])
    assert post(mock_world, f"/agent-roles/{role}/stop-workspaces").json() == {"stopping": 0}
    mock_world.advance(2)
    assert {read(mock_world, each)["status"] for each in running} == {"stopped"}


def test_all_of_the_org_are_stopped_and_none_of_another(mock_world: MockWorld) -> None:
    def statuses(who: str) -> Counter[str]:
        return Counter(each["status"] for each in mock_world.client(who).get("/workspaces").json()["workspaces"])

    before, others = statuses("acme-owner"), statuses("globex-owner")
    answer = post(mock_world, "/workspaces/stop-all")
    assert answer.json() == {"stopping": before["idle"] + before["busy"]}
    after = statuses("acme-owner")
    assert (after["idle"], after["busy"]) == (0, 0)
    assert statuses("globex-owner") == others
    types = [each["event_type"] for each in reversed(events_of(mock_world, BUSY))][-3:]
    assert types == ["task_completed", "task_completed", "workspace_stopping"]


@pytest.mark.parametrize("path", ["/workspaces/stop-all", "/agent-roles/role_01HZ/stop-workspaces"])
def test_the_scope_for_the_own_ones_stops_no_others(mock_world: MockWorld, path: str) -> None:
    assert code(post(mock_world, path, who="acme-member")) == (403, "permission_denied")


def test_a_workspace_says_whether_it_has_the_packs_of_its_role(mock_world: MockWorld) -> None:
    owner = mock_world.client("acme-owner")
    made = post(mock_world, "/workspaces", {"role_id": "role_01HZ"}).json()
    assert made["pack_status"] == "unknown"
    mock_world.advance(2)
    before = read(mock_world, made["id"])
    assert before["pack_status"] == "current"
    packs = owner.get("/agent-roles/role_01HZ").json()["pack_ids"]
    owner.patch("/agent-roles/role_01HZ", json={"pack_ids": packs[1:] if packs else ["pack_acme_pager"]})
    assert read(mock_world, made["id"]) == {**before, "pack_status": "stale"}
    owner.patch("/agent-roles/role_01HZ", json={"pack_ids": packs})
    assert read(mock_world, made["id"])["pack_status"] == "current"
    owner.patch("/agent-roles/role_01HZ", json={"pack_ids": ["pack_acme_pager"]})
    post(mock_world, f"/workspaces/{made['id']}/restart")
    mock_world.advance(2)
    assert read(mock_world, made["id"])["pack_status"] == "current"


@pytest.mark.parametrize(("workspace_id", "right"), [(IDLE, "current"), (BUSY, "stale"), (STOPPED, "unknown")])
def test_the_fixtures_have_packs_of_each_status(mock_world: MockWorld, workspace_id: str, right: str) -> None:
    assert read(mock_world, workspace_id)["pack_status"] == right
    listed = mock_world.client("acme-owner").get("/workspaces").json()["workspaces"]
    assert next(each for each in listed if each["id"] == workspace_id)["pack_status"] == right


def test_what_is_in_the_sandbox_comes_along(mock_world: MockWorld) -> None:
    content = {"path": "workspace/notes.md", "content": "aGVsbG8="}
    mock_world.provide("workspace has file", org_id="org_acme", workspace_id=IDLE, **content)
    child = post(mock_world, f"/workspaces/{IDLE}/fork", {"fork_point_task_count": 0}).json()["workspace_id"]
    post(mock_world, f"/workspaces/{IDLE}/restart")
    mock_world.advance(2)
    for each in (IDLE, child):
        answer = mock_world.client("acme-owner").get(f"/workspaces/{each}/sandbox/download/workspace/notes.md")
        assert (answer.status_code, answer.content) == (200, b"hello")
