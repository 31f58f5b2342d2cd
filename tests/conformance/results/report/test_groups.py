"""Every report begins with at most ten groups of findings, the worst first, and has an index of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.contract.contract import Provenance
from conformance.results.difference import from_fields
from conformance.results.report import html, json_
from conformance.results.verdict import Case, Finding, Run, Verdict
from conformance.results.waivers import read_waivers
from tests.chromium import chromium
from tests.conformance.results.report.rendered import Page, as_text, on_a_terminal
from tests.conformance.results.test_waivers import TODAY

GROUPS = 14
MANY = 3


@pytest.fixture
def run(make_run: Callable[..., Run], finding: Finding) -> Run:
    """Fourteen causes, each with three findings; the last loses data, and the first are advisories."""

    def cause(number: int) -> list[Finding]:
        said = {"expected": f"<b>cause-{number}</b>", "got": f"other-{number}", "case": f"case-{number}"}
        provenance = Provenance.ASSUMED if number < MANY else Provenance.SEED
        made = [replace(finding, operation_id=f"op.{n}", provenance=provenance, **said) for n in range(MANY)]
        if number == GROUPS - 1:
            evidence = from_fields(["description"], {"description": "was"}, {})
            made = [replace(each, effect="data is lost", evidence=evidence) for each in made]
        return made

    found = tuple(each for number in range(GROUPS) for each in cause(number))
    return make_run(Case("c", finding.rule, None, Verdict.FAILED, findings=found))


AFTER = {"terminal": "What was reached", "markdown": "Rules not judged", "html": "Matrix: operations by statuses"}


@pytest.mark.parametrize("kind", AFTER)
def test_the_worst_group_comes_first_with_before_and_after(kind: str, run: Run) -> None:
    text = as_text(kind, run)
    beginning = text[: text.index(AFTER[kind])]
    worst, of_second = run.groups[0], run.groups[1].lead
    assert worst.lead.effect == "data is lost"
    for shown in ('description: "was"', "description: absent", "data is lost", worst.lead.fingerprint):
        assert shown in beginning
    assert beginning.index('description: "was"') < beginning.index(of_second.got)


@pytest.mark.parametrize("kind", AFTER)
def test_the_rest_is_an_index(kind: str, run: Run) -> None:
    text = as_text(kind, run)
    beginning = text[: text.index(AFTER[kind])]
    for group in run.groups[10:]:
        assert f"{group.lead.got} in place of {group.lead.expected}" in beginning
    assert f"{run.groups[9].lead.got} in place of" not in beginning


def test_json_begins_with_them(run: Run) -> None:
    document = json.loads(json_.render(run))
    assert jsonschema_rs.Draft202012Validator(json_.read_schema()).is_valid(document)
    first, rest = document["groups"], document["other_groups"]
    assert [len(first), len(rest)] == [10, GROUPS - 10]
    verdicts = [each["verdict"] for each in (*first, *rest)]
    assert verdicts == ["FAILED"] * (GROUPS - MANY) + ["ADVISORY"] * MANY
    worst = first[0]
    assert (worst["before"], worst["after"]) == ('description: "was"', "description: absent")
    assert (worst["effect"], worst["names"], worst["cases"]) == ("data is lost", ["description"], 1)
    assert worst["operations"] == ["op.0", "op.1", "op.2"]
    known = {each["fingerprint"] for each in document["findings"]}
    members = [name for each in (*first, *rest) for name in each["findings"]]
    assert sorted(members) == sorted(known)
    assert list(document).index("groups") < list(document).index("summary")


def test_each_group_has_a_waiver_to_paste(run: Run, tmp_path: Path) -> None:
    """Those of the index too; it holds for whatever its rules find at its operations."""
    document = json.loads(json_.render(run))
    path, texts = tmp_path / "waivers.toml", Page(html.render(run)).texts
    for group in (*document["groups"], *document["other_groups"]):
        pasted = group["waiver"].replace('reason = ""', 'reason = "r"').replace("until = ", "until = 2099-01-01")
        path.write_text(pasted)
        waived = {each.fingerprint for each in map(read_waivers(path, TODAY).apply_to, run.findings) if each.waived}
        assert set(group["findings"]) <= waived
        assert group["waiver"] in texts
        assert group["fingerprint"] in texts
    assert 'operation = "op.*"' in document["other_groups"][-1]["waiver"]


def test_a_run_without_a_finding_has_none(make_run: Callable[..., Run]) -> None:
    clean = make_run(Case("c", "AUTH-REQUIRED", None, Verdict.PASSED))
    assert json.loads(json_.render(clean))["groups"] == []
    assert 'id="groups"' not in html.render(clean)
    assert "group" not in on_a_terminal(clean)


@pytest.mark.needs_browser
def test_a_group_leads_to_its_findings(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(html.render(run), encoding="utf-8")
    with chromium() as browser:
        shown = browser.new_page()
        shown.goto(page.as_uri())
        groups = shown.locator("article.group")
        assert groups.count() == 10
        assert groups.first.get_by_text("data is lost").is_visible()
        groups.first.locator("summary").click()
        name = groups.first.locator("li a").last.inner_text()
        groups.first.locator("li a").last.click()
        assert shown.locator(f"#finding-{name}[open]").is_visible()
        assert shown.locator("b").count() == 0


def test_on_a_terminal_what_was_not_reached_is_one_line_unless_it_is_asked_for(run: Run) -> None:
    short = on_a_terminal(run, verbose=False)
    assert "What was reached" not in short
    (line,) = [line for line in short.splitlines() if "not reached" in line or "--verbose" in line]
    assert "--verbose" in line
    assert run.groups[0].lead.fingerprint in short
    assert short.splitlines()[-1] == on_a_terminal(run).splitlines()[-1]
