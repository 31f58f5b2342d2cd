"""What a target does not serve, or serves no longer, is one group of findings, by however many rules it is found."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.targets import error, judge
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.openapi import OF_PACKS
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import Proxy, proxying

NUMBERS = itertools.count(1)
JSON = {"Content-Type": "application/json"}
OF_ROUTERS: dict[str, Callable[[], Answer]] = {
    "page": lambda: Answer(404, {"Content-Type": "text/plain"}, b"404 page not found\n"),
    "envelope": lambda: Answer(404, JSON, json.dumps(error("not_found", f"{next(NUMBERS):08x}")).encode()),
}
"""What a router answers to a path that nobody has registered."""
SOME = ("--clause", "visibility", "--clause", "scopes", *OF_PACKS)


def judged(folder: Path, faults: Callable[[Proxy], None], *options: str) -> list[dict[str, Any]]:
    """The groups of findings on a mock behind a proxy."""
    report = folder / "report.json"
    with served_mock() as origin, proxying(origin) as target:
        faults(target)
        written = profile(folder / "target.toml", origin, states=True, base_url=target.origin)
        arguments = ("--only", "directed", "--budget", "quick", "--seed", "5", "--report", f"json={report}", *options)
        ended = judge("--target", written, *arguments)
    assert ended.code in (0, 1), ended.said + ended.complained
    return list(json.loads(report.read_text())["groups"])


def unserved(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [group for group in groups if ": not served, or no longer: 404" in group["title"]]


@pytest.mark.parametrize("answer", OF_ROUTERS)
def test_a_path_that_is_not_served_is_one_group(tmp_path: Path, answer: str) -> None:
    def fault(target: Proxy) -> None:
        path = "/v1/packs/"
        target.answers = lambda it: (
            OF_ROUTERS[answer]() if it.path.startswith(path) and it.path.count("/") == 3 else None
        )

    groups = judged(tmp_path, fault, *SOME)
    (group,) = unserved(groups)
    assert len(group["rules"]) >= 4
    assert set(group["operations"]) >= {"packs.get", "packs.update_visibility", "packs.delete"}
    assert not [other for other in groups if other != group and set(other["operations"]) & set(group["operations"])]


def test_a_server_that_stops_serving_is_one_group(tmp_path: Path) -> None:
    """Of operations that it has served before, and of paths that it never had."""

    def fault(target: Proxy) -> None:
        target.answers = lambda _: OF_ROUTERS["page"]() if len(target.passed) > 100 else None

    groups = judged(tmp_path, fault, *SOME)
    assert groups == unserved(groups)
    (group,) = groups
    assert len(group["rules"]) >= 4
    assert len(group["operations"]) >= 6


def test_another_code_of_a_served_path_is_no_path_that_is_not_served(tmp_path: Path) -> None:
    def another_code(_: Request, answer: Answer) -> Answer:
        hidden = answer.status == 404 and b"pack_not_found" in answer.body
        return OF_ROUTERS["envelope"]() if hidden else answer

    def fault(target: Proxy) -> None:
        target.replaces = another_code

    groups = judged(tmp_path, fault, "--rule", "OWNERSHIP-PRIVATE-HIDDEN", "--operation", "packs.get")
    assert groups
    assert unserved(groups) == []
