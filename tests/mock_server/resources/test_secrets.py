"""Secrets are set, listed and deleted by their names, and their values stand nowhere."""

import json
import logging
from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.client import Refused

NOW = "2026-06-01T09:00:00Z"

VALUE = "a-value-that-nobody-may-read"
NAME = "DEPLOY_KEY"


def ask(world: MockWorld, method: str, name: str, who: str = "acme-owner", **options: Any) -> Any:
    return world.client(who).request(method, f"/secrets/{name}", **options)


def names(world: MockWorld, who: str = "acme-owner") -> list[str]:
    return [each["name"] for each in world.client(who).get("/secrets").json()["secrets"]]


def test_one_that_is_set_again_keeps_the_time_of_its_creation(world: MockWorld) -> None:
    made = ask(world, "PUT", NAME, json={"value": VALUE}).json()
    world.freeze("2026-06-01T10:00:00Z")
    again = ask(world, "PUT", NAME, json={"value": VALUE}).json()
    assert made == {"name": NAME, "created_at": "2026-06-01T09:00:00Z", "updated_at": "2026-06-01T09:00:00Z"}
    assert again == {**made, "updated_at": "2026-06-01T10:00:00Z"}
    assert names(world) == ["DB_PASSWORD", "WEBHOOK_TOKEN", NAME]


def test_a_name_is_an_orgs_own(world: MockWorld) -> None:
    assert ask(world, "DELETE", "WEBHOOK_TOKEN").json() == {"status": "deleted"}
    assert ask(world, "DELETE", "WEBHOOK_TOKEN").json()["error"]["code"] == "secret_not_found"
    assert names(world) == ["DB_PASSWORD"]
    assert names(world, "globex-owner") == ["DB_PASSWORD", "WEBHOOK_TOKEN"]


BODIES = {
    "right": {"value": VALUE},
    "typed": {"value": [VALUE]},
    "misspelt": {"Value": VALUE},
    "text": VALUE,
}
WHO = {"served": ("PUT", "acme-owner"), "refused": ("PUT", "acme-member"), "other-method": ("PATCH", "acme-owner")}


@pytest.mark.parametrize("way", WHO)
@pytest.mark.parametrize("body", BODIES)
def test_a_value_stands_in_no_answer_journal_state_or_log(
    world: MockWorld, body: str, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    method, who = WHO[way]
    answer = ask(world, method, NAME, who, json=BODIES[body])
    entries = world.ask("GET", "/journal")["entries"]
    assert [entry["path"] for entry in entries if entry["status"] == answer.status_code] == [f"/v1/secrets/{NAME}"]
    told = (answer.text, json.dumps(entries), world.export().decode(), caplog.text)
    assert [VALUE in each for each in told] == [False] * 4


def test_what_is_no_value_is_kept_in_the_journal_as_it_was_sent(world: MockWorld) -> None:
    world.client("acme-owner").patch("/packs/pack_acme_pager", json={"visibility": "org"})
    (entry,) = world.ask("GET", "/journal")["entries"]
    assert json.loads(entry["request"]["body"]) == {"visibility": "org"}


def test_while_they_are_switched_off_whatever_else_is_wrong_is_told_first(world: MockWorld) -> None:
    state = {"state": "secrets are disabled", "params": {"org_id": "org_acme"}}
    world.ask("POST", "/states", json={"action": "setup", **state})
    answers = [
        ask(world, "PUT", NAME, json={"value": VALUE}),
        ask(world, "DELETE", "WEBHOOK_TOKEN"),
        ask(world, "DELETE", NAME),
        ask(world, "PUT", "1", json={"value": VALUE}),
        world.client("acme-owner").get("/secrets"),
        world.client("globex-owner").get("/secrets"),
    ]
    assert [each.status_code for each in answers] == [503, 503, 404, 400, 503, 200]
    world.ask("POST", "/states", json={"action": "teardown", **state})
    assert names(world) == ["DB_PASSWORD", "WEBHOOK_TOKEN"]


def test_the_state_takes_no_other_parameter(world: MockWorld) -> None:
    message = {"action": "setup", "state": "secrets are disabled", "params": {"org_id": "org_acme", "secret": "X"}}
    with pytest.raises(Refused):
        world.ask("POST", "/states", json=message)
