"""Findings of judged requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from conformance.generated.judge import JudgedRequest
from conformance.oracle.judging import Violation
from conformance.session.harness import Harness


def report(harness: Harness, judged: Iterable[JudgedRequest]) -> None:
    """File every breach of the test's rule, the smallest request first."""
    _file_findings(harness, sorted(judged, key=_measure), lambda rule: rule == harness.rule.id)


def report_named(harness: Harness, judged: Iterable[JudgedRequest]) -> None:
    """File every breach of the test's rule, and of rules of other clauses, which the oracle found to be closer."""
    rules, cited = harness.contract.rules, harness.rule
    _file_findings(
        harness, sorted(judged, key=_measure), lambda rule: rule == cited.id or rules[rule].clause != cited.clause
    )


def _file_findings(harness: Harness, judged: Iterable[JudgedRequest], concerns: Callable[[str], bool]) -> None:
    findings = [
        replace(
            harness.build_finding(breach, it.exchange),
            steps=it.steps,
            source=it.generated.phase,
        )
        for it in judged
        for breach in it.breaches
        if concerns(breach.rule)
    ]
    if findings:
        harness.findings.extend(findings)
        raise Violation("; ".join(dict.fromkeys(map(str, findings))))


def _measure(judged: JudgedRequest) -> int:
    request = judged.exchange.request
    return len(request.path) + len(request.query) + len(request.content or b"")
