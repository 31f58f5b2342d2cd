"""A report says once what a rule promises, and once why several rules were not judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.results.report import html
from conformance.results.verdict import Case, Finding, Run, Verdict
from tests.conformance.results.report.rendered import as_text

REASON = "needs the state 'workspace exists', and the target has no states"
UNJUDGED = ("AUTH-REQUIRED", "AUTH-INVALID", "AUTH-EXPIRED")
ALONE = ("AUTH-QUERY", "no credential is put into a URL")


@pytest.fixture
def run(make_run: Callable[..., Run], finding: Finding) -> Run:
    """Three causes of one rule, three rules that were not judged for one reason, and one for another."""
    found = tuple(replace(finding, expected=f"cause {number}", got=f"other {number}") for number in range(3))
    made = make_run(
        Case("c", finding.rule, None, Verdict.FAILED, findings=found),
        *(Case(rule, rule, None, Verdict.NOT_PROVOKED, REASON) for rule in UNJUDGED),
        Case("alone", ALONE[0], None, Verdict.NOT_PROVOKED, ALONE[1]),
    )
    assert len(made.groups) == len(found)
    return made


@pytest.mark.parametrize("kind", ["terminal", "markdown", "html"])
def test_a_reason_of_several_rules_stands_once(kind: str, run: Run) -> None:
    text = html.render(run).replace("&#39;", "'") if kind == "html" else as_text(kind, run)
    assert text.count(REASON) == 1
    assert text.count(ALONE[1]) == 1
    for rule in (*UNJUDGED, ALONE[0]):
        assert rule in text
    if kind != "html":
        line = next(line for line in text.splitlines() if REASON in line)
        assert all(rule in line for rule in UNJUDGED)
        assert ALONE[0] not in line
    else:
        assert text.count('href="#why-1"') == len(UNJUDGED)


@pytest.mark.parametrize("kind", ["terminal", "html"])
def test_the_sentence_of_a_rule_stands_once_for_all_its_groups_and_findings(
    kind: str, run: Run, finding: Finding
) -> None:
    sentence = run.contract.rules[finding.rule].text
    text = html.render(run).replace("&#39;", "'") if kind == "html" else as_text(kind, run)
    if kind == "terminal":
        assert text.count(sentence) == 1
        return
    without_scripts = re.sub("<pre>.*?</pre>", "", text, flags=re.DOTALL)
    for section in without_scripts.split("<section>")[1:]:
        assert section.count(sentence) == (1 if re.search('id="(groups|findings|rules)"', section) else 0)
    assert text.count(f'href="#rule-{finding.rule}"') == 3
    assert f'id="rule-{finding.rule}"' in text
