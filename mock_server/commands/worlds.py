"""`evershell-mock worlds`: list, make, fork and delete worlds."""

from __future__ import annotations

from urllib.parse import quote

import click

from mock_server.client import Mock
from mock_server.commands.clock import clock_text
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import completing, on_mock


@click.group(name="worlds", invoke_without_command=True)
@on_mock
def command(*, mock: Mock, terminal: Terminal) -> None:
    """List, make, fork and delete worlds."""
    if click.get_current_context().invoked_subcommand:
        return
    worlds = mock.worlds()
    rows = [(each["name"], each["requests"], each["snapshots"], clock_text(each["clock"])) for each in worlds]
    terminal.table({"worlds": worlds}, ("world", "requests", "snapshots", "clock"), rows, empty="there are none")


@command.command()
@click.argument("name")
@on_mock
def create(*, mock: Mock, terminal: Terminal, name: str) -> None:
    """Make a world from the seed data."""
    world = mock.create(name)
    terminal.print({"name": name, "url": world.url}, world.url)


@command.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--from",
    "source",
    default="default",
    show_default=True,
    metavar="WORLD",
    shell_complete=completing(lambda world: [each["name"] for each in world.mock.worlds()]),
    help="The world to copy.",
)
@on_mock
def fork(*, mock: Mock, terminal: Terminal, name: str, source: str) -> None:
    """Make a world with the state of another one."""
    world = mock.world(source).fork(name)
    terminal.print({"name": name, "url": world.url}, world.url)


@command.command()
@click.argument("name", shell_complete=completing(lambda world: [each["name"] for each in world.mock.worlds()]))
@on_mock
def delete(*, mock: Mock, terminal: Terminal, name: str) -> None:
    """Delete a world."""
    mock.ask("DELETE", f"/worlds/{quote(name, safe='')}")
    terminal.print({"name": name, "status": "deleted"}, f"deleted {name}")
