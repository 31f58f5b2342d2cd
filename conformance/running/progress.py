"""The progress of a run: one line that is redrawn on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, TextIO

import pytest

from conformance.results.plain_text import escape_line
from conformance.results.verdict import Finding
from conformance.running.selection import IS_EARLY

PARTS = 10
"""Plain lines of a quick run."""
AT_LEAST_EVERY_S = 30.0
REDRAWN_EVERY_S = 0.1

NOTES = pytest.StashKey[tuple[str, ...]]()
"""Remarks on a run that are printed before it begins, and stand in its reports."""


class Progress:
    """A pytest plugin that prints done, total, rate and findings so far."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._started = self._printed_at = time.monotonic()
        self._printed = 0
        self._total = self._done = self._requests = 0
        self._found: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Print the remarks on the run, and note how many tests there are, once all of them are collected."""
        if session.config.stash.get(IS_EARLY, False):
            return
        self._total = max(self._total, len(session.items))
        for line in session.config.stash.get(NOTES, ()):
            self._stream.write(f"{escape_line(line)}\n")
        self._stream.flush()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note how many tests a worker has collected; each collects all."""
        self._total = max(self._total, len(ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test, and print a line where one is due."""
        if data := getattr(report, "conformance", None):
            self._take_up(data)
            if self._is_due():
                self._print()

    def pytest_sessionfinish(self) -> None:
        """Clear the line."""
        if self._live and self._printed:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _take_up(self, data: Mapping[str, Any]) -> None:
        self._done += 1
        self._requests += data["requests"]
        self._found |= {Finding.from_json(finding).fingerprint for finding in data["case"]["findings"]}

    def _is_due(self) -> bool:
        if not self._total:
            return False
        waited = time.monotonic() - self._printed_at
        if self._done == self._total:
            return True
        if self._live:
            return waited >= REDRAWN_EVERY_S
        return (self._done - self._printed) * PARTS >= self._total or waited >= AT_LEAST_EVERY_S

    def _print(self) -> None:
        self._printed, self._printed_at = self._done, time.monotonic()
        rate = self._requests / max(self._printed_at - self._started, 0.001)
        found = f"{len(self._found)} finding{'' if len(self._found) == 1 else 's'}"
        line = f"{self._done} of {self._total} cases, {rate:.0f} requests/s, {found}"
        self._stream.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
        self._stream.flush()
