"""Targets of which nothing can be judged are never green: exit 3, with the reason in one line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.conformance.targets import answering, error, judge, profile, response

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


def test_a_target_that_nobody_may_call() -> None:
    """A URL without callers: whatever it refuses, nothing of it was reached."""
    with answering(response("401 Unauthorized", error("unauthenticated"), "WWW-Authenticate: Bearer")) as url:
        judged = judge("--target", url, "--clause", "authentication")
    assert judged.code == 3
    assert "no callers" in judged.last_line


@pytest.mark.parametrize(
    ("status", "body"), [("500 Internal Server Error", error("oops")), ("200 OK", {})], ids=["500", "empty"]
)
def test_answers_that_can_be_judged_and_are_wrong(tmp_path: Path, status: str, body: object) -> None:
    with answering(response(status, body)) as url:
        judged = judge("--target", profile(tmp_path / "target.toml", url), "--clause", "session")
    assert judged.code == 1
    assert "does not conform" in judged.last_line
