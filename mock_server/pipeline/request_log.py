"""One line a request in the log: who asked for what, what came of it, and why it was refused."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import click

from mock_server.access import redaction
from mock_server.access.origins import SAFE_METHODS
from mock_server.client.entry_text import answer as answer_of
from mock_server.client.entry_text import caller as caller_of
from mock_server.client.entry_text import why
from mock_server.control.journal.entries import EntryPresenter, reason
from mock_server.fixtures import Persona
from mock_server.pipeline.log_writer import LogWriter
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.journal import Entry
from mock_server.worlds.worlds import DEFAULT

_LONGEST_PATH = 200
_LONGEST_REASON = 400
_COLOURS = {0: "magenta", 2: "green", 4: "yellow", 5: "red"}  # by the first digit of the status


class RequestLog:
    """Tells requests of the API, and of the control API those that change something or are refused."""

    def __init__(self, personas: Iterable[Persona], writer: LogWriter) -> None:
        self._shower = EntryPresenter(personas)
        self._writer = writer

    def of_api(self, entry: Entry, world: str) -> None:
        """Tell a request of the API, once it was recorded."""
        shown = self._shower.summary(entry)
        what = f"{entry.method} {_cut(shown['path'], _LONGEST_PATH)}"
        who = f"{caller_of(shown)} in the console" if shown["from_console"] else caller_of(shown)
        self._tell(who, what if world == DEFAULT else f"{what} in {world}", shown, why(shown))

    def of_control(self, method: str, path: str, answer: Answer) -> None:
        """Tell a control call, unless it only looked at something."""
        if method not in SAFE_METHODS or answer.status >= 400:
            self.elsewhere(method, path, answer, who="control")

    def elsewhere(self, method: str, path: str, answer: Answer, who: str = "-") -> None:
        """Tell a request that no caller or world is known of; `path` is as it was sent."""
        shown: dict[str, Any] = {"status": answer.status, "code": None, "reason": None}
        if answer.status >= 400:
            shown["code"], shown["reason"] = error_code(answer), reason(answer.body)
        self._tell(who, f"{method} {_cut(redaction.path(path), _LONGEST_PATH)}", shown, shown["reason"] or "")

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
            self._writer.write(" ".join(click.style(_escaped(text), **how) for text, how in parts))
        else:
            self._writer.write(" ".join(_escaped(text) for text, _ in parts))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _escaped(text: str) -> str:
    """The text without characters that act on a terminal, or end a line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
