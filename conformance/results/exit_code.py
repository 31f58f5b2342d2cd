"""What a run's exit code says: the code of its verdict."""

from __future__ import annotations

from conformance.results.verdict import Run, RunVerdict

CONFORMS, VIOLATED, USAGE, UNUSABLE, COVERAGE, OURS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

_CODES = {
    RunVerdict.INTERRUPTED: INTERRUPTED,
    RunVerdict.FAILED: VIOLATED,
    RunVerdict.UNUSABLE: UNUSABLE,
    RunVerdict.CUT_SHORT: UNUSABLE,
    RunVerdict.ERRORED: OURS,
    RunVerdict.LOW_COVERAGE: COVERAGE,
    RunVerdict.PASSED: CONFORMS,
}


def exit_code(run: Run) -> int:
    """The code of a run that began; usage errors end before there is one."""
    return _CODES[run.verdict]
