"""`evershell-mock worlds`, `reset` and `rewind`: whole worlds."""

from __future__ import annotations

from urllib.parse import quote

import click

from mock_server.client import Mock, MockWorld
from mock_server.commands.clock import clock_text
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import completing_worlds, on_mock, on_world


@click.group(name="worlds", invoke_without_command=True)
@on_mock
def worlds(*, mock: Mock, terminal: Terminal) -> None:
    """List, make, fork and delete worlds."""
    known = mock.worlds()
    rows = [(each["name"], each["requests"], each["snapshots"], clock_text(each["clock"])) for each in known]
    terminal.table({"worlds": known}, ("world", "requests", "snapshots", "clock"), rows, empty="there are none")


@worlds.command()
@click.argument("name")
@on_mock
def create(*, mock: Mock, terminal: Terminal, name: str) -> None:
    """Make a world from the seed data."""
    world = mock.create(name)
    terminal.print({"name": name, "url": world.url}, world.url)


@worlds.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--from",
    "source",
    default="default",
    show_default=True,
    metavar="WORLD",
    shell_complete=completing_worlds,
    help="The world to copy.",
)
@on_mock
def fork(*, mock: Mock, terminal: Terminal, name: str, source: str) -> None:
    """Make a world with the state of another one."""
    world = mock.world(source).fork(name)
    terminal.print({"name": name, "url": world.url}, world.url)


@worlds.command()
@click.argument("name", shell_complete=completing_worlds)
@on_mock
def delete(*, mock: Mock, terminal: Terminal, name: str) -> None:
    """Delete a world."""
    mock.ask("DELETE", f"/worlds/{quote(name, safe='')}")
    terminal.print({"name": name, "status": "deleted"}, f"deleted {name}")


@click.command(name="reset")
@on_world
def reset(*, world: MockWorld, terminal: Terminal) -> None:
    """Take a world back to the seed data.

    Its clock too, and no fault is left; snapshots, coverage and the journal stay.
    """
    world.reset()
    terminal.print({"name": world.name}, f"reset {world.name}")


@click.command(name="rewind")
@click.argument("entry", type=int, metavar="ID")
@on_world
def rewind(*, world: MockWorld, terminal: Terminal, entry: int) -> None:
    """Take a world back to an entry of its journal."""
    world.rewind(entry)
    terminal.print({"to": entry}, f"{world.name} is back right after entry {entry}")
