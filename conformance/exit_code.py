"""What a run's exit code says. The first that holds, in this order, is the one."""

from __future__ import annotations

from conformance.verdict import Run, Verdict

CONFORMS, VIOLATED, USAGE, UNUSABLE, COVERAGE, OURS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def exit_code(run: Run, *, strict: bool = False, require_coverage: float | None = None) -> int:
    """The code of a run that began; usage errors end before there is one."""
    if run.interrupted:
        return INTERRUPTED
    if run.unusable:
        return UNUSABLE
    found = {finding.verdict for finding in run.findings}
    if Verdict.FAILED in found or (strict and Verdict.ADVISORY in found):
        return VIOLATED
    if run.errors or run.count(Verdict.ERRORED):
        return OURS
    if require_coverage is not None and run.coverage < require_coverage:
        return COVERAGE
    return CONFORMS
