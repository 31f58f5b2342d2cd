"""A finding says which value was sent, and what the target says of the fields that it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange
from conformance.recipes.boundaries import with_value
from conformance.results.report import html, junit, markdown
from conformance.results.report.issues import build_issues, render_codequality, render_github
from conformance.results.verdict import Case, Finding, Run, Verdict
from tests.conformance.results.report.rendered import on_a_terminal
from tests.conformance.targets import judge
from tests.live import served_mock

LONG = "é" * 300
SAID = {"error": {"code": "validation_error", "details": {"fields": {"display_name": "is too long for us"}}}}


@pytest.fixture
def refused(make_run: Callable[..., Run], finding: Finding, exchange: Exchange, contract: Contract) -> Run:
    """One finding: a value at the limit of its schema is refused."""
    request = with_value(contract.operations["packs.update_visibility"], exchange.request, "display_name", LONG)
    answer = replace(exchange, request=request, status=400, body=json.dumps(SAID).encode())
    found = replace(finding, exchange=answer, expected="200", got="400 validation_error", steps=())
    return make_run(Case("c", found.rule, None, Verdict.FAILED, findings=(found,)))


RENDERINGS: dict[str, Callable[[Run], str]] = {
    "terminal": on_a_terminal,
    "html": html.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "github": lambda run: render_github(build_issues(run)),
    "codequality": lambda run: json.loads(render_codequality(build_issues(run)))[0]["description"],
}


@pytest.mark.parametrize("kind", RENDERINGS)
def test_value_and_refusal_stand_in_each_report(kind: str, refused: Run) -> None:
    text = re.sub(r"\\(.)", r"\1", RENDERINGS[kind](refused)).replace("&#34;", '"').replace("&quot;", '"')
    assert re.search(r'the request has display_name: "é{47}\.\.\. \(300 characters\)', text)
    assert "the target says display_name: is too long for us" in text


def test_it_survives_the_way_between_processes(refused: Run) -> None:
    (case,) = refused.cases
    again = Case.from_json(json.loads(json.dumps(case.to_json())))
    assert again.findings[0].exchange is not None
    assert again.findings[0].exchange.request.tried.startswith("display_name: ")


@pytest.mark.parametrize("details", [None, [], {"fields": None}, {"fields": ["display_name"]}, "text"])
def test_what_a_target_says_may_be_of_any_form(refused: Run, finding: Finding, details: object) -> None:
    exchange = refused.findings[0].exchange
    assert exchange is not None
    body = json.dumps({"error": {"code": "c", "details": details}}).encode()
    case = replace(refused.cases[0], findings=(replace(finding, exchange=replace(exchange, body=body)),))
    assert "the target says" not in on_a_terminal(replace(refused, cases=(case,)))


def test_a_boundary_finding_of_a_run_says_its_value(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    case = "test_contract.py::test_values_just_outside_are_refused[packs.upload-visibility]"
    with served_mock("--deviation", "contract-unknown-visibility") as origin:
        judged = judge("--target", f"{origin}/v1", "--case", case, "--seed", "1", "--report", f"json={report}")
    assert re.search(r'^ +the request has visibility: "', judged.said, re.MULTILINE)
    tried = [found["exchange"]["tried"] for found in json.loads(report.read_text())["findings"]]
    assert any(it.startswith('visibility: "') for it in tried)
