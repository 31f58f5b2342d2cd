"""Targets of which nothing can be judged are never green: exit 3, with the reason in one line."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from pathlib import Path

import pytest

from tests.conformance.targets import answering, behaving, error, judge, profile, response
from tests.conformance.worldless import profile as worldless
from tests.live import served_mock
from tests.openapi import OF_PACKS
from tests.proxy.proxy import proxying

HTML = b"<!doctype html><title>Sign in</title>"
NO_API = {
    "refuses-everybody": (response("401 Unauthorized", error("unauthenticated")), "credential"),
    "not-there": (response("404 Not Found", error("not_found")), "base URL"),
    "redirects": (response("302 Found", b"", "Location: https://elsewhere.example/"), "redirects"),
    "html": (response("200 OK", HTML, media_type="text/html"), "HTML"),
    "html-404": (response("404 Not Found", HTML, media_type="text/html"), "base URL"),
    "closes": (b"", "closed"),
    "half-a-body": (response("200 OK", b'{"user_id": "usr_1"}')[:-5], "closed"),
    "no-http": (b"SSH-2.0-OpenSSH_9.2\r\n", "closed"),
}


@pytest.mark.parametrize("kind", NO_API)
def test_a_target_that_is_no_api(tmp_path: Path, kind: str) -> None:
    raw, reason = NO_API[kind]
    with answering(raw) as url:
        judged = judge("--target", profile(tmp_path / "target.toml", url))
    assert judged.code == 3
    assert judged.last_line.startswith("not judged: ")
    assert reason in judged.last_line
    assert "Traceback" not in judged.said + judged.complained


def test_a_target_that_is_dead(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    for target in (url, profile(tmp_path / "target.toml", url)):
        judged = judge("--target", target)
        assert (judged.code, judged.last_line) == (3, f"not judged: {url}: no connection")


WRONG = {
    "500": response("500 Internal Server Error", error("oops")),
    "empty-object": response("200 OK", {}),
    "a-list": response("200 OK", []),
    "text": response("200 OK", b"hello", media_type="text/plain"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_answers_that_can_be_judged_and_are_wrong(tmp_path: Path, kind: str) -> None:
    """By directed rules, and of two answers by every one: none of them breaks over it."""
    report = tmp_path / "report.json"
    with answering(WRONG[kind]) as url:
        some = () if kind in ("empty-object", "text") else OF_PACKS
        arguments = ("--only", "directed", "--budget", "quick", "--report", f"json={report}", *some)
        judged = judge("--target", profile(tmp_path / "target.toml", url), *arguments)
    assert judged.code == 1
    assert "does not conform" in judged.last_line
    assert "Traceback" not in judged.said + judged.complained
    assert json.loads(report.read_text())["summary"]["cases"]["ERRORED"] == 0


def never(_: socketserver.StreamRequestHandler) -> None:
    """Hang until the test ends."""
    ENDED.wait()


def drop_by_drop(connection: socketserver.StreamRequestHandler) -> None:
    """A head that promises a body, and the body so slowly that no single wait is too long."""
    connection.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n")
    while not ENDED.wait(0.2):
        connection.wfile.write(b" ")


def slowly(connection: socketserver.StreamRequestHandler) -> None:
    ENDED.wait(0.4)
    connection.wfile.write(response("200 OK", {}))


ENDED = threading.Event()
LATE = {
    "hangs": (never, "0.5", 3, "not judged: ", "no answer in time"),
    "drips": (drop_by_drop, "1", 3, "not judged: ", "the answer took longer than 3 s"),
    "slow": (slowly, "1", 3, "not judged: ", "too slow"),
}
"""By name: what it does, the timeout, the exit code, the verdict and the reason."""


@pytest.mark.parametrize(
    ("by", "kind"), [(by, kind) for by in ("profile", "url") for kind in LATE if (by, kind) != ("url", "slow")]
)
def test_a_target_that_does_not_answer_in_time(tmp_path: Path, kind: str, by: str) -> None:
    """Given up after a few tries, whatever there would still be to send."""
    answer, timeout, code, verdict, reason = LATE[kind]
    ENDED.clear()
    with behaving(answer) as url:
        target = profile(tmp_path / "target.toml", url) if by == "profile" else url
        judged = judge("--target", target, "--timeout", timeout)
        ENDED.set()
    assert judged.code == code
    assert judged.last_line.startswith(verdict)
    assert reason in judged.last_line


def test_what_a_slow_target_answered_before_it_is_given_up_is_judged() -> None:
    """Its answers come, and are wrong: violations outrank the end. Nothing is listed first where nobody signs in."""
    ENDED.clear()
    with behaving(slowly) as url:
        judged = judge("--target", url, "--timeout", "1")
        ENDED.set()
    assert judged.code == 1
    assert judged.last_line.startswith("does not conform, not judged to the end (")
    assert "too slow" in judged.last_line


def test_a_target_that_stops_answering_in_the_middle(tmp_path: Path) -> None:
    """Within one case too: what is generated for an operation are many requests."""
    with served_mock() as origin, proxying(origin) as target:
        target.answers = lambda _: ENDED.wait() and None if len(target.passed) > 60 else None
        ENDED.clear()
        written = worldless(tmp_path / "target.toml", origin, states=False, base_url=target.origin)
        judged = judge("--target", written, "--only", "generated", "--timeout", "1")
        ENDED.set()
    assert judged.code == 3
    assert "stopped answering (no answer in time)" in judged.last_line


def test_a_run_ends_in_time(tmp_path: Path) -> None:
    """What is left to do is not judged, and the run is not green."""
    report = tmp_path / "report.json"
    judged = judge("--target", "mock", "--time-limit", "0.001", "--report", f"json={report}")
    assert judged.code == 3
    assert "--time-limit" in judged.last_line
    cases = json.loads(report.read_text())["cases"]
    assert {case["verdict"] for case in cases} <= {"NOT_PROVOKED", "PASSED"}
