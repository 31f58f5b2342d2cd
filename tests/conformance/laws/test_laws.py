"""A document that has no rules of ours: servers that somebody else could have written are judged by it.

Without a mistake nothing is found, and each mistake is found by the law that it breaks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.conformance.laws import articles_server, todo_server
from tests.conformance.laws.articles_server import Articles
from tests.conformance.laws.todo_server import Todos
from tests.listening import running

HERE = Path(__file__).parent
TODOS = ("--contract", str(HERE / "todo.yaml"))
ARTICLES = ("--contract", str(HERE / "articles.yaml"), "--overlay", str(HERE / "articles.overlay.yaml"))
KEYS = {name: f'header = "X-Key"\ntoken = "key-of-{name}"' for name in ("ada", "bob")}
TOKENS = {name: f'scheme = "Token"\ntoken = "of-{name}"' for name in ("ada", "bob")}


@dataclass(frozen=True)
class Judged:
    code: int
    said: str
    report: dict[str, Any]

    @property
    def found(self) -> set[str]:
        return {finding["rule"] for finding in self.report["findings"]}


def judge(folder: Path, app: Any, callers: dict[str, str], *options: str) -> Judged:
    """Judge a server as its own team would, with a profile of these callers."""
    report = folder / "report.json"
    with running(app) as origin:
        lines = [f'[target]\nurl = "{origin}"', *(f"[callers.{name}]\n{said}" for name, said in callers.items())]
        profile = folder / "target.toml"
        profile.write_text("\n".join(lines), encoding="utf-8")
        command = ["run", "--target", str(profile), "--seed", "1", "--budget", "quick", *options]
        code, *said = forked.run(forked.SUITE, [*command, "--report", f"json={report}"], folder, 300)
    return Judged(code, "".join(said), json.loads(report.read_text(encoding="utf-8")) if report.exists() else {})


THERE = {"id": 1, "title": "there", "done": False, "priority": "low", "tags": [], "owner": "ada"}


def test_nothing_is_found_of_a_right_server_that_others_use(tmp_path: Path) -> None:
    """All its answers are reached but for what no right request gets; what the run made is gone, the rest stays."""
    there = {1: {**THERE, "created": "2031-01-01T00:00:00Z"}}
    server = Todos(stored=dict(there), made=1)
    judged = judge(tmp_path, server.app, KEYS, *TODOS)
    assert judged.code == 0, judged.said
    assert judged.report["findings"] == judged.report["left_behind"] == []
    assert server.stored == there
    assert {each["verdict"] for each in judged.report["rules"]} == {"PASSED"}
    assert "SCOPE-REQUIRED" in judged.said


def test_nothing_is_found_where_objects_are_wrapped_and_named_by_slugs(tmp_path: Path) -> None:
    """The document is of OpenAPI 3.1, its statuses are ranges, and an overlay says what its resources are."""
    server = Articles()
    judged = judge(tmp_path, server.app, TOKENS, *ARTICLES)
    assert judged.code == 0, judged.said
    assert judged.report["findings"] == judged.report["left_behind"] == []
    assert (server.stored, server.made > 20) == ({}, True)
    assert all(cell["declared"] for cell in judged.report["cells"])


@pytest.mark.parametrize(("defect", "law"), todo_server.DEFECTS.items())
def test_each_mistake_of_a_todo_api_is_found(tmp_path: Path, defect: str, law: str) -> None:
    judged = judge(tmp_path, Todos(defect).app, KEYS, *TODOS, "--rule", law, "--owned")
    assert (judged.code, law in judged.found) == (1, True), judged.said


@pytest.mark.parametrize(("defect", "law"), articles_server.DEFECTS.items())
def test_each_mistake_of_articles_is_found(tmp_path: Path, defect: str, law: str) -> None:
    judged = judge(tmp_path, Articles(defect).app, TOKENS, *ARTICLES, "--rule", law)
    assert (judged.code, law in judged.found) == (1, True), judged.said
