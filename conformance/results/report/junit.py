"""The JUnit report: a test suite for each clause, a test case for each case of a rule and each violation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from xml.etree import ElementTree as ET

from conformance.results.fault_codes import FAULT_CODES
from conformance.results.plain_text import as_xml_text as _text
from conformance.results.plain_text import write_xml
from conformance.results.report import view
from conformance.results.report.view import list_remarks
from conformance.results.verdict import DISTRIBUTION, Case, Finding, Run, RunVerdict, Verdict

_SKIPPED = frozenset({Verdict.UNTESTED, Verdict.NOT_PROVOKED, Verdict.WAIVED})
_RUN = "run"  # the name of the test suite for the run as a whole


@dataclass(frozen=True, slots=True)
class _TestCase:
    """A test case of the report."""

    rule: str  # empty for the run as a whole
    name: str
    milliseconds: float = 0.0
    outcome: str = ""  # `failure`, `error` or `skipped`; empty where it passed
    kind: str = ""
    message: str = ""
    text: str = ""
    out: str = ""


def render(run: Run) -> str:
    """Return the XML; what fails the run is a failure, another advisory is text in system-out."""
    entries = [*_build_entries(run), *_build_problems(run)]
    by_clause = defaultdict(list)
    for entry in entries:
        by_clause[_find_clause(run, entry.rule)].append(entry)
    root = ET.Element("testsuites", name=_text(f"evershell-conformance {run.target}"))
    root.extend(_build_suite(run, clause, of_clause) for clause, of_clause in by_clause.items())
    _count(root, entries)
    return write_xml(root)


def _build_entries(run: Run) -> Iterator[_TestCase]:
    """Yield each case, then each violation that no case has as its failure."""
    defects = {defect.fingerprint: defect for defect in view.list_defects(run)}
    reported: set[str] = set()
    for case in run.cases:
        yield _build_case(run, case, defects, reported)
    for fingerprint, defect in defects.items():
        if run.is_failing(defect.finding) and fingerprint not in reported:
            finding = defect.finding
            yield _build_failure(run, defect, f"{finding.case} [{fingerprint}]", [finding])


def _build_case(run: Run, case: Case, defects: Mapping[str, view.Defect], reported: set[str]) -> _TestCase:
    """Return the entry of a case; the violation of its failure is added to `reported`."""
    distinct = {finding.fingerprint: finding for finding in reversed(case.findings)}
    failing = {name: it for name, it in distinct.items() if run.is_failing(it)}
    own = {name: it for name, it in failing.items() if it.rule == case.rule}
    entry = _TestCase(case.rule, case.id, case.duration_ms)
    if case.verdict is Verdict.ERRORED:
        reason = case.reason or "the suite broke"
        entry = replace(entry, outcome="error", kind="suite", message=reason, text=reason)
    elif own:
        first = next((name for name in own if name not in reported), next(iter(own)))
        reported.add(first)
        entry = _build_failure(run, defects[first], case.id, list(own.values()), case.duration_ms)
    elif case.verdict in _SKIPPED:
        waived = "; ".join(dict.fromkeys(f"waived: {it.waived}" for it in distinct.values() if it.waived))
        entry = replace(entry, outcome="skipped", message=case.reason or waived or str(case.verdict))
    others = [f"{it.verdict}: {_summarise(run, defects[name])}" for name, it in distinct.items() if name not in failing]
    others += [f"found too: {name} {it}" for name, it in failing.items() if name not in own]
    return replace(entry, out="\n\n".join(others))


def _build_failure(
    run: Run, defect: view.Defect, name: str, findings: Sequence[Finding], milliseconds: float = 0.0
) -> _TestCase:
    return _TestCase(
        defect.finding.rule,
        name,
        milliseconds,
        outcome="failure",
        kind="violation" if defect.verdict is Verdict.FAILED else str(defect.verdict),
        message="; ".join(map(str, findings)),
        text=_summarise(run, defect),
    )


def _summarise(run: Run, defect: view.Defect) -> str:
    """Return the rule, what was expected and got, and the commands that show a finding again."""
    finding = defect.finding
    rule = run.contract.rules.get(finding.rule)
    sentence = f"{rule.text} ({finding.provenance})" if rule else f"({finding.provenance})"
    lines = [
        f"{finding.rule}: {sentence}",
        str(finding),
        *list_remarks(finding),
        f"fingerprint {defect.fingerprint}, seed {finding.seed}",
    ]
    return "\n".join((*lines, "", *filter(None, (defect.curl, defect.replay))) if defect.curl else lines)


def _build_problems(run: Run) -> Iterator[_TestCase]:
    """Yield the problems of the run as a whole, so that a pipeline does not take it for passed."""
    problems = [(str(verdict), problem) for verdict, problem in view.list_problems_by_verdict(run)]
    for kind, problem in (*problems, *((str(RunVerdict.ERRORED), error) for error in run.errors)):
        yield _TestCase("", problem, outcome="error", kind=kind, message=problem)


def _build_suite(run: Run, clause: str, entries: Sequence[_TestCase]) -> ET.Element:
    suite = ET.Element("testsuite", name=_text(clause), timestamp=f"{run.started.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
    _count(suite, entries)
    properties = ET.SubElement(suite, "properties")
    facts = {
        "target": run.base_url,
        "seed": str(run.seed),
        "budget": run.budget.name,
        "run_id": run.run_id,
        "verdict": ", ".join(run.verdicts),
        "headline": view.format_headline(run),
        "started": run.started_at,
        "suite": f"{DISTRIBUTION} {run.suite_version}",
        "contract": view.describe_contract(run),
        "operations": " of ".join(map(str, run.served)),
    }
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=_text(value))
    suite.extend(_build_test_case(clause, entry) for entry in entries)
    return suite


def _build_test_case(clause: str, entry: _TestCase) -> ET.Element:
    classname, time = f"{clause}.{entry.rule}".rstrip("."), f"{entry.milliseconds / 1000:.3f}"
    element = ET.Element("testcase", classname=_text(classname), name=_text(entry.name), time=time)
    if entry.outcome == "failure" and (code := FAULT_CODES.get(entry.rule)):
        properties = ET.SubElement(element, "properties")
        ET.SubElement(properties, "property", name="fault_code", value=str(code))
    if entry.outcome:
        kind = {"type": entry.kind} if entry.kind else {}
        child = ET.SubElement(element, entry.outcome, {"message": _text(entry.message), **kind})
        child.text = _text(entry.text) or None
    if entry.out:
        ET.SubElement(element, "system-out").text = _text(entry.out)
    return element


def _count(element: ET.Element, entries: Sequence[_TestCase]) -> None:
    outcomes = [entry.outcome for entry in entries]
    element.set("tests", str(len(entries)))
    for name, outcome in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(outcomes.count(outcome)))
    element.set("time", f"{sum(entry.milliseconds for entry in entries) / 1000:.3f}")


def _find_clause(run: Run, rule_id: str) -> str:
    rule = run.contract.rules.get(rule_id)
    return rule.clause if rule else "other" if rule_id else _RUN
