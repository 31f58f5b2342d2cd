"""What the server is, and who may call it."""

import jwt

from tests.mock_server.serving import Mock, refusal
from tests.openapi import DOCUMENT

KINDS = (*DOCUMENT["x-roles"], *DOCUMENT["x-permission-sets"])
ORGS = ("acme", "globex", "hooli", "initech", "umbrella", "cyberdyne")


def test_health_is_ok(mock: Mock) -> None:
    answer = mock.send("GET", "/_mock/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["x-request-id"]


OWN_SCOPES = {"acme-auditor", "acme-runner"}
"""Personas with neither role nor permission set."""


def test_every_org_has_a_persona_for_each_role_and_permission_set(mock: Mock) -> None:
    personas = {each["name"]: each for each in mock.send("GET", "/_mock/personas").json()["personas"]}
    assert personas.keys() - OWN_SCOPES == {f"{org}-{kind.replace('_', '-')}" for org in ORGS for kind in KINDS}
    for name in OWN_SCOPES:
        assert (personas[name]["role"], personas[name]["permission_set"]) == (None, None)
        assert personas[name]["permissions"]
    owner, key = personas["acme-owner"], personas["acme-read-only"]
    assert (owner["kind"], owner["org_id"], owner["role"], owner["permission_set"]) == (
        "session",
        "org_acme",
        "owner",
        None,
    )
    assert owner["permissions"] == DOCUMENT["x-roles"]["owner"]
    assert (key["kind"], key["role"], key["permission_set"]) == ("api_key", None, "read_only")
    assert key["token"].startswith("sk_mock_")


def test_every_persona_is_who_the_session_says(mock: Mock) -> None:
    for persona in mock.send("GET", "/_mock/personas").json()["personas"]:
        session = mock.send("GET", "/v1/me/session", persona["name"]).json()
        assert session["org_id"] == persona["org_id"]
        assert session["permissions"] == persona["permissions"]
        without_role = "custom" if persona["name"] in OWN_SCOPES else ""
        assert session["role"] == (persona["role"] or without_role)
        assert session.get("api_key_permission_set") == persona["permission_set"]


def test_the_key_set_verifies_sessions(mock: Mock) -> None:
    key = jwt.PyJWKSet.from_dict(mock.send("GET", "/_mock/jwks.json").json()).keys[0]
    token = mock.tokens["globex-operator"]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="evershell-mock")
    assert (claims["org_id"], claims["role"]) == ("org_globex", "operator")


def test_the_control_api_has_the_envelope_too(mock: Mock) -> None:
    assert refusal(mock.send("GET", "/_mock/nothing")) == (404, "not_found")
    assert refusal(mock.send("DELETE", "/_mock/health")) == (405, "method_not_allowed")
    assert refusal(mock.send("GET", "/_mock/health?deep=1")) == (400, "validation_error")
    assert refusal(mock.send("POST", "/_mock/worlds", content=b"{")) == (400, "validation_error")
    assert refusal(mock.send("POST", "/_mock/worlds", data={"name": "a"})) == (415, "unsupported_media_type")


def test_control_calls_use_up_no_request_id_of_a_world(mock: Mock) -> None:
    quiet, busy = f"{mock.world}-quiet", f"{mock.world}-busy"
    ids = {}
    for world in (quiet, busy):
        mock.send("GET", "/v1/packs", headers={"X-Mock-World": world})
        if world == busy:
            mock.send("POST", f"/_mock/worlds/{world}/states", json={"action": "setup", "state": "none"})
        ids[world] = mock.send("GET", "/v1/packs", headers={"X-Mock-World": world}).headers["x-request-id"]
    assert ids[quiet] == ids[busy]
