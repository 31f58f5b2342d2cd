"""Signing a browser in, and what its cookie may do."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import Settings, create_app
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

PAGE = "http://localhost:5173"
PATCH: dict[str, Any] = {"method": "PATCH", "path": "/v1/packs/pack_01HZ", "json": {"visibility": "community"}}


def login(mock: Mock, persona: str, return_to: str | None = None) -> httpx.Response:
    params = {"persona": persona} | ({"return_to": return_to} if return_to is not None else {})
    return httpx.get(f"{mock.origin}/_mock/login", params=params)


def cookie(answer: httpx.Response) -> str:
    """The cookie as a browser would send it back."""
    [(name, morsel)] = SimpleCookie(answer.headers["set-cookie"]).items()
    return f"{name}={morsel.value}"


def signed_in(mock: Mock, persona: str, **headers: str) -> dict[str, str]:
    return {"Cookie": f"theme=dark; {cookie(login(mock, persona))}; other=1", **headers}


@pytest.mark.parametrize(
    "return_to",
    [
        "http://localhost:5173/packs?tab=mine#top",
        "https://127.0.0.1",
        "http://[::1]:3000?x=1",
        "http://app.localhost/a%20b//c/../d",
    ],
)
def test_signing_in_sets_the_cookie_and_returns(mock: Mock, return_to: str) -> None:
    answer = login(mock, "acme-owner", return_to)
    assert (answer.status_code, answer.headers["location"]) == (302, return_to)
    morsel = SimpleCookie(answer.headers["set-cookie"])["wos_session"]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"].lower()) == ("/", True, "lax")


def test_without_a_way_back_the_cookie_is_all(mock: Mock) -> None:
    answer = login(mock, "acme-member")
    assert (answer.status_code, answer.json()) == (200, {"persona": "acme-member"})
    assert answer.headers["set-cookie"].startswith("wos_session=")


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "http://localhost.evil.example",
        "http://128.0.0.1/",
        "ftp://localhost/",
        "http://0.0.0.0/",
    ],
)
def test_nobody_is_sent_elsewhere(mock: Mock, return_to: str) -> None:
    answer = login(mock, "acme-owner", return_to)
    assert refusal(answer) == (403, "permission_denied")
    assert "--cors-origin" in answer.json()["error"]["message"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "return_to",
    [
        *("//evil.example", "/packs", "packs", "", "javascript:alert(1)", "http:localhost", "http:/localhost"),
        *("http://localhost@evil.example", "http://evil.example\\@localhost/", "http://localhost\\.evil.example"),
        *("http://evil.example@localhost/", "http://user:x@localhost/", "http://localhost%2eevil.example", " http://x"),
        *("http://\tlocalhost/", "http://localhost:port/", "http://", "http://:80/", "http://loc\u0430lhost/"),
    ],
)
def test_what_is_no_absolute_url_is_a_400(mock: Mock, return_to: str) -> None:
    answer = login(mock, "acme-owner", return_to)
    assert wrong_fields(answer).keys() == {"return_to"}
    assert "set-cookie" not in answer.headers


@settings(deadline=None)
@given(rest=st.text(max_size=40))
def test_whatever_follows_the_origin_stays_behind_it(origin: str, rest: str) -> None:
    sent = f"http://localhost:5173/{rest}"
    answer = httpx.get(f"{origin}/_mock/login?persona=acme-owner&return_to={quote(sent, safe='', errors='ignore')}")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("http://localhost:5173/")
    assert answer.headers["location"].isprintable()


@pytest.mark.parametrize("persona", ["acme-full-access", "acme-read-only"])
def test_an_api_key_does_not_sign_in(mock: Mock, persona: str) -> None:
    assert wrong_fields(login(mock, persona)).keys() == {"persona"}


def test_an_unknown_persona_is_told_a_near_one(mock: Mock) -> None:
    answer = login(mock, "acme-onwer", PAGE)
    assert refusal(answer) == (404, "persona_unknown")
    assert answer.json()["error"]["message"] == 'There is no persona "acme-onwer". Did you mean acme-owner?'


def test_nobody_in_particular_cannot_sign_in(mock: Mock) -> None:
    assert wrong_fields(mock.send("GET", "/_mock/login")) == {"persona": "It is required."}


@pytest.mark.parametrize("persona", ["acme-owner", "globex-member", "umbrella-operator"])
def test_the_cookie_is_a_session(mock: Mock, persona: str) -> None:
    session = mock.send("GET", "/v1/me/session", headers=signed_in(mock, persona))
    assert session.json() == mock.send("GET", "/v1/me/session", persona).json()


def test_the_cookie_is_refused_for_the_same_reasons_as_a_token(mock: Mock) -> None:
    origin = {"Origin": PAGE}
    assert refusal(mock.send(**PATCH, headers=signed_in(mock, "acme-member", **origin))) == (403, "permission_denied")
    assert refusal(mock.send(**PATCH, headers=signed_in(mock, "initech-owner", **origin))) == (423, "billing_inactive")
    for state in ("expired", "revoked"):
        token = mock.control("POST", "/tokens", json={"persona": "acme-owner", "state": state}).json()["token"]
        answer = mock.send("GET", "/v1/packs", headers={"Cookie": f"wos_session={token}"})
        assert refusal(answer) == (401, "unauthenticated")


@pytest.mark.parametrize("value", ["", "x", "eyJ", '"', ";", "sk_mock_acme_full_access_1001"])
def test_a_cookie_that_holds_no_session_is_a_401(mock: Mock, value: str) -> None:
    answer = mock.send("GET", "/v1/packs", headers={"Cookie": f"wos_session={value}"})
    assert refusal(answer) == (401, "unauthenticated")


def test_other_cookies_are_no_credential(mock: Mock) -> None:
    token = mock.tokens["acme-owner"]
    for header in (f"session={token}", f"xwos_session={token}", f"WOS_SESSION={token}", token):
        assert refusal(mock.send("GET", "/v1/packs", headers={"Cookie": header})) == (401, "unauthenticated")


def test_a_bearer_credential_counts_before_the_cookie(mock: Mock) -> None:
    headers = signed_in(mock, "acme-member")
    assert mock.send("GET", "/v1/me/session", "acme-owner", headers=headers).json()["role"] == "owner"
    assert mock.send(**PATCH, persona="acme-owner", headers=headers).status_code == 200
    wrong = {**headers, "Authorization": "Bearer nothing"}
    assert refusal(mock.send("GET", "/v1/me/session", headers=wrong)) == (401, "unauthenticated")


@pytest.mark.parametrize("page", [PAGE, "https://127.0.0.1", "http://[::1]:9"])
def test_pages_that_are_let_in_change_things_with_the_cookie(mock: Mock, page: str) -> None:
    assert mock.send(**PATCH, headers=signed_in(mock, "acme-owner", Origin=page)).status_code == 200


def test_so_does_a_page_of_the_mock_itself(tokens: dict[str, str]) -> None:
    """By whatever name it is known."""
    with served(create_app(Settings(allow_hosts=("mock.example",)))) as origin:
        mock = Mock(origin, "own-page", tokens)
        headers = signed_in(mock, "acme-owner", Host="mock.example:4010", Origin="https://mock.example:4010")
        assert mock.send(**PATCH, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost.evil.example"},
        {"Host": "mock.example", "Origin": "https://evil.example"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/v1/packs/pack_01HZ"),
        ("DELETE", "/v1/packs/pack_01HZ"),
        ("POST", "/v1/packs"),
        ("POST", "/v1/packs/upload"),
        ("PUT", "/v1/packs/pack_01HZ"),
        ("PUT", "/v1/packs/pack_01HZ/files/pack.yaml"),
    ],
)
def test_other_pages_change_nothing_with_it(mock: Mock, method: str, path: str, headers: dict[str, str]) -> None:
    before = mock.send("GET", "/v1/packs", "acme-owner").json()
    answer = mock.send(method, path, headers=signed_in(mock, "acme-owner", **headers), json={"visibility": "community"})
    assert refusal(answer) == (403, "permission_denied")
    assert mock.send("GET", "/v1/packs", "acme-owner").json() == before


def test_reading_needs_no_origin(mock: Mock) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}):
        answer = mock.send("GET", "/v1/packs", headers=signed_in(mock, "acme-owner", **headers))
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers


def test_the_journal_has_no_cookie(mock: Mock) -> None:
    headers = signed_in(mock, "acme-owner")
    mock.send("GET", "/v1/packs", headers=headers)
    [entry] = mock.control("GET", "/journal").json()["entries"]
    assert entry["caller"] == "acme-owner"
    assert headers["Cookie"].partition("wos_session=")[2][:40] not in str(entry)


def test_a_browser_signs_out(mock: Mock) -> None:
    with httpx.Client(base_url=mock.origin) as browser:
        browser.get("/_mock/login", params={"persona": "acme-owner"})
        assert browser.get("/v1/me/session").status_code == 200
        assert browser.post("/_mock/logout").json() == {"status": "signed_out"}
        assert not browser.cookies
        assert browser.get("/v1/me/session").status_code == 401
    refused = httpx.post(f"{mock.origin}/_mock/logout", headers={"Origin": "https://evil.example"})
    assert refusal(refused) == (403, "permission_denied")
