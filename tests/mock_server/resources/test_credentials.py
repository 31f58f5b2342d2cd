"""Credentials are made, listed, started and deleted by whoever may, and their secrets stand nowhere."""

import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mock_server import MockWorld
from mock_server.client import Refused
from tests.mock_server.resources.asking import code

NOW = "2026-06-01T09:00:00Z"

SECRET = "a-secret-that-nobody-may-read"
ACCOUNT = json.dumps({"private_key": SECRET})
KEY = {"name": "deploy", "provider": "github", "kind": "api_key", "api_key": SECRET}
CODE = {
    "name": "drive",
    "provider": "google",
    "kind": "oauth2_authorization_code",
    "client_secret": SECRET,
    "provider_config": {"client_id": "drive-client"},
    "allow_user_override": True,
}
OWN = {"name": "drive", "provider": "google", "kind": "oauth2_authorization_code", "personal": True}
RIGHT = (
    KEY,
    CODE,
    {**KEY, "kind": "query_api_key"},
    {**KEY, "provider": "microsoft"},
    {
        "name": "deploy",
        "provider": "microsoft",
        "kind": "oauth2_client_credentials",
        "client_secret": SECRET,
        "provider_config": {"client_id": "c", "tenant_id": "t", "more": "kept"},
    },
    {
        "name": "deploy",
        "provider": "microsoft",
        "kind": "oauth2_client_assertion",
        "client_secret": SECRET,
        "provider_config": {"client_id": "c"},
    },
    {"name": "deploy", "provider": "google", "kind": "oauth2_jwt_bearer", "service_account_json": ACCOUNT},
    {
        "name": "deploy",
        "provider": "google",
        "kind": "oauth2_jwt_bearer_with_subject",
        "service_account_json": ACCOUNT,
        "provider_config": {"subject": "agents@acme.example"},
    },
    {
        "name": "deploy",
        "provider": "jira",
        "kind": "basic_auth",
        "password": SECRET,
        "provider_config": {"username": "agents"},
    },
)


def ask(world: MockWorld, method: str, path: str = "", who: str = "acme-owner", **options: Any) -> Any:
    return world.client(who).request(method, f"/credentials{path}", **options)


def made(world: MockWorld, body: Any, who: str = "acme-owner") -> Any:
    answer = ask(world, "POST", who=who, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def ids(world: MockWorld, who: str) -> set[str]:
    return {each["id"] for each in ask(world, "GET", who=who).json()["credentials"]}


def state(world: MockWorld, name: str, action: str = "setup", **params: Any) -> None:
    world.ask("POST", "/states", json={"action": action, "state": name, "params": {"org_id": "org_acme", **params}})


def without(body: Any, *names: str) -> Any:
    return {name: value for name, value in body.items() if name not in names}


# What is made, and what it shows


@pytest.mark.parametrize("body", RIGHT, ids=lambda body: f"{body['kind']}-{body['provider']}")
def test_each_kind_is_made_and_shows_what_was_sent_beside_its_secret(world: MockWorld, body: Any) -> None:
    shown = made(world, body)
    credential_id = shown["id"]
    authorization_code = body["kind"] == "oauth2_authorization_code"
    secrets = ("client_secret", "service_account_json", "api_key", "password")
    assert {name: shown[name] for name in without(body, *secrets)} == without(body, *secrets)
    assert shown["org_id"] == "org_acme"
    assert shown["durable_ref"] == f"vault/org_acme/credentials/{credential_id}"
    assert shown["created_at"] == "2026-06-01T09:00:00Z"
    assert shown["status"] == ("needs_reauth" if authorization_code else "active")
    assert shown.get("next") == (f"/v1/credentials/{credential_id}/oauth/start" if authorization_code else None)
    assert "user_id" not in shown
    assert shown["scopes"] == []
    assert ask(world, "GET", f"/{credential_id}").json() == without(shown, "next")
    assert without(shown, "next") in ask(world, "GET").json()["credentials"]


def test_a_personal_one_takes_over_the_config_of_the_one_that_it_overrides(world: MockWorld) -> None:
    made(world, CODE)
    shown = made(world, {**OWN, "scopes": ["drive.read"], "allow_user_override": False, "provider_config": {}})
    assert shown["user_id"] == "usr_acme_owner"
    assert shown["provider_config"] == {"client_id": "drive-client"}
    assert shown["scopes"] == ["drive.read"]
    assert shown["allow_user_override"] is False


# What is refused

WRONG = [
    ({**KEY, "name": "No slug"}, "name"),
    (without(KEY, "name"), "name"),
    (without(KEY, "provider"), "provider"),
    ({**KEY, "kind": "unknown"}, "kind"),
    ({**KEY, "scopes": "all"}, "scopes"),
    ({**KEY, "scopes": ["s"] * 65}, "scopes"),
    ({**KEY, "scopes": [""]}, "scopes.0"),
    ({**KEY, "personal": "yes"}, "personal"),
    ({**KEY, "allow_user_override": None}, "allow_user_override"),
    ({**KEY, "provider_config": []}, "provider_config"),
    ({**KEY, "api_key": ""}, "api_key"),
    ({**KEY, "api_key": "x" * 4097}, "api_key"),
    ({**KEY, "value": SECRET}, "value"),
    (without(KEY, "api_key"), "api_key"),
    ({**KEY, "password": SECRET}, "password"),
    (without(CODE, "client_secret"), "client_secret"),
    (without(CODE, "provider_config"), "provider_config"),
    ({**CODE, "provider": "microsoft"}, "provider_config"),
    ({**RIGHT[6], "service_account_json": "[]"}, "service_account_json"),
    ({**RIGHT[6], "service_account_json": SECRET}, "service_account_json"),
    ({**KEY, "personal": True}, "kind"),
    ({**OWN, "client_secret": SECRET}, "client_secret"),
    ({**OWN, "provider_config": {"client_id": "mine"}}, "provider_config"),
    ({**OWN, "allow_user_override": True}, "allow_user_override"),
    ({**OWN, "name": "nothing-like-it"}, "name"),
    ({**OWN, "provider": "microsoft"}, "name"),
]


@pytest.mark.parametrize(("body", "name"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_named_quoted_nowhere_and_changes_nothing(world: MockWorld, body: Any, name: str) -> None:
    made(world, {**CODE, "name": "not-for-people", "allow_user_override": False})
    made(world, CODE)
    before = world.export()
    answer = ask(world, "POST", json=body)
    assert code(answer) == (400, "validation_error")
    assert name in answer.json()["error"]["details"]["fields"]
    assert SECRET not in answer.text
    assert world.export() == before


def test_one_that_does_not_allow_it_is_not_overridden(world: MockWorld) -> None:
    made(world, {**CODE, "allow_user_override": False})
    assert code(ask(world, "POST", json=OWN)) == (400, "validation_error")


def test_a_name_is_there_once_in_the_org_and_once_for_each_person(world: MockWorld) -> None:
    made(world, CODE)
    assert code(ask(world, "POST", json=CODE)) == (409, "credential_exists")
    for who in ("acme-owner", "acme-operator", "acme-member"):
        made(world, OWN, who)
        assert code(ask(world, "POST", json=OWN, who=who)) == (409, "credential_exists")
    made(world, CODE, "globex-owner")


# Who sees and changes what


def test_without_auth_write_nobody_sees_what_is_somebody_elses(world: MockWorld) -> None:
    made(world, CODE)
    of_operator, of_member = (made(world, OWN, f"acme-{role}")["id"] for role in ("operator", "member"))
    assert {of_operator, of_member} <= ids(world, "acme-owner")
    assert ids(world, "acme-owner") - ids(world, "acme-member") == {of_operator}
    assert {of_operator, of_member, "cred_acme_personal"} == ids(world, "acme-owner") - ids(world, "acme-read-only")
    assert not ids(world, "globex-owner") & ids(world, "acme-owner")
    assert ask(world, "GET", f"/{of_operator}").status_code == 200
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/oauth/start")):
        assert code(ask(world, method, f"/{of_operator}{path}", "acme-member")) == (404, "credential_not_found")
        assert code(ask(world, method, f"/{of_operator}{path}", "globex-owner")) == (404, "credential_not_found")


def test_what_is_the_orgs_is_written_with_auth_write_alone(world: MockWorld) -> None:
    before = world.export()
    assert code(ask(world, "POST", json=CODE, who="acme-member")) == (403, "permission_denied")
    assert code(ask(world, "DELETE", "/cred_01HZ", "acme-member")) == (403, "permission_denied")
    assert code(ask(world, "POST", "/cred_acme_google/oauth/start", "acme-member")) == (403, "permission_denied")
    assert world.export() == before
    assert ask(world, "DELETE", "/cred_01HZ", "acme-operator").json() == {"status": "deleted"}


def test_a_personal_one_is_started_by_its_owner_alone_and_deleted_by_those_with_auth_write_too(
    world: MockWorld,
) -> None:
    assert code(ask(world, "POST", "/cred_acme_personal/oauth/start")) == (403, "permission_denied")
    assert ask(world, "POST", "/cred_acme_personal/oauth/start", "acme-member").status_code == 200
    assert ask(world, "DELETE", "/cred_acme_personal").json() == {"status": "deleted"}
    again = made(world, {**OWN, "name": "google"}, "acme-member")
    assert ask(world, "DELETE", f"/{again['id']}", "acme-member").json() == {"status": "deleted"}
    assert code(ask(world, "GET", f"/{again['id']}", "acme-member")) == (404, "credential_not_found")


# The start of a consent


def test_a_start_leads_to_the_provider_and_changes_no_status(world: MockWorld) -> None:
    shown = made(world, {**CODE, "scopes": ["drive.read", "drive.write"]})
    path = f"/{shown['id']}"
    first, second = (ask(world, "POST", f"{path}/oauth/start").json()["auth_url"] for _ in range(2))
    said = {name: value for name, [value] in parse_qs(urlsplit(first).query).items()}
    assert first.startswith("https://google.evershell.example/authorize?response_type=code&client_id=drive-client&")
    assert "redirect_uri=https%3A%2F%2Facme.evershell.ai%2Foauth%2Fcallback" in first
    assert said["scope"] == "drive.read drive.write"
    assert len(said["state"]) == 32
    assert first != second
    assert ask(world, "GET", path).json()["status"] == "needs_reauth"
    state(world, "stored credential is", credential_id=shown["id"], status="active")
    assert ask(world, "GET", path).json()["status"] == "active"


def test_what_happens_to_one_is_told(world: MockWorld) -> None:
    credential_id = made(world, CODE)["id"]
    ask(world, "POST", f"/{credential_id}/oauth/start", "acme-operator")
    for _ in ("active", "still active"):
        state(world, "stored credential is", credential_id=credential_id, status="active")
    ask(world, "DELETE", f"/{credential_id}")
    told = world.client("acme-owner").get("/audit", params={"filter": f"resource_id={credential_id}"}).json()["events"]
    assert [(each["event_type"], each["user_id"]) for each in reversed(told)] == [
        ("credential.created", "usr_acme_owner"),
        ("credential.oauth_started", "usr_acme_operator"),
        ("credential.status_changed", "system"),
        ("credential.deleted", "usr_acme_owner"),
    ]


def test_another_kind_is_not_started(world: MockWorld) -> None:
    answer = ask(world, "POST", "/cred_01HZ/oauth/start")
    assert code(answer) == (400, "validation_error")
    assert list(answer.json()["error"]["details"]["fields"]) == ["id"]


# States


def test_the_state_of_a_stored_credential_is_taken_back(world: MockWorld) -> None:
    made_here = made(world, CODE)["id"]
    for credential_id, before in (
        ("cred_acme_basic_auth", "revoked"),
        ("cred_01HZ", "active"),
        (made_here, "needs_reauth"),
    ):
        for action, status in (("setup", "failed"), ("teardown", before)):
            state(world, "stored credential is", action, credential_id=credential_id, status="failed")
            assert ask(world, "GET", f"/{credential_id}").json()["status"] == status


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"credential_id": "cred_none"}, (404, "credential_not_found")),
        ({"credential_id": "cred_globex_google"}, (404, "credential_not_found")),
        ({"status": "gone"}, (400, "validation_error")),
        ({"more": 1}, (400, "validation_error")),
    ],
)
def test_a_wrong_state_of_a_stored_credential_is_refused(
    world: MockWorld, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    with pytest.raises(Refused) as refused:
        state(world, "stored credential is", **{"credential_id": "cred_01HZ", "status": "failed", **changed})
    assert (refused.value.status, refused.value.error["code"]) == expected


def test_while_they_are_switched_off_that_is_told_last(world: MockWorld) -> None:
    state(world, "auth is disabled")
    for method, path, options in (
        ("GET", "", {}),
        ("POST", "", {"json": KEY}),
        ("GET", "/cred_01HZ", {}),
        ("DELETE", "/cred_01HZ", {}),
        ("POST", "/cred_acme_google/oauth/start", {}),
    ):
        assert code(ask(world, method, path, **options)) == (503, "auth_disabled")
    assert ask(world, "GET", "/none").status_code == 404
    assert ask(world, "POST", json=without(KEY, "api_key")).status_code == 400
    assert ask(world, "POST", json={**KEY, "name": "anthropic"}).status_code == 409
    assert ask(world, "DELETE", "/cred_01HZ", "acme-member").status_code == 403
    assert ask(world, "POST", "/cred_01HZ/oauth/start").status_code == 400
    assert world.client("acme-owner").get("/secrets").status_code == 200
    assert ask(world, "GET", who="globex-owner").status_code == 200
    state(world, "auth is disabled", "teardown")
    assert ask(world, "GET").status_code == 200


# Secrets


@pytest.mark.parametrize("body", RIGHT, ids=lambda body: f"{body['kind']}-{body['provider']}")
def test_a_secret_stands_nowhere(world: MockWorld, body: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made(world, body)
    ask(world, "POST", json={**body, "more": SECRET})
    ask(world, "POST", json={name: [value] if SECRET in str(value) else value for name, value in body.items()})
    entries = world.ask("GET", "/journal")["entries"]
    assert [entry["status"] for entry in entries] == [201, 400, 400]
    told = (json.dumps(entries), world.export().decode(), caplog.text)
    assert [SECRET in each for each in told] == [False] * 3


# Providers name them


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [("anthropic", "anthropic", 201), ("anthropic", "openai", 400), ("none", "openai", 400), ("google", "gemini", 400)],
)
def test_a_provider_is_made_with_a_credential_for_its_kind(world: MockWorld, name: str, kind: str, status: int) -> None:
    body = {"name": "new", "kind": kind, "domain": "api.first.example", "credential_name": name}
    answer = world.client("acme-owner").post("/providers", json=body)
    assert answer.status_code == status
    if status == 400:
        assert list(answer.json()["error"]["details"]["fields"]) == ["credential_name"]


def test_the_credential_of_a_provider_is_judged_where_it_changes(world: MockWorld) -> None:
    client = world.client("acme-owner")
    ask(world, "DELETE", "/cred_01HZ")
    for sent in ({}, {"display_name": "Other"}, {"credential_name": "anthropic"}):
        assert client.patch("/providers/provider_01HZ", json=sent).json()["credential_name"] == "anthropic"
    assert client.patch("/providers/provider_01HZ", json={"credential_name": "google"}).status_code == 400
    assert "credential_name" not in client.patch("/providers/provider_01HZ", json={"credential_name": None}).json()
    assert client.patch("/providers/provider_01HZ", json={"credential_name": "anthropic"}).status_code == 400
