"""Targets of which nothing can be judged are never green: exit 3, with the reason in one line."""

from __future__ import annotations

import itertools
import json
import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.contract.file import load
from conformance.http.gateways import RETRY_PAUSES_S
from tests.conformance.targets import answering, behaving, error, judge, profile, response
from tests.conformance.worldless import profile as worldless
from tests.live import served_mock
from tests.openapi import OF_PACKS
from tests.proxy.messages import Answer, Request
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


REQUESTS = itertools.count(1)
FAILS = "look into its log"
ELSEWHERE = "check that the API stands at this address"
HOPELESS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "500": (lambda: response("500 Internal Server Error", error("oops")), "500 oops (application/json)", FAILS),
    "500-each-with-an-id": (
        lambda: response("500 Internal Server Error", error("internal_error", f"{next(REQUESTS):08x}")),
        "500 internal_error (application/json)",
        FAILS,
    ),
    "500-html": (
        lambda: response("500 Internal Server Error", HTML, media_type="text/html"),
        "500 (text/html)",
        FAILS,
    ),
    "204": (lambda: b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "204 (no body)", ELSEWHERE),
    "empty-object": (lambda: response("200 OK", {}), "200 ({})", ELSEWHERE),
    "a-list": (lambda: response("200 OK", []), "200 ([])", ELSEWHERE),
    "text": (lambda: response("200 OK", b"hello", media_type="text/plain"), "200 (text/plain)", ELSEWHERE),
    "400": (lambda: response("400 Bad Request", {"detail": "no"}), "400 (application/json)", "check that this is the"),
}
"""What answers everything alike: the answer, as it is named, and what is to be checked."""
MOST_REQUESTS = 500
IN_ANY_TIME = ("--timeout", "100")
"""The first look is bounded in time by this too: a busy machine may be slow."""


@contextmanager
def counted(answer: Callable[[], bytes]) -> Iterator[tuple[str, list[None]]]:
    """A server that answers everything with this, and what came in."""
    asked: list[None] = []

    def serve(connection: socketserver.StreamRequestHandler) -> None:
        asked.append(None)
        connection.wfile.write(answer())

    with behaving(serve) as url:
        yield url, asked


@pytest.mark.parametrize("by", ["profile", "url"])
@pytest.mark.parametrize("kind", HOPELESS)
def test_a_target_that_answers_everything_alike_is_named_after_few_requests(tmp_path: Path, kind: str, by: str) -> None:
    answer, named, check = HOPELESS[kind]
    with counted(answer) as (url, asked):
        judged = judge("--target", profile(tmp_path / "target.toml", url) if by == "profile" else url, *IN_ANY_TIME)
    assert judged.code == 3
    assert judged.last_line.startswith(f"not judged: {url}: answers {named} to every one of ")
    assert check in judged.last_line
    assert 50 < len(asked) <= MOST_REQUESTS
    assert "Traceback" not in judged.said + judged.complained


def test_a_page_before_the_target_is_named_where_nobody_signs_in() -> None:
    with counted(lambda: response("401 Unauthorized", HTML, media_type="text/html")) as (url, asked):
        judged = judge("--target", url)
    assert (judged.code, "answers 401 (text/html) to every one of" in judged.last_line) == (3, True)
    assert len(asked) <= MOST_REQUESTS


def test_however_many_operations_a_contract_has(tmp_path: Path) -> None:
    """And where none of them says who somebody is."""
    document = json.loads(json.dumps(load().document))
    read = document["paths"]["/packs"]["get"]
    for declared in ("x-features", "x-resource-types"):
        del document[declared]
    document["paths"] = {
        f"/copies/{number}": {"get": {**read, "operationId": f"copies.get_{number}"}} for number in range(900)
    }
    for rule in document["x-rules"].values():
        rule.pop("operations", None)
    contract = tmp_path / "contract.json"
    contract.write_text(json.dumps(document))
    with counted(HOPELESS["500"][0]) as (url, asked):
        judged = judge("--target", profile(tmp_path / "target.toml", url), "--contract", contract, *IN_ANY_TIME)
    assert (judged.code, "answers 500 oops" in judged.last_line) == (3, True), judged.said + judged.complained
    assert 250 < len(asked) <= MOST_REQUESTS


def test_gateways_that_have_no_target_are_named_without_asking_for_every_caller(tmp_path: Path) -> None:
    with counted(lambda: response("503 Service Unavailable", HTML, media_type="text/html")) as (url, asked):
        judged = judge("--target", profile(tmp_path / "target.toml", url))
    assert (judged.code, "a limit or a gateway answers" in judged.last_line) == (3, True)
    assert len(asked) == 1 + len(RETRY_PAUSES_S)


@contextmanager
def healthy_at(folder: Path, method: str, path: str, otherwise: bytes) -> Iterator[Path]:
    """The profile of a mock of which one operation is left; all else is answered alike."""
    head, _, body = otherwise.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if not line.startswith("Connection"))
    wrong = Answer(int(status.split()[1]), headers, body)

    def answers(request: Request) -> Answer | None:
        return None if request.method == method and re.fullmatch(f"/v1{path}", request.path) else wrong

    with served_mock() as origin, proxying(origin) as target:
        target.answers = answers
        yield worldless(folder / "target.toml", origin, states=False, base_url=target.origin)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/packs"), ("GET", "/packs/[^/]+"), ("POST", "/packs"), ("DELETE", "/packs/[^/]+")],
)
def test_a_target_with_one_healthy_operation_is_judged(tmp_path: Path, method: str, path: str) -> None:
    """Also where nobody can be asked who he is."""
    some = ("--rule", "AUTH-REQUIRED", "--operation", "packs.list")
    with healthy_at(tmp_path, method, path, HOPELESS["500"][0]()) as named:
        judged = judge("--target", named, *some)
    assert "answers" not in judged.last_line, judged.last_line
    assert judged.code == (1 if path != "/packs" or method != "GET" else 0), judged.said


@pytest.mark.parametrize("otherwise", [("404 Not Found", "not_found"), ("403 Forbidden", "permission_denied")])
def test_a_target_is_judged_though_nobody_is_told_who_he_is(tmp_path: Path, otherwise: tuple[str, str]) -> None:
    """One other operation is served: neither the address nor the credentials are wrong."""
    status, code = otherwise
    with healthy_at(tmp_path, "GET", "/packs", response(status, error(code))) as named:
        judged = judge("--target", named, "--rule", "SCOPE-ANY-CALLER", "--operation", "session.get")
    assert judged.code == 1, judged.said + judged.complained
    assert "SCOPE-ANY-CALLER" in judged.said


@pytest.mark.parametrize("kind", ["500", "empty-object", "a-list", "text"])
def test_answers_that_can_be_judged_and_are_wrong(tmp_path: Path, kind: str) -> None:
    """Where one operation is healthy, by directed rules, and of two answers by every one: none breaks over it."""
    report = tmp_path / "report.json"
    with healthy_at(tmp_path, "GET", "/me/session", HOPELESS[kind][0]()) as named:
        some = () if kind in ("empty-object", "text") else OF_PACKS
        arguments = ("--only", "directed", "--budget", "quick", "--report", f"json={report}", *some)
        judged = judge("--target", named, *arguments)
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


def refusing_slowly(connection: socketserver.StreamRequestHandler) -> None:
    ENDED.wait(0.4)
    connection.wfile.write(response("401 Unauthorized", error("unauthenticated")))


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
    with behaving(refusing_slowly) as url:
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
