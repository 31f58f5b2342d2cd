"""Credentials, scopes and billing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mock_server.access.callers import make_person
from mock_server.access.credentials import AUDIENCE, ISSUER, KEY_ID, issue_session
from tests import plain
from tests.mock_server.serving import Mock, refusal
from tests.mock_server.states import GRANTS

OWNER = make_person("org_acme", "usr_acme_owner", "owner@acme.example", "owner", GRANTS)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)


def session(mock: Mock, header: str | None) -> Any:
    return mock.send("GET", "/v1/me/session", headers={} if header is None else {"Authorization": header})


def claims(**changes: Any) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "usr_acme_owner",
        "org_id": "org_acme",
        "role": "owner",
        "permissions": ["caps:write"],
        "iat": 1767225600,
        "exp": 4102444800,
    } | changes


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
@pytest.mark.parametrize("persona", ["acme-owner", "acme-read-only"])
def test_the_scheme_has_no_case(mock: Mock, scheme: str, persona: str) -> None:
    assert session(mock, f"{scheme} {mock.tokens[persona]}").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "Bearer sk_mock_nobody",
        "Bearer sk_mock_acme_full_access_1001 ".strip() + "x",
        "Bearer eyJ",
        "Bearer eyJ.eyJ.eyJ",
        "Bearer nonsense",
        "sk_mock_acme_full_access_1001",
        "Token sk_mock_acme_full_access_1001",
        "Bearer " + "eyJ" * 4000,
        "Bearer \xff\xfe".encode("latin-1").decode("latin-1"),
    ],
)
def test_what_is_no_credential_is_a_401_with_a_challenge(mock: Mock, header: str | None) -> None:
    answer = session(mock, header.encode("latin-1") if header else header)
    assert refusal(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def forged() -> dict[str, str]:
    good = issue_session(OWNER)
    head, body, signature = good.split(".")
    bare_head, bare_body, _ = jwt.encode(claims(), None, algorithm="none", headers={"kid": KEY_ID}).split(".")
    key_as_secret = "the public key, taken for a shared secret"
    return {
        "no signature": f"{head}.{body}.",
        "another body": f"{head}.{bare_body}.{signature}",
        "alg none": f"{bare_head}.{bare_body}.",
        "alg none with a signature": f"{bare_head}.{body}.{signature}",
        "hmac": jwt.encode(claims(), key_as_secret, algorithm="HS256", headers={"kid": KEY_ID}),
        "another key": jwt.encode(claims(), STRANGER, algorithm="EdDSA", headers={"kid": KEY_ID}),
        "another kid": jwt.encode(claims(), STRANGER, algorithm="EdDSA", headers={"kid": "stranger"}),
        "no kid": jwt.encode(claims(), STRANGER, algorithm="EdDSA"),
        "deep header": "eyJ" + "W1tb" * 1500 + f".{body}.{signature}",
    }


@pytest.mark.parametrize("how", forged())
def test_a_forged_session_is_a_401(mock: Mock, how: str) -> None:
    assert refusal(session(mock, f"Bearer {forged()[how]}")) == (401, "unauthenticated")


def test_two_credentials_in_the_header_are_none(mock: Mock) -> None:
    one = ("Authorization", f"Bearer {mock.tokens['acme-owner']}")
    answer = plain.get(f"{mock.origin}/v1/me/session", headers=[one, one])
    assert refusal(answer) == (401, "unauthenticated")


def test_a_session_in_the_query_is_not_taken(mock: Mock) -> None:
    token = mock.tokens["acme-owner"]
    assert refusal(mock.send("GET", f"/v1/me/session?access_token={token}")) == (401, "unauthenticated")
    assert refusal(mock.send("GET", "/v1/me/session?api_key=sk_mock_acme_full_access_1001"))[0] == 401


def test_a_session_has_expired_when_its_time_has_come(mock: Mock) -> None:
    now = datetime.now(UTC)
    past = issue_session(OWNER, expires_at=now - timedelta(seconds=1))
    future = issue_session(OWNER, expires_at=now + timedelta(hours=1))
    assert refusal(session(mock, f"Bearer {past}")) == (401, "unauthenticated")
    assert session(mock, f"Bearer {future}").status_code == 200


def test_a_session_of_an_org_that_is_not_there_is_a_401(mock: Mock) -> None:
    token = issue_session(make_person("org_nowhere", "usr_nobody", "nobody@nowhere.example", "owner", GRANTS))
    assert refusal(session(mock, f"Bearer {token}")) == (401, "unauthenticated")


@pytest.mark.parametrize("persona", ["acme-member", "acme-submit-observe", "acme-read-only"])
def test_a_caller_without_the_scope_is_a_403(mock: Mock, persona: str) -> None:
    answer = mock.send("PATCH", "/v1/packs/pack_01HZ", persona, json={"visibility": "org"})
    assert refusal(answer) == (403, "permission_denied")


@pytest.mark.parametrize("persona", ["acme-owner", "acme-operator", "acme-full-access"])
def test_a_caller_with_the_scope_is_let_through(mock: Mock, persona: str) -> None:
    answer = mock.send("PATCH", "/v1/packs/pack_01HZ", persona, json={"visibility": "org"})
    assert answer.status_code == 200


@pytest.mark.parametrize("org", ["initech", "umbrella", "cyberdyne"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/packs"), ("PUT", "/v1/packs/x"), ("PATCH", "/v1/packs/x")])
def test_what_creates_is_a_423_while_billing_is_inactive(mock: Mock, org: str, method: str, path: str) -> None:
    assert refusal(mock.send(method, path, f"{org}-owner", json={})) == (423, "billing_inactive")


@pytest.mark.parametrize("org", ["initech", "umbrella", "cyberdyne"])
def test_reads_and_deletions_are_never_refused_for_billing(mock: Mock, org: str) -> None:
    assert mock.send("GET", "/v1/packs", f"{org}-owner").status_code == 200
    assert refusal(mock.send("DELETE", "/v1/packs/pack_none", f"{org}-owner")) == (404, "pack_not_found")


@pytest.mark.parametrize("org", ["acme", "globex", "hooli"])
def test_a_trial_that_lasts_is_as_good_as_active(mock: Mock, org: str) -> None:
    answer = mock.send("PATCH", "/v1/packs/pack_none", f"{org}-owner", json={"visibility": "org"})
    assert refusal(answer) == (404, "pack_not_found")


def test_every_401_advises_which_credentials_are_taken_and_where_to_get_one(mock: Mock) -> None:
    """Apart from its message, which a page may show. The places that it names give what it says."""
    token = mock.control("POST", "/tokens", json={"persona": "acme-owner", "state": "expired"}).json()["token"]
    refused = [session(mock, header) for header in (None, "Basic x", "Bearer sk_nobody", f"Bearer {token}")]
    refused += [mock.send("GET", "/v1/me/session", headers={"Cookie": f"wos_session={value}"}) for value in ("x", "")]
    for answer in refused:
        assert refusal(answer) == (401, "unauthenticated")
        error = answer.json()["error"]
        advice = error["details"]["advice"]
        for kind in ("session token", "API key", "bearer credential", "session cookie wos_session"):
            assert kind in advice
        assert "GET /_mock/personas " in advice
        assert "/_mock/login?persona=NAME " in advice
        assert "control" not in advice
        assert advice not in error["message"]
        assert "mock" not in error["message"]
    assert len({answer.json()["error"]["message"] for answer in refused}) >= 4
    persona = mock.send("GET", "/_mock/personas").json()["personas"][0]
    assert session(mock, f"Bearer {persona['token']}").status_code == 200
    cookie = mock.send("GET", f"/_mock/login?persona={persona['name']}").headers["set-cookie"].partition(";")[0]
    assert mock.send("GET", "/v1/me/session", headers={"Cookie": cookie}).status_code == 200
