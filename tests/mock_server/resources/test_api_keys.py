"""API keys are made, listed and revoked; their values are shown once and kept nowhere."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.errors import StartError
from mock_server.fixtures import load_seed
from tests.mock_server.serving import DOCUMENT

NOW = "2026-06-01T09:00:00Z"

BODY = {"label": "Nightly build", "permission_set": "submit_observe"}


def made(world: MockWorld, who: str = "acme-owner", **more: Any) -> Any:
    return world.client(who).post("/api-keys", json={**BODY, **more})


def labels(world: MockWorld, who: str = "acme-owner") -> list[str]:
    return sorted(each["label"] for each in world.client(who).get("/api-keys").json()["api_keys"])


def as_bearer(world: MockWorld, token: str) -> Any:
    return world.client().get("/me/session", headers={"Authorization": f"Bearer {token}"})


def test_a_new_key_signs_in_at_once_and_is_shown_without_its_value(world: MockWorld) -> None:
    key = made(world).json()
    session = as_bearer(world, key["value"]).json()
    (listed,) = (
        each for each in world.client("acme-operator").get("/api-keys").json()["api_keys"] if each["id"] == key["id"]
    )
    assert (session["org_id"], session["user_id"], session["permissions"]) == (
        "org_acme",
        "system",
        ["workspace:read", "workspace:write", "tasks:write", "audit:read"],
    )
    assert (session["api_key_label"], session["api_key_permission_set"]) == ("Nightly build", "submit_observe")
    assert key["prefix"] == f"sk_mock_...{key['value'][-4:]}"
    assert listed == {
        **{name: value for name, value in key.items() if name != "value"},
        "created_at": "2026-06-01T09:00:00Z",
    }


def test_a_revoked_key_is_refused_off_the_list_and_then_absent(world: MockWorld) -> None:
    key, other = made(world).json(), made(world).json()
    client = world.client("acme-owner")
    answers = [client.delete(f"/api-keys/{key['id']}") for _ in range(2)]
    assert [(each.status_code, each.json().get("status")) for each in answers] == [(200, "revoked"), (404, None)]
    assert [as_bearer(world, each["value"]).status_code for each in (key, other)] == [401, 200]
    assert labels(world).count("Nightly build") == 1


def test_labels_are_free_and_values_never_alike(world: MockWorld) -> None:
    values = {made(world).json()["value"] for _ in range(5)}
    assert len(values) == 5
    assert labels(world).count("Nightly build") == 5


def test_an_org_sees_and_revokes_its_own_keys_alone(world: MockWorld) -> None:
    key = made(world).json()
    refused = world.client("globex-owner").delete(f"/api-keys/{key['id']}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "api_key_not_found")
    assert "Nightly build" not in labels(world, "globex-owner")
    assert as_bearer(world, key["value"]).status_code == 200


@pytest.mark.parametrize("who", ["acme-member", "acme-full-access"])
def test_whoever_lacks_the_scope_neither_reads_nor_makes_nor_revokes(world: MockWorld, who: str) -> None:
    client = world.client(who)
    answers = [made(world, who), client.get("/api-keys"), client.delete("/api-keys/api_key_01HZ")]
    assert [(each.status_code, each.json()["error"]["code"]) for each in answers] == [(403, "permission_denied")] * 3


def test_an_org_that_does_not_pay_revokes_and_makes_none(world: MockWorld) -> None:
    (key, *_) = world.client("initech-owner").get("/api-keys").json()["api_keys"]
    assert made(world, "initech-owner").status_code == 423
    assert world.client("initech-owner").delete(f"/api-keys/{key['id']}").json() == {"status": "revoked"}


WRONG: dict[str, tuple[Any, list[str]]] = {
    "empty": ({}, ["label", "permission_set"]),
    "no-object": ([BODY], ["body"]),
    "label-empty": ({**BODY, "label": ""}, ["label"]),
    "label-long": ({**BODY, "label": "x" * 65}, ["label"]),
    "label-null": ({**BODY, "label": None}, ["label"]),
    "set-unknown": ({**BODY, "permission_set": "owner"}, ["permission_set"]),
    "set-list": ({**BODY, "permission_set": ["read_only"]}, ["permission_set"]),
    "value-sent": ({**BODY, "value": "sk_mock_mine"}, ["value"]),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_body_names_its_fields_and_makes_nothing(world: MockWorld, kind: str) -> None:
    body, fields = WRONG[kind]
    before = labels(world)
    answer = world.client("acme-owner").post("/api-keys", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    assert sorted(answer.json()["error"]["details"]["fields"]) == fields
    assert labels(world) == before


def test_a_value_stands_in_no_journal_state_or_log(world: MockWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = made(world).json()
    as_bearer(world, key["value"])
    world.client("acme-owner").delete(f"/api-keys/{key['id']}")
    told = (json.dumps(world.ask("GET", "/journal")), world.export().decode(), caplog.text)
    assert [key["value"] in each for each in told] == [False] * 3


def test_the_same_seed_and_clock_give_the_same_key(world: MockWorld) -> None:
    first = made(world).json()
    world.reset()
    world.freeze("2026-06-01T09:00:00Z")
    assert made(world).json() == first


def write(tmp_path: Path, *items: str) -> Path:
    (tmp_path / "api_keys.yaml").write_text("api_keys:\n" + "".join(f"  - {{{each}}}\n" for each in items))
    return tmp_path


GIVEN = "org_id: org_acme, permission_set: read_only, label: Mine, token: sk_mock_mine"


def test_a_key_of_the_fixtures_may_have_no_id_and_no_persona(tmp_path: Path) -> None:
    seed = load_seed(0, DOCUMENT, [write(tmp_path, f"{GIVEN}, persona: null")])
    assert [
        each.id.startswith("api_key_")
        for each in seed.state.tables["api_keys"].objects.values()
        if each.label == "Mine"
    ] == [True]
    assert [each.name for each in seed.personas if each.token == "sk_mock_mine"] == []


def test_two_keys_of_the_fixtures_with_one_id_are_refused(tmp_path: Path) -> None:
    items = (f"{GIVEN}, id: api_key_x, persona: null", f"{GIVEN}_2, id: api_key_x, persona: null")
    with pytest.raises(StartError, match="another API key has this id"):
        load_seed(0, DOCUMENT, [write(tmp_path, *items)])
