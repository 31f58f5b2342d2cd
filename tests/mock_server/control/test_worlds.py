"""Worlds, made and taken back to the seed data."""

import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields


def names(mock: Mock) -> set[str]:
    return {world["name"] for world in mock.send("GET", "/_mock/worlds").json()["worlds"]}


def test_a_world_appears_when_it_is_made_or_used(mock: Mock) -> None:
    used = f"{mock.world}-used"
    assert "default" in names(mock)
    assert {mock.world, used}.isdisjoint(names(mock))
    answer = mock.send("POST", "/_mock/worlds", json={"name": mock.world})
    assert (answer.status_code, answer.json()) == (201, {"name": mock.world})
    mock.send("GET", "/v1/packs", headers={"X-Mock-World": used})
    assert {mock.world, used} <= names(mock)


@pytest.mark.parametrize("name", ["default", "again"])
def test_a_world_that_is_there_is_not_made_again(mock: Mock, name: str) -> None:
    mock.send("POST", "/_mock/worlds", json={"name": name})
    assert refusal(mock.send("POST", "/_mock/worlds", json={"name": name})) == (409, "world_exists")


@pytest.mark.parametrize("body", [{"name": "-a"}, {"name": "a" * 65}, {"name": ""}, {"name": 1}, {}])
def test_a_name_that_no_world_can_have_is_a_400(mock: Mock, body: dict[str, object]) -> None:
    assert wrong_fields(mock.send("POST", "/_mock/worlds", json=body)).keys() == {"name"}


def test_a_control_call_on_a_name_that_no_world_can_have_is_a_400(mock: Mock) -> None:
    assert wrong_fields(mock.send("POST", "/_mock/worlds/-a/reset")).keys() == {"world"}


def test_reset_takes_everything_back(mock: Mock) -> None:
    before = mock.send("GET", "/v1/packs", "acme-owner")
    token = mock.control(
        "POST",
        "/states",
        json={"action": "setup", "state": "credential has scopes", "params": {"org_id": "org_acme", "scopes": []}},
    ).json()["token"]
    mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={"visibility": "community"})
    mock.send("DELETE", "/v1/packs/pack_acme_git_basics", "acme-owner")
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    answer = mock.control("POST", "/reset")
    assert (answer.status_code, answer.json()) == (200, {"name": mock.world})
    after = mock.send("GET", "/v1/packs", "acme-owner")
    assert (after.json(), after.headers["x-request-id"]) == (before.json(), before.headers["x-request-id"])
    patched = mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={"visibility": "org"})
    assert patched.status_code == 200
    session = mock.send("GET", "/v1/me/session", headers={"Authorization": f"Bearer {token}"})
    assert session.status_code == 200, "a session stands on its signature, which a reset does not take back"


def test_what_is_known_of_a_run_outlives_a_reset(mock: Mock) -> None:
    mock.control("POST", "/snapshots", json={"name": "kept"})
    mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", json={"visibility": "community"})
    mock.control("POST", "/reset")
    assert [entry["id"] for entry in mock.entries] == [1]
    assert sum(cell["count"] for cell in mock.control("GET", "/coverage").json()["cells"]) == 1
    assert [each["name"] for each in mock.control("GET", "/snapshots").json()["snapshots"]] == ["kept"]
    mock.control("POST", "/rewind", json={"to": 1})
    changed = mock.send("GET", "/v1/packs/pack_acme_pager", "acme-owner").json()
    assert changed["visibility"] == "community"


def test_a_control_call_has_a_request_id_that_no_request_of_a_world_has(mock: Mock) -> None:
    steered = [mock.send("GET", "/_mock/health").headers["x-request-id"] for _ in range(50)]
    served = [mock.send("GET", "/v1/packs", "acme-owner").headers["x-request-id"] for _ in range(200)]
    assert len({*steered, *served}) == 250
