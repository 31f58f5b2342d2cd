"""By which names a mock is known: what comes by any other was not meant for it (DNS rebinding)."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server import Settings, create_app, in_process
from mock_server.errors import StartError
from tests import plain
from tests.live import served_mock
from tests.mock_server.server.raw import statuses, told
from tests.mock_server.serving import Mock, refusal, served

KEY = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
ELSEWHERE = ["evil.example", "evil.example:4010", "EVIL.example.", "127.0.0.1.evil.example", "localhost.evil.example"]
WITHIN = ["localhost:4010", "a.localhost", "127.0.0.1", "[::1]:4010", "192.0.2.7:4010", "mock:4010", "MOCK"]
PATHS = ["/v1/packs", "/_worlds/fresh/v1/packs", "/elsewhere", "/_worlds/no world", "/_mock/health"]
PREFLIGHT = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "PATCH"}


@pytest.fixture(scope="module")
def named() -> Iterator[str]:
    settings = Settings(allow_hosts=("Mock.Team.example", "host.docker.internal."))
    with served(create_app(settings)) as url:
        yield url


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("path", PATHS)
def test_what_comes_by_another_name_gets_nothing(mock: Mock, host: str, path: str) -> None:
    answer = mock.send("GET", path, headers={**KEY, "Host": host})
    assert refusal(answer) == (403, "permission_denied")
    name = host.lower().partition(":")[0].removesuffix(".")
    assert answer.json()["error"]["message"].endswith(f"start the mock with --allow-host {name}.")
    assert answer.headers["date"]


@pytest.mark.parametrize("path", ["/v1/packs", "/_mock/worlds", "/elsewhere"])
def test_nor_does_a_preflight(mock: Mock, path: str) -> None:
    headers = {**PREFLIGHT, "Host": "evil.example"}
    assert refusal(mock.send("OPTIONS", path, headers=headers)) == (403, "permission_denied")


@pytest.mark.parametrize("host", WITHIN)
def test_addresses_and_names_of_this_machine_and_network_are_known(mock: Mock, host: str) -> None:
    assert mock.send("GET", "/v1/packs", headers={**KEY, "Host": host}).status_code == 200


def test_a_client_too_old_to_name_a_host_is_served(origin: str) -> None:
    """A browser names one always."""
    request = b"GET /v1/packs HTTP/1.0\r\nAuthorization: Bearer sk_mock_acme_full_access_1001\r\n\r\n"
    assert statuses(told(origin, request)) == [200]


@pytest.mark.parametrize("host", ["mock.team.example", "mock.team.example:4010", "HOST.docker.internal:80"])
def test_a_name_that_is_allowed_is_known_whatever_its_port(named: str, host: str) -> None:
    for path in ("/v1/packs", "/_worlds/w/v1/packs", "/_mock/worlds"):
        assert plain.get(named + path, headers={**KEY, "Host": host}).status_code == 200
    other = plain.get(f"{named}/v1/packs", headers={**KEY, "Host": f"sub.{host}"})
    assert refusal(other) == (403, "permission_denied")


def test_pages_of_another_site_are_not_let_in_by_a_host(named: str) -> None:
    """A name of the mock is no origin: its own pages act, those on another port do not."""
    own = {"Host": "mock.team.example:4010"}
    for page, status in (("http://mock.team.example:4010", 200), ("http://mock.team.example:81", 403)):
        answer = plain.post(f"{named}/_mock/worlds/w/reset", headers={**own, "Origin": page})
        assert answer.status_code == status


def test_the_whole_url_of_a_target_names_the_host(origin: str) -> None:
    request = b"GET http://evil.example/v1/packs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert statuses(told(origin, request)) == [403]


def test_it_leaves_nothing_behind(named: str) -> None:
    """No world, no entry, no request id that a world would have given next."""
    quiet, asked = {"X-Mock-World": "quiet"}, {"X-Mock-World": "asked"}
    assert plain.get(f"{named}/v1/packs", headers={**KEY, **asked, "Host": "evil.example"}).status_code == 403
    assert plain.get(f"{named}/_worlds/never/v1/packs", headers={**KEY, "Host": "evil.example"}).status_code == 403
    known = {world["name"] for world in plain.get(f"{named}/_mock/worlds").json()["worlds"]}
    assert known.isdisjoint({"asked", "never"})
    ids = [plain.get(f"{named}/v1/packs", headers={**KEY, **world}).headers["x-request-id"] for world in (quiet, asked)]
    assert ids[0] == ids[1]
    assert len(plain.get(f"{named}/_mock/worlds/asked/journal").json()["entries"]) == 1


def test_the_log_tells_once_for_each_name(mock: Mock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for host in ("once.example:1", "once.example:2", "twice.example"):
            mock.send("GET", "/v1/packs", headers={"Host": host})
    warned = [record.getMessage() for record in caplog.records if "--allow-host" in record.getMessage()]
    assert [text.rpartition(" ")[2] for text in warned] == ["once.example.", "twice.example."]


def test_a_mock_inside_a_program_takes_the_name_that_it_is_given() -> None:
    def status(url: str, settings: Settings) -> int:
        with in_process(settings) as mock, mock.open(url) as client:
            return client.get("/v1/packs", headers=KEY).status_code

    assert status("http://testserver", Settings()) == 200
    assert status("http://mock.test", Settings()) == 403
    assert status("http://mock.test", Settings(allow_hosts=("mock.test",))) == 200


def test_the_command_line_takes_names() -> None:
    with served_mock("--allow-host", "a.example", "--allow-host", "b.example") as url:
        found = {
            host: plain.get(f"{url}/v1/packs", headers={**KEY, "Host": host}).status_code
            for host in ("a.example", "b.example:4010", "c.example")
        }
    assert found == {"a.example": 200, "b.example:4010": 200, "c.example": 403}


@pytest.mark.parametrize(
    "name", ["", "*", "*.example", "http://a.example", "a.example:4010", "a b", "a/b", "[::1]", "-a.example", "a..b"]
)
def test_what_is_no_name_stops_the_start(name: str) -> None:
    with pytest.raises(StartError, match=r"^--allow-host "):
        create_app(Settings(allow_hosts=(name,)))


def test_the_command_line_says_so_in_one_sentence() -> None:
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--allow-host", "http://a.example"]
    done: Any = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("evershell-mock: --allow-host http://a.example: a host is one whole name")
    assert done.stderr.count("\n") == 1
