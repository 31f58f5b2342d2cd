"""A base URL alone: what needs no credential is judged, and nothing is passed that was not shown."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.file import load
from tests.conformance.targets import Judged, error, judge
from tests.examples.second import serving
from tests.live import served_mock
from tests.openapi import CREATED_AT, OPERATIONS
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import Proxy, proxying

NEED_NONE = {
    "ENVELOPE-EVERY-ERROR",
    "ENVELOPE-KEYS",
    "ENVELOPE-CODE-STATUS",
    "ENVELOPE-REQUEST-ID-UNIQUE",
    "ENVELOPE-REQUEST-ID-HEADER",
    "AUTH-REQUIRED",
    "AUTH-CHALLENGE",
    "AUTH-FORGED",
    "AUTH-INVALID",
}
IMPOSSIBLE = re.compile("[_/]conformance[_-]")
"""In an id, or in a name, that nothing has."""
NO_ORG = re.compile("org_conformance_[0-9a-f]+")
CREATIONS = {each.id for each in OPERATIONS.values() if each.creates}
OF_AN_ORG = {"workspaces.stop_all"}
"""They change what others have."""
OF_PATHS = {
    "PROTOCOL-UNKNOWN-PATH",
    "PROTOCOL-TRAILING-SLASH",
    "PROTOCOL-METHOD",
    "PROTOCOL-HEAD-OPTIONS",
    "PROTOCOL-CONCRETE-PATH",
}


REQUESTS = itertools.count(1)


@contextmanager
def bare(answers: Callable[[Request], Answer | None] = lambda _: None) -> Iterator[Proxy]:
    """A mock that nobody knows as one."""
    with served_mock() as origin, proxying(origin) as target:
        target.answers = lambda it: Answer(404) if it.target.startswith("/_mock") else answers(it)
        yield target


@dataclass(frozen=True)
class Run:
    """What came in, how the suite ended, and its results."""

    target: Proxy
    ended: Judged
    results: dict[str, Any]


def judged(folder: Path, url: str, *options: str) -> tuple[Judged, dict[str, Any]]:
    report = folder / "report.json"
    ended = judge("--target", url, "--seed", "7", "--report", f"json={report}", *options)
    return ended, json.loads(report.read_text())


def known(results: dict[str, Any]) -> set[str]:
    """The rules of which something is known."""
    return {rule["id"] for rule in results["rules"] if rule["verdict"] not in ("UNTESTED", "NOT_PROVOKED")}


def asks_first(passed: Request) -> Answer | None:
    """A server that wants a credential before it looks at the path."""
    if "authorization" in passed.headers:
        return None
    request_id = f"{next(REQUESTS):08x}"
    body = json.dumps(error("unauthenticated", request_id)).encode()
    headers = {"Content-Type": "application/json", "WWW-Authenticate": "Bearer", "X-Request-Id": request_id}
    return Answer(401, headers, b"" if passed.method == "HEAD" else body)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The whole suite against a mock that nobody knows as one."""
    with bare() as target:
        ended, results = judged(tmp_path_factory.mktemp("run"), f"{target.origin}/v1")
    return Run(target, ended, results)


def test_what_needs_no_credential_is_judged(run: Run) -> None:
    """With exit code 0, how much that was, and what to do for more."""
    assert run.ended.code == 0, run.ended.said
    assert run.results["findings"] == []
    assert known(run.results) == NEED_NONE | OF_PATHS
    assert f"of {len(load().rules)} rules judged" in run.ended.last_line
    assert f"evershell-conformance init --target {run.target.origin}/v1" in " ".join(run.ended.said.split())


def test_no_harm_is_done(run: Run) -> None:
    """An unsafe request names an id that cannot exist, and nothing is created."""
    assert run.target.unsafe
    assert [it.target for it in run.target.unsafe if not IMPOSSIBLE.search(it.target)] == []
    assert [it.target for it in run.target.unsafe if it.method == "PUT" and it.target.startswith("/v1/secrets/")] == []
    assert {it.method for it in run.target.unsafe} >= {"DELETE", "PATCH", "PUT"}


def test_every_operation_that_creates_nothing_is_shown_to_ask_for_a_credential(run: Run) -> None:
    cases = [case for case in run.results["cases"] if case["rule"] == "AUTH-REQUIRED"]
    verdicts = {case["operation_id"]: case["verdict"] for case in cases}
    assert {it for it, verdict in verdicts.items() if verdict == "NOT_PROVOKED"} == CREATIONS | OF_AN_ORG
    assert set(verdicts.values()) == {"PASSED", "NOT_PROVOKED"}


def test_with_probe_unsafe_creations_are_shown_to_ask_for_a_credential_too(tmp_path: Path) -> None:
    with bare() as target:
        ended, results = judged(tmp_path, f"{target.origin}/v1", "--probe-unsafe", "--rule", "AUTH-REQUIRED")
    assert ended.code == 0, ended.said
    verdicts = {case["operation_id"]: case["verdict"] for case in results["cases"]}
    assert verdicts.keys() >= CREATIONS
    assert {it for it, verdict in verdicts.items() if verdict != "PASSED"} == OF_AN_ORG
    posted = {NO_ORG.sub("{id}", it.target) for it in target.unsafe if it.method == "POST"}
    assert {path for path in posted if not IMPOSSIBLE.search(path)} == CREATED_AT


def test_a_server_that_asks_for_a_credential_first_is_right(tmp_path: Path) -> None:
    """What it says of paths is not known then."""
    with bare(asks_first) as target:
        ended, results = judged(tmp_path, f"{target.origin}/v1", "--budget", "quick")
    assert ended.code == 0, ended.said
    assert results["findings"] == []
    assert known(results) == NEED_NONE


def test_the_second_server_is_judged_the_same(tmp_path: Path) -> None:
    with serving() as origin:
        ended, results = judged(tmp_path, f"{origin}/v1", "--budget", "quick")
    assert ended.code == 0, ended.said
    assert known(results) >= NEED_NONE


WRONG: dict[str, tuple[Callable[[Request], Answer | None], str]] = {
    "serves-nobody": (
        lambda it: (
            Answer(200, {"Content-Type": "application/json"}, b'{"packs": []}')
            if it.target == "/v1/packs" and "authorization" not in it.headers
            else None
        ),
        "AUTH-REQUIRED",
    ),
    "no-envelope": (
        lambda it: Answer(401, {"WWW-Authenticate": "Bearer"}, b"no") if it.method == "PATCH" else None,
        "ENVELOPE-EVERY-ERROR",
    ),
    "no-challenge": (
        lambda it: answer.without_header("WWW-Authenticate") if (answer := asks_first(it)) else None,
        "AUTH-CHALLENGE",
    ),
    "serves-unknown-paths": (
        lambda it: Answer(200, {"Content-Type": "application/json"}, b"{}") if it.target == "/v1/Packs" else None,
        "PROTOCOL-UNKNOWN-PATH",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_for_nobody_is_found(tmp_path: Path, kind: str) -> None:
    answers, rule = WRONG[kind]
    with bare(answers) as target:
        ended, results = judged(tmp_path, f"{target.origin}/v1", "--only", "directed", "--rule", rule)
    found = {each["rule"]: each["verdict"] for each in results["findings"]}
    assert rule in found
    assert ended.code == (1 if "FAILED" in found.values() else 0), ended.said
