"""Errors that end a command with a message and an exit code."""

from __future__ import annotations

USAGE, UNUSABLE = 2, 3


class SuiteError(Exception):
    """An error that the user can mend: the message says what is wrong, where, and what to do."""

    exit_code = USAGE


class TargetError(SuiteError):
    """An error of the target: it cannot be reached, or not be judged."""

    exit_code = UNUSABLE
