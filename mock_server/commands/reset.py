"""`evershell-mock reset`: a world taken back to the seed data."""

from __future__ import annotations

import click

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import on_world


@click.command(name="reset")
@on_world
def command(*, world: MockWorld, terminal: Terminal) -> None:
    """Take a world back to the seed data.

    Its clock too, and no fault is left; snapshots, coverage and the journal stay.
    """
    world.reset()
    terminal.print({"name": world.name}, f"reset {world.name}")
