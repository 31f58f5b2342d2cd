"""Exit codes, and errors that end a command with a message and one of them."""

from __future__ import annotations

CONFORMS, VIOLATED, USAGE, UNUSABLE, COVERAGE, OURS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


class SuiteError(Exception):
    """An error that the user can mend: the message says what is wrong, where, and what to do."""

    exit_code = USAGE


class TargetError(SuiteError):
    """An error of the target: it cannot be reached, or not be judged."""

    exit_code = UNUSABLE
