"""The results as JUnit XML: a suite for each clause, a test case for each case of a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from conformance.plain import plain
from conformance.report.curl import curl
from conformance.verdict import Case, Finding, Run, Verdict

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(run: Run) -> str:
    """The XML document. A violation is a failure; an advisory is written to system-out."""
    root = ET.Element("testsuites", name=f"evershell-conformance {run.target}")
    clauses: dict[str, list[Case]] = {}
    for case in run.cases:
        clauses.setdefault(_clause(run, case), []).append(case)
    for clause, cases in clauses.items():
        root.append(_suite(run, clause, cases))
    if problems := _problems(run):
        root.append(_own_suite(problems))
    _count(root, [case for cases in clauses.values() for case in cases], len(_problems(run)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _suite(run: Run, clause: str, cases: list[Case]) -> ET.Element:
    suite = ET.Element("testsuite", name=_text(clause))
    _count(suite, cases)
    properties = ET.SubElement(suite, "properties")
    for name, value in (("target", run.base_url), ("seed", str(run.seed)), ("budget", run.budget.name)):
        ET.SubElement(properties, "property", name=name, value=_text(value))
    suite.extend(_case(run, clause, case) for case in cases)
    return suite


def _case(run: Run, clause: str, case: Case) -> ET.Element:
    element = ET.Element(
        "testcase",
        classname=_text(f"{clause}.{case.rule}"),
        name=_text(case.id),
        time=f"{case.duration_ms / 1000:.3f}",
    )
    distinct = {finding.fingerprint: finding for finding in reversed(case.findings)}.values()
    violations = [finding for finding in distinct if finding.verdict is Verdict.FAILED]
    if case.verdict is Verdict.ERRORED:
        _child(element, "error", case.reason or "the suite broke", case.reason)
    elif case.verdict is Verdict.FAILED:
        message = "; ".join(str(finding) for finding in violations) or case.reason
        _child(element, "failure", message, "\n\n".join(_account(run, f) for f in violations))
    elif case.verdict in _SKIPPED:
        waived = "; ".join(dict.fromkeys(f"waived: {found.waived}" for found in distinct if found.waived))
        _child(element, "skipped", case.reason or waived or str(case.verdict), None)
    others = [finding for finding in distinct if finding.verdict is not Verdict.FAILED]
    if others:
        out = ET.SubElement(element, "system-out")
        out.text = _text("\n\n".join(f"{f.verdict}: {_account(run, f)}" for f in others))
    return element


_SKIPPED = frozenset({Verdict.UNTESTED, Verdict.NOT_PROVOKED, Verdict.WAIVED})


def _account(run: Run, finding: Finding) -> str:
    """A finding in lines: the promise, what came, how to see it again."""
    rule = run.contract.rules.get(finding.rule)
    sentence = f"{rule.text} ({finding.provenance})" if rule else f"({finding.provenance})"
    lines = [f"{finding.rule}: {sentence}", str(finding), f"seed {finding.seed}"]
    if finding.exchange:
        lines.append(curl(finding.exchange))
    return "\n".join(lines)


def _child(parent: ET.Element, tag: str, message: str, text: str | None) -> None:
    child = ET.SubElement(parent, tag, message=_text(message))
    child.text = _text(text) if text else None


def _own_suite(problems: tuple[str, ...]) -> ET.Element:
    """What concerns the run as a whole, so that a pipeline never reads it as passed."""
    suite = ET.Element("testsuite", name="run")
    _count(suite, (), len(problems))
    for problem in problems:
        element = ET.SubElement(suite, "testcase", classname="run", name=_text(problem), time="0")
        _child(element, "error", problem, None)
    return suite


def _problems(run: Run) -> tuple[str, ...]:
    unusable = (f"target not usable: {run.unusable}",) if run.unusable else ()
    interrupted = ("interrupted",) if run.interrupted else ()
    return (*unusable, *interrupted, *run.errors)


def _count(element: ET.Element, cases: Iterable[Case], problems: int = 0) -> None:
    verdicts = [case.verdict for case in cases]
    seconds = sum(case.duration_ms for case in cases) / 1000
    element.set("tests", str(len(verdicts) + problems))
    element.set("failures", str(verdicts.count(Verdict.FAILED)))
    element.set("errors", str(verdicts.count(Verdict.ERRORED) + problems))
    element.set("skipped", str(sum(verdict in _SKIPPED for verdict in verdicts)))
    element.set("time", f"{seconds:.3f}")


def _clause(run: Run, case: Case) -> str:
    rule = run.contract.rules.get(case.rule)
    return rule.clause if rule else "other"


def _text(value: str) -> str:
    """With escapes for what no XML document may hold, and for what whoever shows it would obey."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", plain(value))
