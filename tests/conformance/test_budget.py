"""How much is made up: said in one place, and named wherever a run is told of."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conformance.budget import BUDGETS, NORMAL, Budget
from tests.conformance.targets import judge
from tests.repo.sources import ROOT


def test_every_report_names_the_budget_of_its_run(tmp_path: Path) -> None:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "html", "junit", "markdown")}
    reports = [f"--report={kind}={path}" for kind, path in files.items()]
    judged = judge("--target", "mock", "--budget", "quick", "--seed", "11", "--clause", "session", *reports)
    assert f"seed 11, budget {BUDGETS['quick']}" in judged.said
    assert json.loads(files["json"].read_text())["budget"] == "quick"
    assert re.search(r"<dt>Budget</dt><dd>quick</dd>", files["html"].read_text())
    assert '<property name="budget" value="quick" />' in files["junit"].read_text()
    assert "budget quick" in files["markdown"].read_text()


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS)
def test_help_and_guide_say_what_a_budget_means(budget: object) -> None:
    said = " ".join(judge("--help").said.split())
    assert str(budget) in said
    assert f"Without it: {NORMAL.name}." in said
    guide = (ROOT / "docs/suite.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", guide, re.MULTILINE)
    figures = {name: row.split(" | ") for name, row in rows if name in BUDGETS}
    assert figures == {each.name: _figures(each) for each in BUDGETS.values()}


def _figures(budget: Budget) -> list[str]:
    figures = (budget.cases, budget.requests, budget.boundaries, budget.expeditions, budget.moves)
    return ["all" if each is None else str(each) for each in figures]
