"""What pages of other origins may ask and read."""

from collections.abc import Iterator

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.errors import StartError
from tests import plain
from tests.live import served_mock
from tests.mock_server.serving import DOCUMENT, Mock, refusal, served

PAGE = "http://localhost:5173"
PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,prefer"}
THIS_MACHINE = [
    PAGE,
    "https://localhost",
    "http://app.localhost:3000",
    "http://127.0.0.1:3000",
    "http://127.8.9.10",
    "http://[::1]:8080",
]
ELSEWHERE = [
    "https://app.example",
    "http://localhost.evil.example",
    "http://evil-localhost",
    "http://127.0.0.1.evil.example",
    "http://128.0.0.1",
    "http://[::2]",
    "http://localhost:5173/",
    "http://localhost@evil.example",
    "http://localhost, http://evil.example",
    "ftp://localhost",
    "null",
    "",
    "HTTP",
]


@pytest.fixture(scope="module")
def open_to_named() -> Iterator[str]:
    """A mock that lets two origins in beside those of this machine."""
    named = ("https://App.Example:443", "http://192.0.2.7:5173")
    with served(create_app(Settings(cors_origins=named))) as url:
        yield url


def words(answer: httpx.Response, header: str) -> set[str]:
    return set(answer.headers[header].split(", "))


def lets_in(answer: httpx.Response, page: str) -> bool:
    """Whether a browser shows the answer to pages of this origin, which may send credentials."""
    named, credentials = "access-control-allow-origin", "access-control-allow-credentials"
    assert answer.headers["vary"] == "Origin"
    assert (named in answer.headers) == (credentials in answer.headers)
    return answer.headers.get(named) == page and answer.headers[credentials] == "true"


@pytest.mark.parametrize("page", THIS_MACHINE)
def test_pages_of_this_machine_are_let_in(mock: Mock, page: str) -> None:
    answer = mock.send("GET", "/v1/packs", "acme-owner", headers={"Origin": page})
    assert answer.status_code == 200
    assert lets_in(answer, page)


@pytest.mark.parametrize("page", ELSEWHERE)
def test_pages_from_elsewhere_are_not(mock: Mock, page: str) -> None:
    answer = mock.send("GET", "/v1/packs", "acme-owner", headers={"Origin": page})
    assert answer.status_code == 200
    assert not lets_in(answer, page)


@pytest.mark.parametrize("page", ["https://app.example", "http://192.0.2.7:5173", PAGE])
def test_named_origins_are_let_in_too(open_to_named: str, page: str) -> None:
    assert lets_in(plain.get(f"{open_to_named}/v1/packs", headers={"Origin": page}), page)
    assert lets_in(plain.options(f"{open_to_named}/v1/packs", headers=PREFLIGHT | {"Origin": page}), page)


@pytest.mark.parametrize("page", ["http://app.example", "https://app.example:8443", "https://sub.app.example"])
def test_a_named_origin_is_no_other(open_to_named: str, page: str) -> None:
    assert not lets_in(plain.get(f"{open_to_named}/v1/packs", headers={"Origin": page}), page)


@pytest.mark.parametrize("name", ["*", "null", "app.example", "https://app.example/path", "https://", "https://a b"])
def test_what_is_no_origin_stops_the_start(name: str) -> None:
    with pytest.raises(StartError, match="--cors-origin"):
        create_app(Settings(cors_origins=(name,)))


def test_a_preflight_names_every_method_and_the_headers_that_a_client_sends(mock: Mock) -> None:
    answer = mock.send("OPTIONS", "/v1/packs/pack_01HZ", headers=PREFLIGHT | {"Origin": PAGE})
    assert (answer.status_code, answer.content) == (204, b"")
    assert lets_in(answer, PAGE)
    declared = {name.upper() for item in DOCUMENT["paths"].values() for name in item} - {"PARAMETERS"}
    assert words(answer, "access-control-allow-methods") >= declared
    assert words(answer, "access-control-allow-headers") == {"Authorization", "Content-Type", "Prefer", "X-Mock-World"}
    assert answer.headers["x-request-id"]
    assert answer.headers["date"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/_mock/worlds", "/_worlds/tab-1/v1/packs", "/elsewhere"])
def test_a_preflight_is_answered_whatever_the_path(mock: Mock, path: str) -> None:
    """So that the page can read what is wrong with the path."""
    assert mock.send("OPTIONS", path, headers=PREFLIGHT | {"Origin": PAGE}).status_code == 204


def test_a_preflight_from_elsewhere_says_how_to_let_the_page_in(mock: Mock) -> None:
    answer = mock.send("OPTIONS", "/v1/packs", headers=PREFLIGHT | {"Origin": "https://app.example"})
    assert refusal(answer) == (403, "permission_denied")
    assert "--cors-origin https://app.example" in answer.json()["error"]["message"]
    assert not lets_in(answer, "https://app.example")


def test_the_remedy_for_a_page_without_an_origin_is_one_that_works(
    mock: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    """A file and a sandboxed frame have the origin null, and so have those of any site: it cannot be let in."""
    answer = mock.send("OPTIONS", "/v1/packs", headers=PREFLIGHT | {"Origin": "null"})
    assert refusal(answer) == (403, "permission_denied")
    mock.send("GET", "/v1/packs", headers={"Origin": "null"})
    mock.send("GET", "/v1/packs", headers={"Origin": "http://a, http://b"})
    told = [answer.json()["error"]["message"], *(record.getMessage() for record in caplog.records)]
    assert len(told) >= 2
    for text in told:
        assert "--cors-origin" not in text
        assert text.endswith("serve the page over http, such as at http://localhost:5173.")
    with pytest.raises(StartError, match="sandboxed frames, of whatever site, have the origin null"):
        create_app(Settings(cors_origins=("null",)))


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": PAGE}, {"Access-Control-Request-Method": "GET"}], ids=["bare", "origin", "method"]
)
def test_options_that_is_no_preflight_is_a_method_like_others(mock: Mock, headers: dict[str, str]) -> None:
    assert refusal(mock.send("OPTIONS", "/v1/packs", headers=headers)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("method", "path", "persona", "expected"),
    [
        ("GET", "/v1/nothing", None, (404, "not_found")),
        ("GET", "/elsewhere", None, (404, "not_found")),
        ("LOCK", "/v1/packs", None, (405, "method_not_allowed")),
        ("GET", "/v1/packs", None, (401, "unauthenticated")),
        ("PATCH", "/v1/packs/pack_01HZ", "acme-member", (403, "permission_denied")),
        ("PATCH", "/v1/packs/pack_01HZ", "initech-owner", (423, "billing_inactive")),
        ("PATCH", "/v1/packs/pack_01HZ", "acme-owner", (400, "validation_error")),
        ("POST", "/_mock/worlds", None, (400, "validation_error")),
    ],
)
def test_refusals_can_be_read_too(
    mock: Mock, method: str, path: str, persona: str | None, expected: tuple[int, str]
) -> None:
    answer = mock.send(method, path, persona, headers={"Origin": PAGE})
    assert refusal(answer) == expected
    assert lets_in(answer, PAGE)
    assert "X-Request-Id" in words(answer, "access-control-expose-headers")


def test_every_header_that_a_page_would_not_see_by_itself_is_exposed(mock: Mock) -> None:
    known = {"content-type", "content-length", "vary"}  # shown unasked, or told to caches only
    for answer in (
        mock.send("GET", "/v1/packs", "acme-owner", headers={"Origin": PAGE}),
        mock.send("GET", "/v1/packs", headers={"Origin": PAGE}),
        mock.send("LOCK", "/v1/packs", headers={"Origin": PAGE}),
    ):
        exposed = {name.lower() for name in words(answer, "access-control-expose-headers")}
        assert exposed == {name for name in answer.headers if not name.startswith("access-control-")} - known


def test_an_impossible_world_is_told_to_the_page(mock: Mock) -> None:
    answer = plain.get(f"{mock.origin}/v1/packs", headers={"Origin": PAGE, "X-Mock-World": "no world!"})
    assert refusal(answer) == (400, "validation_error")
    assert lets_in(answer, PAGE)


def test_without_an_origin_nothing_is_said_of_it(mock: Mock) -> None:
    answer = mock.send("GET", "/v1/packs", "acme-owner")
    assert [name for name in answer.headers if name.startswith("access-control") or name == "vary"] == []


def test_a_preflight_uses_up_no_request_id_of_a_world_and_is_not_in_its_journal(mock: Mock) -> None:
    asked, silent = f"{mock.world}-asked", f"{mock.world}-silent"
    ids = []
    for world in (asked, silent):
        headers = {"X-Mock-World": world}
        if world == asked:
            mock.send("OPTIONS", "/v1/packs", headers=headers | PREFLIGHT | {"Origin": PAGE})
        ids.append(mock.send("GET", "/v1/packs", headers=headers).headers["x-request-id"])
    assert ids[0] == ids[1]
    assert len(mock.send("GET", f"/_mock/worlds/{asked}/journal").json()["entries"]) == 1


def test_a_page_from_elsewhere_cannot_change_a_world_through_the_control_api(mock: Mock) -> None:
    """A browser sends a POST without a body unasked, whatever page it is of."""
    mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={"visibility": "community"})
    answer = mock.control("POST", "/reset", headers={"Origin": "https://evil.example"})
    assert refusal(answer) == (403, "permission_denied")
    assert mock.send("GET", "/v1/packs/pack_01HZ", "acme-owner").json()["visibility"] == "community"
    assert mock.control("POST", "/reset", headers={"Origin": PAGE}).status_code == 200
    assert mock.send("GET", "/v1/packs/pack_01HZ", "acme-owner").json()["visibility"] == "org"


def allowed_headers(url: str, page: str, asked: str) -> list[str]:
    headers = {"Origin": page, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asked}
    answer = plain.options(f"{url}/v1/packs", headers=headers)
    assert answer.status_code == 204
    return answer.headers["access-control-allow-headers"].split(", ")


USUAL = ["Authorization", "Content-Type", "Prefer", "X-Mock-World"]


@pytest.mark.parametrize("page", THIS_MACHINE)
def test_a_page_of_this_machine_may_send_every_header_that_it_asks_for(origin: str, page: str) -> None:
    assert allowed_headers(origin, page, "x-trace-id, prefer,baggage,x-trace-id") == [*USUAL, "x-trace-id", "baggage"]


@pytest.mark.parametrize("asked", ["", ",,", "x y", "x:y", "x\tb\tc", '"quoted"', f"{'x' * 101}", "(comment)"])
def test_what_is_no_header_is_not_repeated(origin: str, asked: str) -> None:
    assert allowed_headers(origin, PAGE, asked) == USUAL


def test_only_so_many_headers_are_repeated(origin: str) -> None:
    assert len(allowed_headers(origin, PAGE, ",".join(f"x-{number}" for number in range(500)))) == 104


def test_a_page_of_a_named_origin_may_send_those_that_were_named(caplog: pytest.LogCaptureFixture) -> None:
    page = "https://app.example"
    settings = Settings(cors_origins=(page,), cors_headers=("X-Trace-Id",))
    with served(create_app(settings)) as url:
        assert allowed_headers(url, page, "x-trace-id") == [*USUAL, "X-Trace-Id"]
        assert not caplog.records
        for _ in range(2):
            assert allowed_headers(url, page, "x-trace-id, x-tenant") == [*USUAL, "X-Trace-Id"]
    [said] = [record.getMessage() for record in caplog.records if record.name == "mock_server.pipeline.cors"]
    assert "x-tenant" in said
    assert said.endswith("start the mock with --cors-header x-tenant.")


@pytest.mark.parametrize("name", ["", "X Trace", "X-Trace:", "X-Trace, X-Tenant", "é"])
def test_what_is_no_header_stops_the_start(name: str) -> None:
    with pytest.raises(StartError, match="--cors-header"):
        create_app(Settings(cors_headers=(name,)))


def test_a_header_is_named_on_the_command_line() -> None:
    page = "https://app.example"
    with served_mock("--cors-origin", page, "--cors-header", "X-Trace-Id", "--cors-header", "X-Tenant") as url:
        assert allowed_headers(url, page, "x-tenant") == [*USUAL, "X-Trace-Id", "X-Tenant"]
