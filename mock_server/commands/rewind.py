"""`evershell-mock rewind`: a world taken back to an entry of its journal."""

from __future__ import annotations

import click

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import on_world


@click.command(name="rewind")
@click.argument("entry", type=int, metavar="ID")
@on_world
def command(*, world: MockWorld, terminal: Terminal, entry: int) -> None:
    """Take a world back to an entry of its journal."""
    world.rewind(entry)
    terminal.print({"to": entry}, f"{world.name} is back right after entry {entry}")
