"""One line a request on standard error, as somebody sees it who serves a mock in a terminal."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import pytest

from mock_server.server.request_log import LogWriter
from tests import plain

SERVE = [sys.executable, "-m", "mock_server", "serve", "--port", "0"]
TOKEN = "sk_mock_acme_read_only_1003"
KEY = {"Authorization": f"Bearer {TOKEN}"}
PLAIN = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
CLOCK = re.compile(r"^\d\d:\d\d:\d\d ", re.MULTILINE)


class Served:
    """A mock that was served and has ended, and what it logged."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url

    def lines(self) -> list[str]:
        """End it, and give the lines of its log without the time of day."""
        self.process.terminate()
        said = self.process.stderr.read() if self.process.stderr else ""
        assert "Traceback" not in said
        return [line[len("12:00:00 ") :] for line in said.splitlines() if CLOCK.match(line)]


@contextmanager
def served(*options: str, stderr: int = subprocess.PIPE, env: Mapping[str, str] = PLAIN) -> Iterator[Served]:
    with subprocess.Popen(
        [*SERVE, *options], stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8", env=env
    ) as process:
        try:
            found = re.search(r"http://[\d.]+:\d+", process.stdout.readline() if process.stdout else "")
            assert found is not None
            yield Served(process, found[0])
        finally:
            process.kill()


def get(url: str, path: str = "/v1/packs", **headers: str) -> httpx.Response:
    return plain.get(url + path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_line_says_who_asked_for_what_and_why_it_was_refused() -> None:
    with served() as mock:
        get(mock.url, **KEY)
        get(mock.url)
        plain.delete(f"{mock.url}/_worlds/mine/v1/packs/pack_acme_pager", headers=KEY)
        get(mock.url, "/v1/pack")
        get(mock.url, "/packs")
        get(mock.url, Authorization="Bearer sk_mock_nobodys_key")
        listed, nobody, refused, unknown, elsewhere, no_such_key = mock.lines()
    assert listed == "acme-read-only GET /v1/packs → 200"
    assert nobody.startswith("nobody GET /v1/packs → 401 unauthenticated (credential: You are not signed in.")
    assert refused == (
        "acme-read-only DELETE /v1/packs/pack_acme_pager in mine → 403 permission_denied "
        "(scope: The operation asks for caps:write.)"
    )
    assert unknown.startswith("nobody GET /v1/pack → 404 not_found (routing: There is no path /v1/pack.")
    assert elsewhere.startswith("- GET /packs → 404 not_found (There is no path /packs.")
    assert no_such_key.startswith("nobody GET /v1/packs → 401 unauthenticated (credential: ")


def test_what_was_asked_for_or_armed_says_so() -> None:
    with served() as mock:
        get(mock.url, Prefer="code=401")
        get(mock.url, Prefer="code=503, undeclared")
        get(mock.url, Prefer="code=502, undeclared, html")
        fault = {"operation_id": "packs.list", "status": 500, "undeclared": True, "delay_ms": 3}
        assert plain.post(f"{mock.url}/_mock/worlds/default/faults", json=fault).status_code == 201
        get(mock.url)
        plain.post(f"{mock.url}/_mock/worlds/default/faults", json={"operation_id": "packs.list", "drop": True})
        with pytest.raises(httpx.RemoteProtocolError):
            get(mock.url)
        asked, undeclared, page, armed, failed, _armed, dropped = mock.lines()
    assert asked.startswith("nobody GET /v1/packs → 401 unauthenticated (preference: ")
    assert undeclared.startswith("nobody GET /v1/packs → 503 unavailable (undeclared; preference: ")
    assert page == "nobody GET /v1/packs → 502 (undeclared; preference)"
    assert armed == "control POST /_mock/worlds/default/faults → 201"
    assert failed.startswith(
        "nobody GET /v1/packs → 500 internal_error (fault 1, 500 internal_error undeclared, 3 ms late: "
    )
    assert dropped == "nobody GET /v1/packs → no answer (fault 2, connection dropped)"


def test_of_the_control_api_only_what_changes_something_or_is_refused_is_told() -> None:
    with served() as mock:
        for path in ("/worlds", "/health", "/", "/worlds/default/journal", "/nothing"):
            get(mock.url, f"/_mock{path}")
        plain.post(f"{mock.url}/_mock/worlds/default/reset")
        refused, reset = mock.lines()
    assert refused.startswith("control GET /_mock/nothing → 404 not_found (")
    assert reset == "control POST /_mock/worlds/default/reset → 200"


def test_a_mock_that_keeps_no_journal_logs_all_the_same() -> None:
    with served("--journal", "0") as mock:
        get(mock.url, **KEY)
        get(mock.url)
        assert [line.split(" (")[0] for line in mock.lines()] == [
            "acme-read-only GET /v1/packs → 200",
            "nobody GET /v1/packs → 401 unauthenticated",
        ]


@pytest.mark.parametrize("options", [("--quiet",), ("-q",), ("--log-level", "warning")])
def test_it_can_be_turned_off(options: tuple[str, ...]) -> None:
    with served(*options) as mock:
        get(mock.url)
        get(mock.url, "/packs")
        plain.post(f"{mock.url}/_mock/worlds/default/reset")
        assert mock.lines() == []


def test_a_form_that_cannot_be_read_is_no_warning() -> None:
    """The client is told by a 400; whoever runs the mock can do nothing about it."""
    with served("--log-level", "warning") as mock:
        form = {
            "Content-Type": "multipart/form-data; boundary=edge",
            "Authorization": "Bearer sk_mock_acme_full_access_1001",
        }
        answer = plain.post(f"{mock.url}/v1/packs/upload", content=b"no form", headers=form)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
        assert mock.lines() == []


def test_no_credential_and_nothing_that_acts_on_a_terminal_is_in_it() -> None:
    with served() as mock:
        get(mock.url, f"/v1/packs?key={TOKEN}", **KEY)
        get(mock.url, f"/v1/packs/{TOKEN}%0a%1b%5b31mred/%e2%80%ae")
        get(mock.url, f"/{TOKEN}%1b")
        get(mock.url, f"/v1/packs/{'a' * 5000}", **KEY)
        get(mock.url, "/v1/packs", Prefer=f"code=404, error={TOKEN}")
        lines = mock.lines()
    said = "\n".join(lines)
    assert len(lines) == 5
    assert TOKEN not in said
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) < 1000


@contextmanager
def terminal(env: Mapping[str, str]) -> Iterator[tuple[Served, int]]:
    """A mock whose standard error is a terminal."""
    ours, its = pty.openpty()
    try:
        with served(stderr=its, env=env) as mock:
            yield mock, ours
    finally:
        os.close(ours)
        os.close(its)


def a_line(terminal: int) -> str:
    said = b""
    while b"\n" not in said:
        said += os.read(terminal, 4096)
    return said.decode()


def test_on_a_terminal_it_is_in_colour_unless_somebody_wants_none() -> None:
    with terminal(PLAIN) as (mock, screen):
        get(mock.url, **KEY)
        assert "\x1b[32m200\x1b[0m" in a_line(screen)
    with terminal({**PLAIN, "NO_COLOR": "1"}) as (mock, screen):
        get(mock.url, **KEY)
        assert a_line(screen).rstrip().endswith("acme-read-only GET /v1/packs → 200")


def test_who_does_not_read_the_log_keeps_no_request_waiting() -> None:
    """Standard error is a pipe that is full long before the last request, and nobody reads it."""
    with served() as mock, plain.Client(base_url=mock.url, timeout=30) as client:
        for _ in range(400):
            assert client.get("/v1/packs").status_code == 401
        assert len(mock.lines()) == 400


def test_what_waits_is_bounded_and_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        log = LogWriter(most=3)
        filler = "x" * 1_000_000  # more than a pipe holds: the thread waits in it
        log.write(filler)
        while not os.read(reader, 1):
            pass
        for number in range(5):
            log.write(f"line {number}")
        said = read_until(reader, "left out")
    assert [line for line in said.splitlines() if "x" not in line or "left" in line] == [
        *(f"line {number}" for number in range(3)),
        "2 requests are left out: the log was not read fast enough.",
    ]
    log.close()
    os.close(reader)


def read_until(descriptor: int, text: str) -> str:
    said = ""
    while text not in said or not said.endswith("\n"):
        said += os.read(descriptor, 1 << 16).decode()
    return said


def test_a_reader_that_has_gone_ends_the_log_and_nothing_else() -> None:
    with served() as mock:
        assert mock.process.stderr is not None
        mock.process.stderr.close()
        assert [get(mock.url).status_code for _ in range(5)] == [401] * 5
