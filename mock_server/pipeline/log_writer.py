"""Lines of a log, written by a thread of their own: who does not read the log keeps no request waiting."""

from __future__ import annotations

import os
import sys
from collections import deque
from select import select
from threading import Event, Thread

MOST_WAITING = 10_000
"""Lines that wait to be written; what comes past it is counted and left out."""

_LAST_WORDS_S = 1.0


class LogWriter:
    """Writes lines to standard error, in order."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self.in_colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        self._encoding = sys.stderr.encoding or "utf-8"
        self._descriptor = sys.stderr.fileno()
        self._most = most
        self._lines: deque[str] = deque()
        self._left_out = 0
        self._news = Event()
        self._closing = False
        self._thread: Thread | None = None

    def write(self, line: str) -> None:
        """Write a line soon; it never waits."""
        if len(self._lines) >= self._most:
            self._left_out += 1
            return
        self._lines.append(line)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="request log", daemon=True)
            self._thread.start()
        self._news.set()

    def close(self) -> None:
        """Write what is left, and give up where nobody takes it."""
        self._closing = True
        self._news.set()
        if self._thread is not None:
            self._thread.join(_LAST_WORDS_S)

    def _run(self) -> None:
        try:
            while self._lines or not self._closing:
                self._news.wait()
                self._news.clear()
                self._write_waiting()
        except OSError:  # the reader has gone, and nobody is left to be told
            self._most = 0

    def _write_waiting(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        left_out, self._left_out = self._left_out, 0
        if left_out:
            lines.append(f"{left_out} requests are left out: the log was not read fast enough.")
        rest = "".join(f"{line}\n" for line in lines).encode(self._encoding, "backslashreplace")
        while rest:
            try:
                # Not by sys.stderr, whose lock would keep the whole process from ending while this waits.
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # another process that has the terminal may have made it so
                select([], [self._descriptor], [])
