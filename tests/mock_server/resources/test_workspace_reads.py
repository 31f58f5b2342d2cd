"""Workspaces are listed and read: by whom, of which role, archived or not."""

from typing import Any

import pytest

from mock_server import MockWorld
from tests.mock_server.resources.asking import code

EVERY = [
    "ws_01HZ",
    "ws_acme_busy",
    "ws_acme_stopped",
    "ws_acme_failed",
    "ws_acme_provisioning",
    "ws_acme_stopping",
    "ws_acme_fork",
]
"""Those of acme that are in use, as they were created."""
OF_MEMBER = ["ws_acme_busy", "ws_acme_stopped"]


def get(world: MockWorld, path: str, who: str = "acme-owner") -> Any:
    return world.client(who).get(path)


def listed(world: MockWorld, who: str = "acme-owner", query: str = "") -> list[str]:
    answer = get(world, f"/workspaces{query}", who)
    assert answer.status_code == 200
    return [each["id"] for each in answer.json()["workspaces"]]


@pytest.mark.parametrize("who", ["acme-owner", "acme-operator", "acme-auditor", "acme-read-only"])
def test_who_reads_them_all_is_shown_those_of_the_org(mock_world: MockWorld, who: str) -> None:
    assert listed(mock_world, who) == EVERY
    for each in EVERY:
        assert get(mock_world, f"/workspaces/{each}", who).json()["id"] == each


def test_a_member_is_shown_the_own_ones_alone(mock_world: MockWorld) -> None:
    assert listed(mock_world, "acme-member") == OF_MEMBER
    assert listed(mock_world, "acme-member", "?include_archived=true") == [*OF_MEMBER, "ws_acme_archived"]
    assert listed(mock_world, "acme-runner") == []
    for each in EVERY:
        answer = get(mock_world, f"/workspaces/{each}", "acme-member")
        if each in OF_MEMBER:
            assert answer.json()["created_by_user_id"] == "usr_acme_member"
        else:
            assert code(answer) == (403, "workspace_not_visible")


@pytest.mark.parametrize("who", ["globex-owner", "globex-member", "globex-full-access"])
def test_another_org_is_told_of_none(mock_world: MockWorld, who: str) -> None:
    of_acme, absent = (get(mock_world, f"/workspaces/{each}", who) for each in ("ws_01HZ", "ws_none"))
    assert code(of_acme) == code(absent) == (404, "workspace_not_found")
    assert of_acme.json()["error"]["message"] == absent.json()["error"]["message"]
    assert not set(listed(mock_world, who, "?include_archived=true")) & {*EVERY, "ws_acme_archived"}


def test_archived_ones_are_listed_where_they_are_asked_for_and_always_read(mock_world: MockWorld) -> None:
    assert "ws_acme_archived" not in listed(mock_world, query="?include_archived=false")
    assert "ws_acme_archived" in listed(mock_world, query="?include_archived=true")
    shown = get(mock_world, "/workspaces/ws_acme_archived").json()
    assert (shown["status"], shown["archived_at"]) == ("stopped", "2026-06-10T09:00:00Z")


@pytest.mark.parametrize(
    ("who", "name", "found"),
    [
        ("acme-owner", "dev", ["ws_acme_stopped", "ws_acme_failed", "ws_acme_provisioning", "ws_acme_stopping"]),
        ("acme-owner", "spare", []),
        ("acme-owner", "former", []),
        ("acme-member", "dev", ["ws_acme_stopped"]),
    ],
)
def test_a_list_holds_those_of_the_role_that_is_asked_for(
    mock_world: MockWorld, who: str, name: str, found: list[str]
) -> None:
    assert listed(mock_world, who, f"?role_name={name}") == found


@pytest.mark.parametrize("who", ["acme-owner", "acme-member", "acme-runner"])
def test_a_role_that_the_org_lacks_is_not_found_whoever_asks(mock_world: MockWorld, who: str) -> None:
    made = {"name": "theirs", "provider_id": "provider_globex_main"}
    assert mock_world.client("globex-owner").post("/agent-roles", json=made).status_code == 201
    for name in ("none", "theirs", "de"):
        assert code(get(mock_world, f"/workspaces?role_name={name}", who)) == (404, "role_not_found")
    assert code(get(mock_world, "/workspaces?role_name=", who)) == (400, "validation_error")


def test_what_there_is_none_of_is_absent_but_for_the_time_of_archiving(mock_world: MockWorld) -> None:
    assert get(mock_world, "/workspaces/ws_01HZ").json() == {
        "id": "ws_01HZ",
        "org_id": "org_acme",
        "role_id": "role_acme_oncall",
        "environment": "development",
        "status": "idle",
        "created_by_user_id": "usr_acme_owner",
        "pack_status": "current",
        "created_at": "2026-06-01T08:00:00Z",
        "updated_at": "2026-06-01T11:40:00Z",
        "archived_at": None,
    }


def test_a_fork_names_what_it_was_made_of(mock_world: MockWorld) -> None:
    shown = get(mock_world, "/workspaces/ws_acme_fork").json()
    told = ("parent_workspace_id", "fork_source_snapshot_ref", "fork_point_task_count")
    assert [shown[name] for name in told] == ["ws_01HZ", "snap_acme_fork", 1]


def test_who_lacks_the_scope_is_refused(mock_world: MockWorld) -> None:
    asked = {"action": "setup", "state": "credential has scopes", "params": {"org_id": "org_acme", "scopes": []}}
    token = mock_world.ask("POST", "/states", json=asked)["token"]
    for path in ("/workspaces", "/workspaces/ws_01HZ", "/workspaces/ws_none", "/workspaces?role_name=none"):
        answer = mock_world.client(None).get(path, headers={"Authorization": f"Bearer {token}"})
        assert code(answer) == (403, "permission_denied")
