"""`evershell-mock snapshot`: save, compare, restore, export and import states."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import orjson

from mock_server.client import MockError, MockWorld, Refused
from mock_server.commands.running import Terminal, WrongFile, make_completion, on_world
from mock_server.whole_file import UnplacedFile

_snapshot_names = make_completion(lambda world: [each["name"] for each in world.snapshots()])


@click.group(name="snapshot", invoke_without_command=True)
@on_world
def snapshot(*, world: MockWorld, terminal: Terminal) -> None:
    """Save, compare, restore, export, import states."""
    snapshots = world.snapshots()
    rows = [(each["name"], each["taken_at"]) for each in snapshots]
    terminal.print_table(
        {"snapshots": snapshots}, ("snapshot", "taken at"), rows, empty=f"{world.name} has no snapshots"
    )


@snapshot.command()
@click.argument("name")
@on_world
def save(*, world: MockWorld, terminal: Terminal, name: str) -> None:
    """Save the present state under a name."""
    world.snapshot(name)
    terminal.print({"name": name}, f"saved {name}")


@snapshot.command()
@click.argument("name", shell_complete=_snapshot_names)
@on_world
def restore(*, world: MockWorld, terminal: Terminal, name: str) -> None:
    """Go back to a saved state."""
    world.restore(name)
    terminal.print({"name": name}, f"restored {name}")


@snapshot.command()
@click.argument("name", shell_complete=_snapshot_names)
@on_world
def diff(*, world: MockWorld, terminal: Terminal, name: str) -> None:
    """Show the changes since a snapshot."""
    changes = world.diff(name)
    rows = [(each["object"], each["field"], each["before"], each["after"]) for each in changes]
    terminal.print_table(
        {"changes": changes}, ("object", "field", "before", "after"), rows, empty="nothing has changed"
    )


@snapshot.command()
@click.argument("name", shell_complete=_snapshot_names)
@on_world
def delete(*, world: MockWorld, terminal: Terminal, name: str) -> None:
    """Delete a snapshot."""
    world.drop_snapshot(name)
    terminal.print({"name": name, "status": "deleted"}, f"deleted {name}")


@snapshot.command(name="export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@on_world
def export_(*, world: MockWorld, terminal: Terminal, file: Path | None) -> None:
    """Write the present state as JSON, to FILE whole or not at all, or to standard output."""
    content = world.export()
    if file is None:
        sys.stdout.buffer.write(content)
        return
    try:
        os.close(UnplacedFile([content], file).put())
    except OSError as error:
        raise MockError(f"{file} cannot be written: {error.strerror}; nothing was") from error
    terminal.print({"file": str(file), "bytes": len(content)}, f"wrote {file}")


@snapshot.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@on_world
def import_(*, world: MockWorld, terminal: Terminal, file: Path) -> None:
    """Replace the present state by that of FILE; where FILE has a problem, nothing changes."""
    try:
        content = file.read_bytes()
        orjson.loads(content)
        world.load(content)
    except OSError as error:
        raise WrongFile(f"{file} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise WrongFile(f"{file} is not whole, and nothing has changed: it is not JSON: {error}") from error
    except Refused as refusal:
        if refusal.status != 400:
            raise
        raise WrongFile(f"{file} is refused, and nothing has changed: {refusal}") from refusal
    terminal.print({"name": world.name}, f"{world.name} has the state of {file}")
