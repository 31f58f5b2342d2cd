"""Credentials for every refusal, and what a world does with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields

NOON = "2026-03-01T12:00:00Z"


def new_token(mock: Mock, **body: Any) -> dict[str, Any]:
    answer = mock.control("POST", "/tokens", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def using(mock: Mock, token: str, method: str = "GET", path: str = "/v1/me/session", **options: Any) -> httpx.Response:
    return mock.send(method, path, headers={"Authorization": f"Bearer {token}"}, **options)


def freeze(mock: Mock, now: str = NOON) -> None:
    assert mock.control("PUT", "/clock", json={"mode": "frozen", "now": now}).status_code == 200


def advance(mock: Mock, seconds: float) -> None:
    assert mock.control("PUT", "/clock", json={"advance_seconds": seconds}).status_code == 200


@pytest.mark.parametrize("persona", ["acme-owner", "acme-member", "acme-read-only", "globex-full-access"])
def test_a_token_of_a_persona_is_another_one_of_the_same_caller(mock: Mock, persona: str) -> None:
    made = new_token(mock, persona=persona)
    assert made["token"] != mock.tokens[persona]
    assert using(mock, made["token"]).json() == using(mock, mock.tokens[persona]).json()
    shown = {each["name"]: each for each in mock.send("GET", "/_mock/personas").json()["personas"]}[persona]
    assert {key: made[key] for key in ("kind", "org_id", "role", "permission_set", "permissions")} == {
        key: shown[key] for key in ("kind", "org_id", "role", "permission_set", "permissions")
    }
    assert made["state"] == "valid"


@pytest.mark.parametrize("persona", ["acme-owner", "acme-full-access"])
@pytest.mark.parametrize(("how", "message"), [("expired", "expired"), ("revoked", "revoked")])
def test_a_token_that_is_no_longer_good_is_a_401(mock: Mock, persona: str, how: str, message: str) -> None:
    made = new_token(mock, persona=persona, state=how)
    answer = using(mock, made["token"])
    assert refusal(answer) == (401, "unauthenticated")
    assert message in answer.json()["error"]["message"]
    assert using(mock, mock.tokens[persona]).status_code == 200


def test_a_token_has_the_scopes_that_were_asked_for_and_no_others(mock: Mock) -> None:
    none, write = (new_token(mock, org_id="org_acme", scopes=scopes) for scopes in ([], ["caps:write", "audit:read"]))
    patch: dict[str, Any] = {"method": "PATCH", "path": "/v1/packs/pack_01HZ", "json": {"visibility": "org"}}
    assert refusal(using(mock, none["token"], **patch)) == (403, "permission_denied")
    assert using(mock, write["token"], **patch).status_code == 200
    assert using(mock, write["token"]).json()["permissions"] == write["permissions"] == ["caps:write", "audit:read"]
    assert none["org_id"] == "org_acme"


@pytest.mark.parametrize("persona", ["acme-owner", "acme-read-only"])
def test_expiry_follows_the_clock_of_the_world(mock: Mock, persona: str) -> None:
    freeze(mock)
    made = new_token(mock, persona=persona, expires_in=60)
    assert made["expires_at"] == "2026-03-01T12:01:00Z"
    advance(mock, 59.999)
    assert using(mock, made["token"]).status_code == 200
    advance(mock, 0.001)
    assert refusal(using(mock, made["token"])) == (401, "unauthenticated")
    advance(mock, -1)
    assert using(mock, made["token"]).status_code == 200


def test_a_session_says_when_it_expires_to_whoever_verifies_it(mock: Mock) -> None:
    freeze(mock)
    keys = jwt.PyJWKSet.from_dict(mock.send("GET", "/_mock/jwks.json").json())
    options = {"verify_exp": False, "verify_iat": False}
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def claims(**body: Any) -> dict[str, Any]:
        token = new_token(mock, persona="acme-owner", **body)["token"]
        [key] = [each for each in keys.keys if each.key_id == jwt.get_unverified_header(token)["kid"]]
        said: dict[str, Any] = jwt.decode(token, key, algorithms=["EdDSA"], audience="evershell-mock", options=options)
        return said

    valid, expired = claims(expires_in=90), claims(state="expired", expires_in=90)
    assert (valid["iat"], valid["exp"]) == (noon.timestamp(), (noon + timedelta(seconds=90)).timestamp())
    assert (expired["iat"], expired["exp"]) == ((noon - timedelta(seconds=90)).timestamp(), noon.timestamp())
    assert valid["jti"] != expired["jti"]


@pytest.mark.parametrize("persona", ["acme-owner", "acme-full-access"])
def test_a_token_is_revoked_while_it_is_used(mock: Mock, persona: str) -> None:
    made = new_token(mock, persona=persona)
    assert using(mock, made["token"]).status_code == 200
    assert mock.control("POST", "/tokens/revoke", json={"token": made["token"]}).json() == {"status": "revoked"}
    assert refusal(using(mock, made["token"])) == (401, "unauthenticated")
    assert using(mock, mock.tokens[persona]).status_code == 200


@pytest.mark.parametrize("persona", ["acme-owner", "acme-full-access"])
def test_a_persona_is_locked_out_of_one_world_until_its_reset(mock: Mock, persona: str) -> None:
    assert mock.control("POST", "/tokens/revoke", json={"persona": persona}).status_code == 200
    assert refusal(using(mock, mock.tokens[persona])) == (401, "unauthenticated")
    elsewhere = {"X-Mock-World": f"{mock.world}-other"}
    assert mock.send("GET", "/v1/me/session", persona, headers=elsewhere).status_code == 200
    assert mock.control("POST", "/reset").status_code == 200
    assert using(mock, mock.tokens[persona]).status_code == 200


def test_no_state_holds_a_token(mock: Mock) -> None:
    made = [new_token(mock, persona=persona)["token"] for persona in ("acme-owner", "acme-full-access")]
    exported = mock.control("GET", "/state").text
    for token in (*made, mock.tokens["acme-read-only"]):
        assert token not in exported
        assert token[-12:] not in exported


def test_the_same_calls_give_the_same_tokens(mock: Mock) -> None:
    tokens = []
    for name in (f"{mock.world}-one", f"{mock.world}-two"):
        world = Mock(mock.origin, name, mock.tokens)
        freeze(world)
        bodies: list[dict[str, Any]] = [{"persona": "acme-owner"}, {"persona": "acme-read-only"}]
        bodies += [{"org_id": "org_acme", "scopes": ["caps:write"]}] * 2
        tokens.append([new_token(world, **body)["token"] for body in bodies])
    assert tokens[0] == tokens[1]
    assert len(set(tokens[0])) == 4


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"persona"}),
        ({"persona": "acme-owner", "org_id": "org_acme"}, {"org_id"}),
        ({"org_id": "org_acme"}, {"scopes"}),
        ({"org_id": "org_acme", "scopes": "caps:write"}, {"scopes"}),
        ({"persona": "acme-owner", "state": "stolen"}, {"state"}),
        ({"persona": "acme-owner", "expires_in": 0}, {"expires_in"}),
        ({"persona": "acme-owner", "expires_in": 10**12}, {"expires_in"}),
        ({"persona": "acme-owner", "forever": True}, {"forever"}),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(mock: Mock, body: dict[str, Any], fields: set[str]) -> None:
    assert wrong_fields(mock.control("POST", "/tokens", json=body)).keys() == fields


def test_unknown_names_are_told_near_ones(mock: Mock) -> None:
    for body, expected, near in (
        ({"persona": "acme-ower"}, "persona_unknown", "acme-owner"),
        ({"org_id": "org_acmee", "scopes": []}, "org_not_found", "org_acme"),
        ({"org_id": "org_acme", "scopes": ["audit:read", "caps:wite"]}, "scope_unknown", "caps:write"),
        ({"org_id": "org_acme", "scopes": ["member:read"]}, "scope_unknown", "members:read"),
    ):
        answer = mock.control("POST", "/tokens", json=body)
        assert refusal(answer) == (404, expected)
        assert answer.json()["error"]["message"].endswith(f"Did you mean {near}?")


def test_an_unknown_scope_makes_nothing(mock: Mock) -> None:
    asked = {"org_id": "org_acme", "scopes": ["caps:wite"]}
    assert refusal(mock.control("POST", "/tokens", json=asked)) == (404, "scope_unknown")
    assert mock.world not in {world["name"] for world in mock.send("GET", "/_mock/worlds").json()["worlds"]}
    before = mock.control("GET", "/state").content
    assert refusal(mock.control("POST", "/tokens", json=asked)) == (404, "scope_unknown")
    assert mock.control("GET", "/state").content == before


def test_every_scope_that_somebody_holds_is_known(mock: Mock) -> None:
    personas = mock.send("GET", "/_mock/personas").json()["personas"]
    held = sorted({scope for persona in personas for scope in persona["permissions"]})
    assert new_token(mock, org_id="org_acme", scopes=held)["permissions"] == held


@pytest.mark.parametrize("token", ["sk_mock_nobody", "eyJ", "x"])
def test_what_is_no_token_cannot_be_revoked(mock: Mock, token: str) -> None:
    assert refusal(mock.control("POST", "/tokens/revoke", json={"token": token})) == (404, "token_unknown")
