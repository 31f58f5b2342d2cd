"""Exit codes of the suite: one for each verdict on a run."""

from __future__ import annotations

from conformance.errors import UNUSABLE, USAGE
from conformance.results.verdict import Run, RunVerdict

__all__ = ["CONFORMS", "COVERAGE", "INTERRUPTED", "OURS", "UNUSABLE", "USAGE", "VIOLATED", "exit_code"]

CONFORMS, VIOLATED, COVERAGE, OURS, INTERRUPTED = 0, 1, 4, 5, 130

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
    """The exit code of a run that began; a usage error ends before."""
    return _CODES[run.verdict]
