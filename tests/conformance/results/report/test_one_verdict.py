"""Whatever a run came to, every report says the same of it, and JUnit fails where the exit code does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.contract import Cell, Provenance
from conformance.contract.file import load
from conformance.http.exchange import Exchange, Request
from conformance.results.report import html, json_, junit, markdown
from conformance.results.report.issues import build_issues, render_codequality, render_github, render_sarif
from conformance.results.report.view import format_headline
from conformance.results.verdict import Case, Finding, ReachedCell, Run, RunVerdict, Verdict
from tests.conformance.results.report.rendered import Page, on_a_terminal, unmarked

CONTRACT = load()
RULES = list(CONTRACT.rules)[:6]
BESIDE_OUTCOME = ("properties", "system-out")
"""What a case of JUnit may have beside its outcome."""
STARTED = datetime(2026, 11, 25, 9, 30, 15, tzinfo=UTC)
SCHEMA = jsonschema_rs.Draft202012Validator(json_.read_schema(), validate_formats=True)
EXCHANGE = Exchange("acme-owner", Request("packs.get", "GET", "/packs/p", {}), "http://t/v1/packs/p", 200, (), b"", 1.5)


@st.composite
def found(draw: st.DrawFn) -> Finding:
    rule, got = draw(st.sampled_from(RULES)), draw(st.sampled_from(["200", "500", "none\x00\x1b]]>"]))
    waived = draw(st.sampled_from(["", "", "Mended in 2.4"]))
    provenance = draw(st.sampled_from(Provenance))
    return Finding(rule, "packs.get", "acme-owner", "404", got, provenance, EXCHANGE, case="case", waived=waived)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case as `outcome` makes it: its own findings count for its verdict, those of other rules do not."""
    rule, findings = draw(st.sampled_from(RULES)), tuple(draw(st.lists(found(), max_size=4)))
    ended = draw(st.sampled_from([Verdict.PASSED, Verdict.NOT_PROVOKED, Verdict.ERRORED]))
    own = [finding.verdict for finding in findings if finding.rule == rule]
    name = f"test_it[{draw(st.integers(0, 99))}]"
    return Case(name, rule, "packs.get", max([ended, *own]), "why", 1.25, findings=findings)


RUNS = st.builds(
    Run,
    target=st.just("staging"),
    base_url=st.just("http://t/v1"),
    seed=st.just(7),
    contract=st.just(CONTRACT),
    cases=st.lists(cases(), max_size=5).map(tuple),
    reached=st.sampled_from([{}, {Cell("packs.get", 200, None): ReachedCell(3, "case")}]),
    requests=st.just(3),
    duration_s=st.just(0.5),
    unusable=st.sampled_from([None, None, "http://t/v1: stopped answering"]),
    errors=st.sampled_from([(), (), ("a file of ours",)]),
    is_interrupted=st.booleans(),
    cut_short=st.sampled_from(["", "", "limits.max_requests: 20 are sent"]),
    is_strict=st.booleans(),
    require_coverage=st.sampled_from([None, None, 80.0]),
    started=st.just(STARTED),
    suite_version=st.just("9.9.9"),
)
every_run = given(run=RUNS)
few = settings(max_examples=60, deadline=None, database=None, derandomize=True)


def parsed(run: Run) -> ET.Element:
    return ET.fromstring(junit.render(run))  # noqa: S314  # our own output


@few
@every_run
def test_every_report_says_the_same_verdict(run: Run) -> None:
    document = json.loads(json_.render(run))
    assert SCHEMA.is_valid(document), list(SCHEMA.iter_errors(document))
    assert document["exit_code"] == run.exit_code
    assert document["verdict"] == document["verdicts"][0] == run.verdict.name
    words = ", ".join(RunVerdict[name] for name in document["verdicts"])
    properties = [p for p in parsed(run).iter("property") if p.get("name") == "verdict"]
    assert {p.get("value") for p in properties} <= {words}
    texts = Page(html.render(run)).texts
    assert words in texts
    line = format_headline(run)
    assert line in texts
    assert on_a_terminal(run).rstrip("\n").splitlines()[-1] == line
    assert unmarked(markdown.render(run)).startswith(f"## Conformance: {line[:150]}")


@few
@every_run
def test_passed_is_said_of_what_conforms_alone(run: Run) -> None:
    ended_well = not (run.is_interrupted or run.unusable or run.cut_short or run.errors)
    violated = any(run.is_failing(finding) for finding in run.findings)
    broke = any(case.verdict is Verdict.ERRORED for case in run.cases)
    low = run.require_coverage is not None and run.coverage < run.require_coverage
    conforms = ended_well and not (violated or broke or low)
    assert (run.exit_code == 0) is conforms
    assert (RunVerdict.PASSED in run.verdicts) is conforms
    assert format_headline(run).startswith("no violation found") is conforms
    root = parsed(run)
    assert (root.get("failures") == root.get("errors") == "0") is conforms


@few
@every_run
def test_every_violation_is_a_failure(run: Run) -> None:
    """Exit code 1 means that there is one, and none means that the run did not fail."""
    violations = {f.fingerprint for f in run.findings if run.is_failing(f)}
    root = parsed(run)
    failures = int(root.get("failures") or 0)
    assert failures >= len(violations)
    assert (failures > 0) is bool(violations) is (RunVerdict.FAILED in run.verdicts)
    if run.exit_code == 1:
        assert failures
    told = [re.search("^fingerprint ([0-9a-f]{12})", f.text or "", re.MULTILINE) for f in root.iter("failure")]
    assert {match[1] for match in told if match} == violations


@few
@every_run
def test_a_run_that_does_not_pass_is_annotated_as_an_error_and_another_is_not(run: Run) -> None:
    report = build_issues(run)
    assert ("::error " in render_github(report)) is (run.exit_code != 0)
    (judged,) = json.loads(render_sarif(report))["runs"]
    (invocation,) = judged["invocations"]
    assert invocation["exitCode"] == run.exit_code
    fails = [each for each in judged["results"] if each["level"] == "error" and not each["suppressions"]]
    assert bool(fails) is (RunVerdict.FAILED in run.verdicts)
    assert bool(fails or invocation["toolExecutionNotifications"]) is (run.exit_code != 0)
    entries = json.loads(render_codequality(report))
    assert bool({each["severity"] for each in entries} & {"blocker", "critical"}) is (run.exit_code != 0)


@few
@every_run
def test_junit_counts_its_children(run: Run) -> None:
    root = parsed(run)
    for element in (root, *root.iter("testsuite")):
        children = list(element.iter("testcase"))
        ended = [[child.tag for child in case if child.tag not in BESIDE_OUTCOME] for case in children]
        outcomes = [*chain.from_iterable(ended)]
        assert all(len(each) <= 1 for each in ended)
        assert element.get("tests") == str(len(children))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert element.get(name) == str(outcomes.count(tag))
    for suite in root.iter("testsuite"):
        assert suite.get("timestamp") == "2026-11-25T09:30:15"
        assert [child.tag for child in suite][:1] == ["properties"]


def test_each_report_says_when_and_by_what_it_was_judged() -> None:
    finding = Finding(RULES[0], "packs.get", "acme-owner", "404", "200", Provenance.SEED, EXCHANGE)
    case = Case("case", RULES[1], "packs.get", Verdict.PASSED, findings=(finding,))
    run = Run("staging", "http://t/v1", 7, CONTRACT, (case,), {}, 3, 0.5, started=STARTED, suite_version="9.9.9")
    reports = {
        "json": json_.render(run),
        "html": html.render(run),
        "junit": junit.render(run),
        "markdown": unmarked(markdown.render(run)),
        "terminal": on_a_terminal(run),
    }
    version = CONTRACT.document["info"]["version"]
    for kind, text in reports.items():
        for fact in (finding.fingerprint, "2026-11-25T09:30:15Z", "evershell-contract", "9.9.9", version):
            assert fact in text, (kind, fact)


def test_an_advisory_fails_under_strict_alone() -> None:
    finding = Finding(RULES[0], "packs.get", "acme-owner", "404", "200", Provenance.ASSUMED, EXCHANGE)
    case = Case("case", RULES[0], "packs.get", Verdict.ADVISORY, findings=(finding,))
    run = Run("staging", "http://t/v1", 7, CONTRACT, (case,), {}, 3, 0.5)
    assert parsed(run).get("failures") == "0"
    assert parsed(replace(run, is_strict=True)).get("failures") == "1"


@pytest.mark.parametrize("died", [None, "http://t/v1: stopped answering"])
def test_the_end_is_named_beside_the_violations(died: str | None) -> None:
    finding = Finding(RULES[0], "packs.get", "acme-owner", "404", "200", Provenance.SEED, EXCHANGE)
    case = Case("case", RULES[0], "packs.get", Verdict.FAILED, findings=(finding,))
    run = Run("staging", "http://t/v1", 7, CONTRACT, (case,), {}, 3, 0.5, unusable=died, is_interrupted=died is None)
    ending = "interrupted, does not conform: 1 violation"
    assert format_headline(run).startswith(f"does not conform, not judged to the end ({died}): 1" if died else ending)
