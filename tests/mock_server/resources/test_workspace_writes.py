"""Workspaces are created, stopped and archived: by whom, of which role, and in which status."""

import pytest

from mock_server import MockWorld
from tests.mock_server.resources.asking import code, events_of, post, read

STOPPED, FAILED, IDLE, BUSY = "ws_acme_stopped", "ws_acme_failed", "ws_01HZ", "ws_acme_busy"


@pytest.mark.parametrize("role", [{"role_id": "role_01HZ"}, {"role_name": "dev"}], ids=["id", "name"])
def test_a_new_workspace_is_the_callers_and_becomes_idle(mock_world: MockWorld, role: dict[str, str]) -> None:
    named = mock_world.client("acme-owner").get("/agent-roles/role_01HZ").json()
    body = role if "role_id" in role else {"role_name": named["name"]}
    answer = post(mock_world, "/workspaces", body, "acme-member")
    made = answer.json()
    assert answer.status_code == 201
    assert made["status"] == "provisioning"
    assert made["created_by_user_id"] == "usr_acme_member"
    assert (made["role_id"], made["environment"]) == ("role_01HZ", named["environment"])
    mock_world.advance(2)
    assert read(mock_world, made["id"])["status"] == "idle"


def test_what_an_api_key_creates_is_of_the_system(mock_world: MockWorld) -> None:
    answer = post(mock_world, "/workspaces", {"role_id": "role_01HZ", "environment": "staging"}, "acme-full-access")
    assert answer.json()["created_by_user_id"] == "system"
    assert answer.json()["environment"] == "staging"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, (400, "validation_error")),
        ({"role_id": "role_01HZ", "role_name": "dev"}, (400, "validation_error")),
        ({"role_id": "role_01HZ", "environment": "moon"}, (400, "validation_error")),
        ({"role_id": "role_01HZ", "id": "ws_mine"}, (400, "validation_error")),
        ({"role_id": "role_globex_dev"}, (404, "role_not_found")),
        ({"role_id": "role_absent"}, (404, "role_not_found")),
        ({"role_name": "no-such-role"}, (404, "role_not_found")),
        ({"role_id": "role_acme_old"}, (409, "role_archived")),
    ],
)
def test_a_workspace_is_of_one_role_of_the_org_that_is_in_use(
    mock_world: MockWorld, body: dict[str, str], refused: tuple[int, str]
) -> None:
    assert code(post(mock_world, "/workspaces", body)) == refused


def test_a_missing_role_is_told_under_its_name(mock_world: MockWorld) -> None:
    fields = post(mock_world, "/workspaces", {}).json()["error"]["details"]["fields"]
    assert list(fields) == ["role_name"]


@pytest.mark.parametrize("workspace_id", [IDLE, BUSY])
def test_what_runs_is_stopped_and_comes_to_rest_with_a_snapshot(mock_world: MockWorld, workspace_id: str) -> None:
    answer = post(mock_world, f"/workspaces/{workspace_id}/stop")
    assert (answer.status_code, answer.json()) == (200, {"status": "stopping"})
    assert read(mock_world, workspace_id)["status"] == "stopping"
    tasks = mock_world.client("acme-owner").get(f"/workspaces/{workspace_id}/tasks").json()
    assert all("completed_at" in each for each in tasks)
    mock_world.advance(2)
    rests = read(mock_world, workspace_id)
    assert rests["status"] == "stopped"
    assert rests["snapshot_ref"]


@pytest.mark.parametrize("status", ["stopped", "failed", "provisioning", "stopping", "archived"])
def test_what_does_not_run_is_not_stopped(mock_world: MockWorld, status: str) -> None:
    before = read(mock_world, f"ws_acme_{status}")
    assert code(post(mock_world, f"/workspaces/ws_acme_{status}/stop")) == (409, "invalid_state")
    assert read(mock_world, f"ws_acme_{status}") == before


@pytest.mark.parametrize("workspace_id", [STOPPED, FAILED])
def test_what_is_at_rest_is_archived_and_taken_back_as_it_was(mock_world: MockWorld, workspace_id: str) -> None:
    before = read(mock_world, workspace_id)
    assert post(mock_world, f"/workspaces/{workspace_id}/archive").json() == {"status": "archived"}
    archived = read(mock_world, workspace_id)
    assert archived["archived_at"] is not None
    assert code(post(mock_world, f"/workspaces/{workspace_id}/archive")) == (409, "invalid_state")
    assert post(mock_world, f"/workspaces/{workspace_id}/unarchive").json() == {"status": "unarchived"}
    moved = {"archived_at", "updated_at"}
    left = [{name: value for name, value in each.items() if name not in moved} for each in (before, archived)]
    assert left[0] == left[1]
    assert read(mock_world, workspace_id)["archived_at"] is None
    assert code(post(mock_world, f"/workspaces/{workspace_id}/unarchive")) == (409, "not_archived")


@pytest.mark.parametrize("status", ["idle", "busy", "provisioning", "stopping"])
def test_what_runs_is_not_archived(mock_world: MockWorld, status: str) -> None:
    workspace_id = IDLE if status == "idle" else f"ws_acme_{status}"
    assert code(post(mock_world, f"/workspaces/{workspace_id}/archive")) == (409, "invalid_state")


@pytest.mark.parametrize("what", ["stop", "archive", "unarchive"])
def test_a_member_changes_the_own_ones_alone(mock_world: MockWorld, what: str) -> None:
    assert code(post(mock_world, f"/workspaces/{IDLE}/{what}", who="acme-member")) == (403, "workspace_not_visible")
    assert code(post(mock_world, f"/workspaces/{IDLE}/{what}", who="acme-read-only")) == (403, "permission_denied")
    assert code(post(mock_world, f"/workspaces/{IDLE}/{what}", who="globex-owner")) == (404, "workspace_not_found")
    own = {"stop": BUSY, "archive": STOPPED, "unarchive": "ws_acme_archived"}[what]
    assert post(mock_world, f"/workspaces/{own}/{what}", who="acme-member").status_code == 200


def test_each_write_writes_its_event_once(mock_world: MockWorld) -> None:
    made = post(mock_world, "/workspaces", {"role_id": "role_01HZ"}).json()["id"]
    mock_world.advance(2)
    post(mock_world, f"/workspaces/{made}/stop", who="acme-operator")
    mock_world.advance(2)
    post(mock_world, f"/workspaces/{made}/archive", who="acme-full-access")
    post(mock_world, f"/workspaces/{made}/unarchive")
    post(mock_world, f"/workspaces/{made}/unarchive")
    written = [(each["event_type"], each["user_id"]) for each in reversed(events_of(mock_world, made))]
    assert written == [
        ("workspace_created", "usr_acme_owner"),
        ("workspace_ready", "usr_acme_owner"),
        ("workspace_stopping", "usr_acme_operator"),
        ("workspace_stopped", "usr_acme_owner"),
        ("workspace_archived", "system"),
        ("workspace_unarchived", "usr_acme_owner"),
    ]
    assert {(each["category"], each["actor"]) for each in events_of(mock_world, made)} == {
        ("activity", "control-plane")
    }


def test_an_archived_role_gets_no_workspace_until_it_is_back(mock_world: MockWorld) -> None:
    assert post(mock_world, "/agent-roles/role_acme_spare/archive").status_code == 200
    assert code(post(mock_world, "/workspaces", {"role_id": "role_acme_spare"})) == (409, "role_archived")
    post(mock_world, "/agent-roles/role_acme_spare/unarchive")
    assert post(mock_world, "/workspaces", {"role_id": "role_acme_spare"}).status_code == 201
    assert code(post(mock_world, "/agent-roles/role_acme_spare/archive")) == (409, "workspaces_active")
