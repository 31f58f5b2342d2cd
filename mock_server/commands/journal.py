"""`evershell-mock journal` and `coverage`: the requests of a world, and the answers of the contract that they met."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

import click

from mock_server.client import MockWorld
from mock_server.commands.entry_table import EntryTable, make_following_table
from mock_server.commands.running import Terminal, list_operations, make_completion, on_world

_SHOWN = 20

Command = Callable[..., None]


def _add_filters(command: Command) -> Command:
    """Give a command the options that choose entries."""
    options = (
        click.option("--operation", "operation_id", metavar="ID", shell_complete=make_completion(list_operations)),
        click.option("--status", type=int),
        click.option("--code", metavar="CODE"),
        click.option(
            "--caller", metavar="PERSONA", shell_complete=make_completion(lambda world: list(world.mock.personas))
        ),
        click.option("--request-id", metavar="ID", help="The X-Request-Id of an answer, or request_id of an error."),
        click.option("--with-console", is_flag=True, default=None, help="What the console read, too."),
        click.option("--since", metavar="ID|TIME", help="Only entries after this one, or at this time or later."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(name="journal", invoke_without_command=True)
@_add_filters
@click.option("--last", type=click.IntRange(1), help=f"How many; as a table {_SHOWN}, if absent, as JSON all.")
@click.option("--follow", "-f", is_flag=True, help="Go on with new entries, until Ctrl-C.")
@click.option("--har", is_flag=True, help="Print an HTTP archive, HAR 1.2; callers have names in place of tokens.")
@on_world
def journal(
    *, world: MockWorld, terminal: Terminal, since: str | None, last: int | None, follow: bool, har: bool, **wanted: Any
) -> None:
    """Show the requests of a world, the latest last."""
    sought = {name: value for name, value in {**wanted, "since": since}.items() if value is not None}
    if har:
        most = {} if last is None else {"last": last}
        click.echo(json.dumps(world.har(**sought, **most), ensure_ascii=False, indent=2))
        return
    if follow:
        _follow(terminal, world, last or _SHOWN, **sought)
        return
    entries = world.journal(**sought)
    _list(terminal, entries[-(last or (len(entries) if terminal.as_json else _SHOWN)) :], world.name)


@journal.command()
@_add_filters
@click.option("--min", "least", type=click.IntRange(0), help="How often at least; once, if neither is given.")
@click.option("--max", "most", type=click.IntRange(0), help="How often at most.")
@on_world
def verify(*, world: MockWorld, terminal: Terminal, least: int | None, most: int | None, **wanted: Any) -> None:
    """Fail, with the nearest misses, unless the number of matching requests is right."""
    times = {name: value for name, value in (("min", least), ("max", most)) if value is not None}
    sought = {name: value for name, value in wanted.items() if value is not None}
    found = world.verify(**sought, **({"times": times} if times else {}))
    terminal.print({"count": len(found), "entries": found}, f"found {len(found)} in {world.name}")


@journal.command()
@on_world
def clear(*, world: MockWorld, terminal: Terminal) -> None:
    """Delete every entry."""
    world.clear_journal()
    terminal.print({"status": "deleted"}, f"the journal of {world.name} is empty")


def _follow(
    terminal: Terminal,
    world: MockWorld,
    most: int,
    *,
    with_console: bool = False,
    since: str | None = None,
    **wanted: Any,
) -> None:
    """Print the latest entries that are wanted, at most so many, and then what comes, without end."""
    everything = world.journal(with_console=with_console)
    latest = everything[-1]["id"] if everything else 0
    show = _print_json if terminal.as_json else make_following_table(everything, world).add
    chosen = {**wanted, **({} if since is None else {"since": since})}
    entries = world.journal(with_console=with_console, **chosen) if chosen else everything
    for entry in [each for each in entries if each["id"] <= latest][-most:]:  # a later one comes below
        show(entry)
    for entry in world.follow(latest, with_console=with_console):
        if "gap" in entry:
            if entry["gap"]["from"] > 1:  # else of what was gone before anything was shown
                show(entry)
        elif all(entry[name] == value for name, value in wanted.items()):
            show(entry)


def _list(terminal: Terminal, entries: list[dict[str, Any]], world: str) -> None:
    if terminal.as_json:
        terminal.print_data({"entries": entries})
    elif not entries:
        click.echo(f"the journal of {world} has no such entry")
    else:
        table = EntryTable(entries)
        for entry in entries:
            table.add(entry)


def _print_json(entry: Mapping[str, Any]) -> None:
    click.echo(json.dumps(entry, ensure_ascii=False))


@click.group(name="coverage", invoke_without_command=True)
@click.option("--with-console", is_flag=True, help="What the console read to show its views, in a column of its own.")
@on_world
def coverage(*, world: MockWorld, terminal: Terminal, with_console: bool) -> None:
    """Show which answers of the contract were met by clients."""
    cells = world.coverage()
    rows = [
        _make_row(name, list(of), with_console=with_console)
        for name, of in groupby(cells, key=lambda cell: cell["operation_id"])
    ]
    columns = ("operation", "met", *(("by console",) if with_console else ()), "of", "remaining")
    terminal.print_table({"cells": cells}, columns, rows, empty="the contract is empty")
    if not terminal.as_json:
        console = f", and {_count_met(cells, 'console_count')} by the console" if with_console else ""
        click.echo(f"{_count_met(cells)} of {len(cells)} answers met in {world.name}{console}")


@coverage.command(name="clear")
@on_world
def clear_coverage(*, world: MockWorld, terminal: Terminal) -> None:
    """Set all counts to zero."""
    world.clear_coverage()
    terminal.print({"status": "deleted"}, f"the coverage of {world.name} is empty")


def _make_row(operation: str, cells: list[dict[str, Any]], *, with_console: bool) -> tuple[object, ...]:
    missing = ", ".join(f"{cell['status']} {cell['code'] or ''}".rstrip() for cell in cells if not cell["count"])
    by_console = (_count_met(cells, "console_count"),) if with_console else ()
    return operation, _count_met(cells), *by_console, len(cells), missing


def _count_met(cells: Iterable[dict[str, Any]], by: str = "count") -> int:
    return sum(cell[by] > 0 for cell in cells)
