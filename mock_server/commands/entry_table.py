"""Entries of a journal as a table, all at once or as they come."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mock_server.client import MockWorld
from mock_server.entry_text import describe_answer, describe_caller, describe_request, explain_outcome

Entry = Mapping[str, Any]

_COLUMNS = ("id", "time", "caller", "request", "answer", "why, or what changed")
_GAP = "  "
_RIGID = 2  # the first columns; nobody could read them when they are folded
_NARROWEST = 6
_WIDE = 120
_MOST_DIGITS = 4
_USUAL_VALUE = 20  # characters of an id or a file's path in the path of a request
_SOME_TIME = "2026-01-01T00:00:00.000000Z"


class EntryTable:
    """A table of entries, printed row by row; `known` are texts that may still come, column by column.

    On a terminal the columns keep within its width and fold longer text; elsewhere longer text widens its column from
    there on.
    """

    def __init__(self, entries: Iterable[Entry], known: Sequence[Sequence[str]] = ()) -> None:
        self._console = Console(highlight=False) if sys.stdout.isatty() else None
        narrow = self._console is not None and self._console.width < _WIDE
        self._time = slice(11, 19) if narrow else slice(None)  # without the date where there is little room
        columns = [list(column) for column in zip(_COLUMNS, *map(self._make_cells, entries), strict=True)][:-1]
        for column, texts in zip(columns, known, strict=False):
            column.extend(texts)
        if len(columns[1]) == 1:
            columns[1].append(_SOME_TIME[self._time])
        self._widths = [*(max(map(cell_len, column)) for column in columns), cell_len(_COLUMNS[-1])]
        if self._console is not None:
            self._fit(self._console.width)
        self._print(_COLUMNS, style="bold")

    def add(self, entry: Entry) -> None:
        """Print an entry, or a line in place of entries that are no longer kept."""
        if "gap" in entry:
            click.echo(f"entries {entry['gap']['from']} to {entry['gap']['to']} are no longer kept")
        else:
            self._print(self._make_cells(entry))

    def _make_cells(self, entry: Entry) -> tuple[str, ...]:
        time = str(entry["time"])[self._time]
        return (
            str(entry["id"]),
            time,
            describe_caller(entry),
            describe_request(entry),
            describe_answer(entry),
            _explain_or_list_changes(entry),
        )

    def _fit(self, width: int) -> None:
        """Make the columns as wide as the terminal: the last takes the rest, the widest shrink first."""
        room = width - len(_GAP) * (len(self._widths) - 1)
        self._widths[-1] = max(self._widths[-1], room // 3, room - sum(self._widths[:-1]))
        while sum(self._widths) > room:
            widest = max(range(_RIGID, len(self._widths)), key=self._widths.__getitem__)
            if self._widths[widest] <= _NARROWEST:
                break
            self._widths[widest] -= 1

    def _print(self, cells: Sequence[str], style: str = "") -> None:
        if self._console is None:
            self._widths = [max(width, cell_len(cell)) for width, cell in zip(self._widths, cells, strict=True)]
            padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, self._widths, strict=True))
            click.echo(_GAP.join(padded).rstrip())
            return
        row = Table(box=None, pad_edge=False, show_header=False, style=style)
        for width in self._widths:
            row.add_column(width=width, overflow="fold")
        row.add_row(*map(Text, cells))
        self._console.print(row)


def make_following_table(entries: Iterable[Entry], world: MockWorld) -> EntryTable:
    """Return a table for these entries and later ones, wide enough for the names of the mock and its contract."""
    base_path = world.url.removeprefix(f"{world.mock.origin}/_worlds/{world.name}")
    paths = world.mock.ask("GET", "/contract")["paths"]
    usual = {path: re.sub(r"\{[^}]*\}", "x" * _USUAL_VALUE, path) for path in paths}
    requests = [f"{method.upper()} {base_path}{usual[path]}" for path in paths for method in paths[path]]
    answers = [describe_answer(cell) for cell in world.coverage()]
    callers = [describe_caller({"caller": persona, "credential": "expired"}) for persona in world.mock.personas]
    return EntryTable(entries, (["0" * _MOST_DIGITS], [], callers, requests, answers))


def _explain_or_list_changes(entry: Entry) -> str:
    """Return what the faults did, what refused the request, or what it changed."""
    changes = (f"{each['object']}.{each['field']}" if each["field"] else each["object"] for each in entry["changes"])
    parts = ["(undone)" if entry["undone"] else "", explain_outcome(entry), "" if entry["gate"] else " ".join(changes)]
    return " ".join(filter(None, parts))
