"""A report says once what a rule promises, and once why several rules were not judged."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.results.report import html, markdown, terminal
from conformance.results.verdict import Case, Finding, Run, Verdict

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


def text_of(kind: str, run: Run) -> str:
    if kind == "terminal":
        file = io.StringIO()
        terminal.show(run, file)
        return file.getvalue()
    if kind == "markdown":
        return re.sub(r"\\(.)", r"\1", markdown.render(run)).replace("`", "")
    return html.render(run).replace("&#39;", "'")


@pytest.mark.parametrize("kind", ["terminal", "markdown", "html"])
def test_a_reason_of_several_rules_stands_once(kind: str, run: Run) -> None:
    text = text_of(kind, run)
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
    text = text_of(kind, run)
    if kind == "terminal":
        assert text.count(sentence) == 1
        return
    without_scripts = re.sub("<pre>.*?</pre>", "", text, flags=re.DOTALL)  # a script is taken along alone
    for section in without_scripts.split("<section>")[1:]:
        assert section.count(sentence) == (1 if re.search('id="(groups|findings|rules)"', section) else 0)
    assert text.count(f'href="#rule-{finding.rule}"') == 3
    assert f'id="rule-{finding.rule}"' in text
