"""What a run's exit code says. The first that holds, in this order, is the one."""

from __future__ import annotations

from conformance.verdict import Run, Verdict

CONFORMS, VIOLATED, USAGE, UNUSABLE, COVERAGE, OURS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def exit_code(run: Run, *, strict: bool = False, require_coverage: float | None = None) -> int:
    """The code of a run that began; usage errors end before there is one."""
    found = {finding.verdict for finding in run.findings}
    fails = {Verdict.FAILED, Verdict.ADVISORY} if strict else {Verdict.FAILED}
    ordered = (
        (INTERRUPTED, run.interrupted),
        (UNUSABLE, run.unusable),
        (VIOLATED, found & fails),
        (UNUSABLE, run.cut_short),
        (OURS, run.errors or run.count(Verdict.ERRORED)),
        (COVERAGE, require_coverage is not None and run.coverage < require_coverage),
    )
    return next((code for code, holds in ordered if holds), CONFORMS)
