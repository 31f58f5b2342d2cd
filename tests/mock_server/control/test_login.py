"""Signing a browser in, and what its cookie may do."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import Settings, create_app
from tests import plain
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

PAGE = "http://localhost:5173"
PATCH: dict[str, Any] = {"method": "PATCH", "path": "/v1/packs/pack_01HZ", "json": {"visibility": "community"}}


def login(mock: Mock, persona: str, return_to: str | None = None) -> httpx.Response:
    params = {"persona": persona} | ({"return_to": return_to} if return_to is not None else {})
    return plain.get(f"{mock.origin}/_mock/login", params=params)


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
    answer = plain.get(f"{origin}/_mock/login?persona=acme-owner&return_to={quote(sent, safe='', errors='ignore')}")
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
    [entry] = mock.entries
    assert entry["caller"] == "acme-owner"
    assert headers["Cookie"].partition("wos_session=")[2][:40] not in str(entry)


def test_a_browser_signs_out(mock: Mock) -> None:
    with plain.Client(base_url=mock.origin) as browser:
        browser.get("/_mock/login", params={"persona": "acme-owner"})
        assert browser.get("/v1/me/session").status_code == 200
        assert browser.post("/_mock/logout").json() == {"status": "signed_out"}
        assert not browser.cookies
        assert browser.get("/v1/me/session").status_code == 401
    refused = plain.post(f"{mock.origin}/_mock/logout", headers={"Origin": "https://evil.example"})
    assert refusal(refused) == (403, "permission_denied")


def navigated(mock: Mock, name: str, **params: str) -> httpx.Response:
    """A sign-in as a browser asks for it where somebody goes there, at one of the mock's names."""
    port = mock.origin.rpartition(":")[2]
    headers = {"Host": f"{name}:{port}", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}
    params = {"persona": "acme-owner", **{key: value.replace("PORT", port) for key, value in params.items()}}
    return plain.get(f"{mock.origin}/_mock/login", params=params, headers=headers)


@pytest.mark.parametrize(("mock_name", "page_name"), [("127.0.0.1", "localhost"), ("localhost", "127.0.0.1")])
def test_a_browser_goes_on_to_the_mock_by_the_name_of_the_page(mock: Mock, mock_name: str, page_name: str) -> None:
    """There it gets a document that asks at the first name too, and returns."""
    back = f"http://{page_name}:5173/packs?tab=mine#top"
    first = navigated(mock, mock_name, return_to=back)
    port = mock.origin.rpartition(":")[2]
    there = urlsplit(first.headers["location"])
    assert (first.status_code, there.netloc, there.path) == (302, f"{page_name}:{port}", "/_mock/login")
    asked = dict(parse_qsl(there.query))
    assert asked == {"persona": "acme-owner", "return_to": back, "also": f"http://{mock_name}:{port}"}
    second = navigated(mock, page_name, **asked)
    assert (second.status_code, second.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'href="{back}"' in second.text
    assert f'data-also="http://{mock_name}:{port}/_mock/login?persona=acme-owner"' in second.text
    assert f"img-src http://{mock_name}:{port};" in second.headers["content-security-policy"]
    assert first.headers["set-cookie"] == second.headers["set-cookie"]
    assert "SameSite=Lax" in first.headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("localhost", "http://localhost:5173/"),
        ("127.0.0.1", "http://127.0.0.1/"),
        ("localhost", "https://127.0.0.1:5173/"),  # another site by its scheme alone
        ("mock", "http://localhost:5173/"),
        ("192.0.2.7", "http://localhost:5173/"),
        ("localhost", "http://[::1]:5173/"),
    ],
)
def test_a_browser_returns_at_once_where_no_other_name_would_help(mock: Mock, name: str, back: str) -> None:
    answer = navigated(mock, name, return_to=back)
    assert (answer.status_code, answer.headers["location"]) == (302, back)


@pytest.mark.parametrize(
    "also",
    [
        *("", "x", "http://evil.example:PORT", "http://localhost:1", "http://127.0.0.1:PORT", "https://localhost:PORT"),
        *("http://localhost:PORT/x", "http://localhost:PORT@evil.example", "http://u@localhost:PORT", "javascript:1"),
        *("http://localhost:99999", "http://[", "http://LOCALHOST:PORT", "http://localhost:PORT;script-src *"),
    ],
)
def test_nothing_is_asked_of_who_is_not_the_mock(mock: Mock, also: str) -> None:
    answer = navigated(mock, "127.0.0.1", also=also, return_to="http://127.0.0.1:5173/")
    assert (answer.status_code, answer.headers["location"]) == (302, "http://127.0.0.1:5173/")


@settings(deadline=None)
@given(rest=st.text(max_size=40))
def test_the_document_holds_no_markup_of_others(origin: str, rest: str) -> None:
    mock = Mock(origin, "")
    answer = navigated(mock, "localhost", also="http://127.0.0.1:PORT", return_to=f"http://localhost:5173/{rest}")
    assert answer.status_code == 200
    assert [answer.text.count(mark) for mark in ("<", "=>", ">", '"')] == [12, 1, 13, 10]


@pytest.mark.parametrize(
    ("headers", "partitioned"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": PAGE}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": PAGE}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False),
        ({"Origin": PAGE}, False),
    ],
)
def test_a_page_of_another_site_that_is_let_in_gets_a_cookie_of_its_own_site(
    mock: Mock, headers: dict[str, str], partitioned: bool
) -> None:
    signed_in = mock.send("GET", "/_mock/login?persona=acme-owner", headers=headers)
    assert signed_in.headers["set-cookie"].endswith("; SameSite=None; Secure; Partitioned") == partitioned
    if headers.get("Origin", PAGE) == PAGE:
        signed_out = mock.send("POST", "/_mock/logout", headers=headers)
        assert signed_out.headers["set-cookie"].endswith("; SameSite=None; Secure; Partitioned") == partitioned
