"""`evershell-mock coverage`: the answers of the contract that clients have met."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import click

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import on_world


@click.group(name="coverage", invoke_without_command=True)
@on_world
def coverage(*, world: MockWorld, terminal: Terminal) -> None:
    """Show which answers of the contract were met.

    Answers that only the console met are counted apart.
    """
    cells = world.coverage()
    rows = [_row(name, list(of)) for name, of in groupby(cells, key=lambda cell: cell["operation_id"])]
    columns = ("operation", "met", "by console", "of", "remaining")
    terminal.table({"cells": cells}, columns, rows, empty="the contract is empty")
    if not terminal.as_json:
        by_console = _met(cells, "console_count")
        console = f", and {by_console} by the console" if by_console else ""
        click.echo(f"{_met(cells)} of {len(cells)} answers met in {world.name}{console}")


@coverage.command()
@on_world
def clear(*, world: MockWorld, terminal: Terminal) -> None:
    """Set all counts to zero."""
    world.clear_coverage()
    terminal.print({"status": "deleted"}, f"the coverage of {world.name} is empty")


def _row(operation: str, cells: list[dict[str, Any]]) -> tuple[object, ...]:
    missing = ", ".join(f"{cell['status']} {cell['code'] or ''}".rstrip() for cell in cells if not cell["count"])
    return operation, _met(cells), _met(cells, "console_count"), len(cells), missing


def _met(cells: Iterable[dict[str, Any]], by: str = "count") -> int:
    return sum(cell[by] > 0 for cell in cells)
