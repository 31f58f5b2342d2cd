"""Entries of a journal as a table, all at once or as they come."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

import click
from rich.cells import cell_len

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Rows
from mock_server.entry_text import answer, caller, request, why

Entry = Mapping[str, Any]

_COLUMNS = ("id", "time", "caller", "request", "answer", "why, or what changed")
_RIGID = 2  # the first columns; nobody could read them when they are folded
_WIDE = 120
_MOST_DIGITS = 4
_USUAL_VALUE = 20  # characters of an id or a file's path in the path of a request
_SOME_TIME = "2026-01-01T00:00:00.000000Z"


class EntryTable:
    """Prints entries as rows of a table; `known` are texts that may still come, column by column."""

    def __init__(self, entries: Iterable[Entry], known: Sequence[Sequence[str]] = ()) -> None:
        narrow = sys.stdout.isatty() and get_terminal_size().columns < _WIDE
        self._time = slice(11, 19) if narrow else slice(None)  # without the date where there is little room
        columns = [list(column) for column in zip(_COLUMNS, *map(self._cells, entries), strict=True)][:-1]
        for column, texts in zip(columns, known, strict=False):
            column.extend(texts)
        if len(columns[1]) == 1:
            columns[1].append(_SOME_TIME[self._time])
        self._rows = Rows(_COLUMNS, [max(map(cell_len, column)) for column in columns], rigid=_RIGID)
        self._rows.head()

    def add(self, entry: Entry) -> None:
        """Print an entry, or a line in place of entries that are no longer kept."""
        if "gap" in entry:
            click.echo(f"entries {entry['gap']['from']} to {entry['gap']['to']} are no longer kept")
        else:
            self._rows.add(self._cells(entry))

    def _cells(self, entry: Entry) -> tuple[str, ...]:
        time = str(entry["time"])[self._time]
        return str(entry["id"]), time, caller(entry), request(entry), answer(entry), _why_or_changes(entry)


def following_table(entries: Iterable[Entry], world: MockWorld) -> EntryTable:
    """Return a table for these entries and later ones, wide enough for the names of the mock and its contract."""
    base_path = world.url.removeprefix(f"{world.mock.origin}/_worlds/{world.name}")
    paths = world.mock.ask("GET", "/contract")["paths"]
    usual = {path: re.sub(r"\{[^}]*\}", "x" * _USUAL_VALUE, path) for path in paths}
    requests = [f"{method.upper()} {base_path}{usual[path]}" for path in paths for method in paths[path]]
    answers = [answer(cell) for cell in world.coverage()]
    callers = [caller({"caller": persona, "credential": "expired"}) for persona in world.mock.personas]
    return EntryTable(entries, (["0" * _MOST_DIGITS], [], callers, requests, answers))


def _why_or_changes(entry: Entry) -> str:
    """Return what the faults did, what refused the request, or what it changed."""
    changes = (f"{each['object']}.{each['field']}" if each["field"] else each["object"] for each in entry["changes"])
    parts = ["(undone)" if entry["undone"] else "", why(entry), "" if entry["gate"] else " ".join(changes)]
    return " ".join(filter(None, parts))
