"""The console as files: what is served below /_mock/, to whom, and by which policies."""

import gzip
import re
import socket
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.console import pages
from tests import plain
from tests.mock_server.serving import Mock, refusal, served

STATIC = Path(pages.__file__).parent / "static"
FILES = [path.relative_to(STATIC).as_posix() for path in sorted(STATIC.rglob("*.*"))]
OTHERS = ["/", "/client.tgz"]
PAGES = [*OTHERS, *(f"/console/{name}" for name in FILES)]
TEXTS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
TYPES = {name: f"{kind}; charset=utf-8" for name, kind in TEXTS.items()} | {"tgz": "application/gzip"}


def get(mock: Mock, path: str, **options: object) -> httpx.Response:
    return mock.send("GET", f"/_mock{path}", **options)


def policy(answer: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", PAGES)
def test_a_file_comes_with_its_type_and_is_asked_for_once(mock: Mock, path: str) -> None:
    answer = get(mock, path)
    kind = "html" if path.endswith("/") else path.rpartition(".")[2]
    assert (answer.status_code, answer.headers["content-type"]) == (200, TYPES[kind])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-request-id"]
    again = get(mock, path, headers={"If-None-Match": f'"other", W/{answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    head = mock.send("HEAD", f"/_mock{path}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])


def test_the_package_for_front_ends_has_the_same_bytes_on_every_machine(mock: Mock) -> None:
    """A lock file holds their digest: so no time, owner or rights of a file, and nothing compressed."""
    packed = get(mock, "/client.tgz").content
    with tarfile.open(fileobj=BytesIO(gzip.decompress(packed))) as archive:
        entries = archive.getmembers()
    assert [entry.name for entry in entries] == sorted(entry.name for entry in entries)
    assert {(entry.mtime, entry.uid, entry.uname, entry.mode) for entry in entries} == {(0, 0, "", 0o644)}
    assert packed[:10] == b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    assert len(packed) > sum(entry.size for entry in entries)


@pytest.mark.parametrize("path", ["/", "/console/app.js"])
def test_a_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(mock: Mock, path: str) -> None:
    allowed = policy(get(mock, path))
    assert allowed["default-src"] == allowed["base-uri"] == allowed["form-action"] == "'none'"
    assert allowed["frame-ancestors"] == "'none'"
    assert allowed["script-src"] == allowed["connect-src"] == "'self'"
    assert allowed["style-src"] == "'self'"


@pytest.mark.parametrize(("path", "to"), [("", ""), ("/docs", "#/default/contract"), ("/docs/", "#/default/contract")])
def test_an_address_leads_to_the_page_or_its_reader_of_the_contract(mock: Mock, path: str, to: str) -> None:
    answer = get(mock, path)
    assert answer.status_code == 307
    assert str(answer.url.join(answer.headers["location"])) == f"{mock.origin}/_mock/{to}"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_page_is_read_and_nothing_else(mock: Mock, method: str) -> None:
    answer = mock.send(method, "/_mock/")
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    ["/console/", "/console/../pages.py", "/console/%2e%2e/pages.py", "/console/nothing.js", "/docs/index.html"],
)
def test_what_is_no_file_of_it_is_not_found(mock: Mock, path: str) -> None:
    assert refusal(mock.exactly("GET", f"/_mock{path}", "acme-owner")) == (404, "not_found")


def test_no_file_has_markup_in_its_scripts_or_an_address_of_elsewhere() -> None:
    for name in FILES:
        text = (STATIC / name).read_text(encoding="utf-8")
        assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text) is None, name
        assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}, name


@pytest.fixture(scope="module")
def named() -> Iterator[str]:
    with served(
        create_app(Settings(cors_origins=("https://mock.team.example:8443",), control_token="fake-token"))
    ) as url:
        yield f"{url}/_mock"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4010", "127.0.0.1.evil.example", "localhost.evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/worlds", "/health", "/nothing"])
def test_a_page_whose_name_was_made_to_lead_here_gets_nothing(mock: Mock, host: str, path: str) -> None:
    answer = get(mock, path, headers={"Host": host})
    assert refusal(answer) == (403, "permission_denied")
    assert f"--allow-host {host.partition(':')[0]}." in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "host", ["localhost:4010", "a.localhost", "127.0.0.1", "[::1]:4010", "192.0.2.7:4010", "mock:4010"]
)
def test_names_that_nobody_elsewhere_has_are_its_own(mock: Mock, host: str) -> None:
    assert get(mock, "/health", headers={"Host": host}).status_code == 200


def test_a_name_that_was_let_in_is_its_own_and_so_are_the_pages_there(named: str) -> None:
    own = {"Host": "Mock.Team.example:4010", "Authorization": "Bearer fake-token"}
    assert plain.get(f"{named}/worlds", headers=own).status_code == 200
    for origin in ("http://Mock.Team.example:4010", "https://mock.team.example:8443"):
        assert plain.post(f"{named}/worlds/w/reset", headers={**own, "Origin": origin}).status_code == 200
    refused = plain.post(f"{named}/worlds/w/reset", headers={**own, "Origin": "http://mock.team.example:81"})
    assert refusal(refused) == (403, "permission_denied")


def test_the_page_is_there_before_the_token_is(named: str) -> None:
    assert plain.get(f"{named}/").status_code == 200
    assert refusal(plain.get(f"{named}/contract")) == (401, "unauthenticated")


def test_no_host_makes_no_page_its_own(mock: Mock) -> None:
    host, port = mock.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"POST /_mock/worlds/w/reset HTTP/1.0\r\nOrigin: null\r\n\r\n")
        assert connection.makefile("rb").readline().split()[1] == b"403"
