"""From what was judged to findings of the rule that a test cites."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.generated.judge import Judged
from conformance.harness import Harness
from conformance.judging import Violation
from conformance.verdict import Finding


def report(harness: Harness, judged: Iterable[Judged]) -> None:
    """File every breach of the harness's rule, the smallest request of each defect first."""
    findings = [
        Finding(
            rule=harness.rule.id,
            operation_id=it.exchange.operation_id,
            caller=it.exchange.caller,
            expected=breach.expected,
            got=breach.got,
            provenance=min(harness.rule.provenance, breach.provenance),
            exchange=it.exchange,
            steps=it.steps,
            case=harness.case,
            seed=harness.seed,
            source=it.generated.phase,
        )
        for it in sorted(judged, key=_size)
        for breach in it.breaches
        if breach.rule == harness.rule.id
    ]
    if findings:
        harness.findings.extend(findings)
        raise Violation("; ".join(dict.fromkeys(map(str, findings))))


def _size(judged: Judged) -> int:
    request = judged.exchange.request
    return len(request.path) + len(request.query) + len(request.content or b"")
