"""The log of requests, one line each: caller, request, answer, and the reason of a refusal."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Mapping
from select import select
from threading import Event, Thread
from typing import Any

import click

from mock_server.access import redaction
from mock_server.access.origins import SAFE_METHODS
from mock_server.control.journal.entries import EntryPresenter, find_reason
from mock_server.entry_text import describe_answer as answer_of
from mock_server.entry_text import describe_caller as caller_of
from mock_server.entry_text import explain_outcome
from mock_server.fixtures import Persona
from mock_server.worlds.answer import Answer, read_error_code
from mock_server.worlds.journal import Entry
from mock_server.worlds.worlds import DEFAULT

MOST_WAITING = 10_000
"""Lines that wait to be written; what comes past it is counted and left out."""

_CLOSE_TIMEOUT_S = 1.0
_LONGEST_PATH = 200
_LONGEST_REASON = 400
_COLOURS = {0: "magenta", 2: "green", 4: "yellow", 5: "red"}  # by the first digit of the status


class RequestLog:
    """Writes a line about each request of the API, and about control calls that change something or are refused."""

    def __init__(self, personas: Iterable[Persona], writer: LogWriter) -> None:
        self._presenter = EntryPresenter(personas)
        self._writer = writer

    def write_call(self, entry: Entry, world: str) -> None:
        """Write a line about a request of the API, once it was recorded."""
        shown = self._presenter.summarise(entry)
        what = f"{entry.method} {_cut(shown['path'], _LONGEST_PATH)}"
        self._tell(caller_of(shown), what if world == DEFAULT else f"{what} in {world}", shown, explain_outcome(shown))

    def write_control_call(self, method: str, path: str, answer: Answer) -> None:
        """Write a line about a control call that changes something or is refused."""
        if method not in SAFE_METHODS or answer.status >= 400:
            self.write_elsewhere(method, path, answer, who="control")

    def write_elsewhere(self, method: str, path: str, answer: Answer, who: str = "-") -> None:
        """Write a line about a request without a known caller or world; `path` is as it was sent."""
        shown: dict[str, Any] = {"status": answer.status, "code": None, "reason": None}
        if answer.status >= 400:
            shown["code"], shown["reason"] = read_error_code(answer), find_reason(answer.body)
        self._tell(who, f"{method} {_cut(redaction.mask_path(path), _LONGEST_PATH)}", shown, shown["reason"] or "")

    def _tell(self, who: str, what: str, shown: Mapping[str, Any], told: str) -> None:
        parts: list[tuple[str, dict[str, Any]]] = [
            (time.strftime("%H:%M:%S"), {"dim": True}),
            (who, {"fg": "cyan"}),
            (what, {}),
            ("→", {"dim": True}),
            (answer_of(shown), {"fg": _COLOURS.get(shown["status"] // 100)}),
        ]
        if told:
            parts.append((f"({_cut(told, _LONGEST_REASON)})", {}))
        if self._writer.in_colour:
            self._writer.write(" ".join(click.style(_escape(text), **how) for text, how in parts))
        else:
            self._writer.write(" ".join(_escape(text) for text, _ in parts))


class LogWriter:
    """Writes lines to standard error in a thread: a log that is not read keeps no request waiting."""

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
        """Put a line in the queue, without waiting."""
        if len(self._lines) >= self._most:
            self._left_out += 1
            return
        self._lines.append(line)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="request log", daemon=True)
            self._thread.start()
        self._news.set()

    def close(self) -> None:
        """Write what is left, for a second at most."""
        self._closing = True
        self._news.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)

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


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _escape(text: str) -> str:
    """The text without characters that act on a terminal, or end a line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
