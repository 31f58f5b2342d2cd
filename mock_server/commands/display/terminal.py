"""Output of the commands: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_ENDLESS = 10_000
_GAP = "  "
_NARROWEST = 6

Row = Sequence[object]


class Terminal:
    """Prints the result of a command as text, or as JSON with --json."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def table(self, data: Any, columns: Sequence[str], rows: Iterable[Row], *, empty: str) -> None:
        """Print rows, or `data` as JSON; `empty` says that there are none."""
        if self.as_json:
            self.data(data)
            return
        shown = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            shown.add_column(column)
        for row in rows:
            shown.add_row(*(Text(_cell_text(cell)) for cell in row))
        self._print(shown if shown.row_count else Text(empty))

    def print(self, data: Any, text: str) -> None:
        """Print a sentence, or `data` as JSON."""
        if self.as_json:
            self.data(data)
        else:
            click.echo(text)

    def error(self, data: Any, text: str) -> None:
        """Print an error to standard error, or `data` as JSON in the form of the envelope."""
        click.echo(
            json.dumps({"error": data}, ensure_ascii=False) if self.as_json else f"evershell-mock: {text}", err=True
        )

    def data(self, data: Any, *, indent: int | None = 2) -> None:
        """Print data as JSON."""
        click.echo(json.dumps(data, indent=indent, ensure_ascii=False))

    def _print(self, what: Table | Text) -> None:
        if sys.stdout.isatty():
            Console(highlight=False).print(what)
            return
        # A file or a pipe has no width: no line is cut or folded, and none ends in blanks.
        console = Console(highlight=False, width=_ENDLESS)
        with console.capture() as printed:
            console.print(what)
        click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


class Rows:
    """A table whose rows are printed as they come.

    `least` are the first widths of all columns but the last, which takes the rest. On a terminal the columns keep
    within its width and fold longer text; elsewhere longer text widens its column from there on.
    """

    def __init__(self, columns: Sequence[str], least: Sequence[int], *, rigid: int = 0) -> None:
        self._widths = [max(pair) for pair in zip(map(cell_len, columns), (*least, 0), strict=True)]
        self._console = Console(highlight=False) if sys.stdout.isatty() else None
        if self._console is not None:
            self._fit(self._console.width, rigid)
        self._columns = columns

    def head(self) -> None:
        """Print the names of the columns."""
        self._line(self._columns, style="bold")

    def add(self, row: Row) -> None:
        """Print a row."""
        self._line([_cell_text(cell) for cell in row])

    def _fit(self, width: int, rigid: int) -> None:
        """Make the columns as wide as the terminal; the widest shrink first, the first `rigid` ones never."""
        room = width - len(_GAP) * (len(self._widths) - 1)
        self._widths[-1] = max(self._widths[-1], room // 3, room - sum(self._widths[:-1]))
        while sum(self._widths) > room:
            widest = max(range(rigid, len(self._widths)), key=self._widths.__getitem__)
            if self._widths[widest] <= _NARROWEST:
                break
            self._widths[widest] -= 1

    def _line(self, cells: Sequence[str], style: str = "") -> None:
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


def _cell_text(cell: object) -> str:
    if cell is None:
        return "-"
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
