"""What a command prints: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

_ENDLESS = 10_000

Row = Sequence[object]


class Terminal:
    """Prints what a command has to say, in the way that was asked for."""

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
            shown.add_row(*(Text(_shown(cell)) for cell in row))
        self._print(shown if shown.row_count else Text(empty))

    def say(self, data: Any, text: str) -> None:
        """Print a sentence, or `data` as JSON."""
        if self.as_json:
            self.data(data)
        else:
            click.echo(text)

    def error(self, data: Any, text: str) -> None:
        """Print what went wrong to standard error, or `data` as JSON in the manner of the envelope."""
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
        # Nobody looks at it through a window: no line is cut or folded, nor ends in blanks.
        console = Console(highlight=False, width=_ENDLESS)
        with console.capture() as printed:
            console.print(what)
        click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def _shown(cell: object) -> str:
    if cell is None:
        return "-"
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
