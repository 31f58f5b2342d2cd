"""`evershell-mock worlds`, `reset`, `rewind` and `clock`: whole worlds, their moves between nodes, and their clocks."""

from __future__ import annotations

import re
import socket as sockets
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from mock_server.client import DEFAULT, Mock, MockError, MockWorld
from mock_server.commands.running import Terminal, complete_worlds, on_mock, on_world

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STEP = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_SOCKET_TIMEOUT_S = 10.0


@click.group(name="worlds", invoke_without_command=True)
@on_mock
def worlds(*, mock: Mock, terminal: Terminal) -> None:
    """List, make, fork and delete worlds."""
    known = mock.worlds()
    columns = ["world", "requests", "snapshots", "clock"]
    rows = [[each["name"], each["requests"], each["snapshots"], _describe_clock(each["clock"])] for each in known]
    if mock.nodes:
        columns.append("node")
        rows = [[*row, each["node"]] for row, each in zip(rows, known, strict=True)]
    terminal.print_table({"worlds": known}, columns, rows, empty="there are none")


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
    shell_complete=complete_worlds,
    help="The world to copy.",
)
@on_mock
def fork(*, mock: Mock, terminal: Terminal, name: str, source: str) -> None:
    """Make a world with the state of another one."""
    world = mock.world(source).fork(name)
    terminal.print({"name": name, "url": world.url}, world.url)


@worlds.command()
@click.argument("name", shell_complete=complete_worlds)
@on_mock
def delete(*, mock: Mock, terminal: Terminal, name: str) -> None:
    """Delete a world."""
    mock.ask("DELETE", f"/worlds/{quote(name, safe='')}")
    terminal.print({"name": name, "status": "deleted"}, f"deleted {name}")


@worlds.command()
@click.option("--from", "node", metavar="NODE", help="Of this node alone; else of every node.")
@click.option(
    "--socket",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="HAProxy's admin socket, by which --from takes no more worlds first.",
)
@click.option("--proxy", default="mock", show_default=True, help="The section of HAProxy in which the nodes are.")
@on_mock
def move(*, mock: Mock, terminal: Terminal, node: str | None, socket: Path | None, proxy: str) -> None:
    """Move worlds to the nodes to which their requests go.

    After a node was drained, added, or is back. The state of a world is moved, its clock included; its journal, faults,
    snapshots and coverage stay behind, and are deleted with it.
    """
    if node is not None and node not in mock.nodes:
        raise MockError(f"there is no node {node}: {', '.join(mock.nodes) or 'this mock is on one node'}")
    if socket is not None:
        if node is None:
            raise MockError("--socket is for --from, whose node it drains")
        _drain(socket, f"{proxy}/{node}")
    moved = list(_move_worlds(mock, mock.nodes if node is None else (node,)))
    lines = [f"{each.world}  {each.source} → {each.target}{each.warning}" for each in moved]
    text = "\n".join(lines) or "every world is where its requests go"
    terminal.print({"moved": [asdict(each) for each in moved]}, text)


@dataclass(frozen=True, slots=True)
class MovedWorld:
    """A world that was moved, and how many requests the other node had answered before it had its state."""

    world: str
    source: str
    target: str
    early: int

    @property
    def warning(self) -> str:
        """Return what has to be said, after the nodes."""
        return f"  ({self.early} requests were answered there before, from the seed data)" if self.early else ""


def _move_worlds(mock: Mock, nodes: Iterable[str]) -> Iterator[MovedWorld]:
    """Move each world of these nodes whose requests go to another one; those in use first."""
    for source in nodes:
        for each in reversed(mock.list_worlds_at(source)):
            target = mock.find_node(each["name"])
            if target != source and (each["name"] != DEFAULT or each["requests"]):
                yield _move_one(mock, each["name"], source, target)


def _move_one(mock: Mock, name: str, source: str, target: str) -> MovedWorld:
    state, path = mock.export_at(source, name), f"/worlds/{quote(name, safe='')}"
    early: int = mock.ask("GET", path)["requests"]
    mock.world(name).load(state)
    mock.ask_node(source, "DELETE", path)
    return MovedWorld(name, source, target, early)


def _drain(path: Path, server: str) -> None:
    """Let a server of HAProxy take no more worlds; MockError where its socket does not do so."""
    try:
        with closing(sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)) as asked:
            asked.settimeout(_SOCKET_TIMEOUT_S)
            asked.connect(str(path))
            asked.sendall(f"set server {server} state drain\n".encode())
            said = b"".join(iter(lambda: asked.recv(4096), b"")).decode().strip()
    except OSError as error:
        raise MockError(f"--socket {path}: {error.strerror or error}") from error
    if said:
        raise MockError(f"--socket {path}: {said}")


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


def _read_duration(text: str) -> float:
    """The seconds of a time span such as 15m or 1d12h."""
    if not re.fullmatch(rf"(?:{_STEP.pattern})+", text):
        raise click.BadParameter(f"{text!r} is no time span; it is like 90s, 15m, 2h, 30d, 1w or 1d12h.")
    return sum(float(number) * _UNITS[unit] for number, unit in _STEP.findall(text))


def _read_moment(text: str) -> str:
    """A date, or a date-time with its zone (RFC 3339), as a date-time."""
    moment = f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text
    try:
        zone = datetime.fromisoformat(moment).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise click.BadParameter(f"{text!r} is no time; it is like 2026-05-01 or 2026-05-01T12:30:00Z.")
    return moment


@click.group(name="clock", invoke_without_command=True)
@on_world
def clock(*, world: MockWorld, terminal: Terminal) -> None:
    """Show, freeze and move the clock of a world."""
    _show(world, terminal)


@clock.command()
@click.argument("time", required=False, type=_read_moment)
@on_world
def freeze(*, world: MockWorld, terminal: Terminal, time: str | None) -> None:
    """Freeze the clock, at TIME (RFC 3339) or as it is."""
    world.freeze(time or world.clock()["now"])
    _show(world, terminal)


@clock.command()
@click.argument("span", type=_read_duration)
@click.option("--back", is_flag=True, help="Move it back.")
@on_world
def advance(*, world: MockWorld, terminal: Terminal, span: float, back: bool) -> None:
    """Move the clock by SPAN: 90s, 15m, 2h, 30d, 1w or 1d12h."""
    world.advance(-span if back else span)
    _show(world, terminal)


@clock.command()
@click.argument("count", default=1, type=click.IntRange(1, 1000))
@on_world
def step(*, world: MockWorld, terminal: Terminal, count: int) -> None:
    """Move the clock to when a workspace or a task takes its next step, COUNT times."""
    world.step(count)
    _show(world, terminal)


@clock.command()
@on_world
def real(*, world: MockWorld, terminal: Terminal) -> None:
    """Set the clock to the real time."""
    world.run_clock()
    _show(world, terminal)


def _show(world: MockWorld, terminal: Terminal) -> None:
    shown = world.clock()
    due = shown.get("next")
    terminal.print(shown, _describe_clock(shown) + (f", next {due['object']} at {due['at']}" if due else ""))


def _describe_clock(shown: dict[str, Any]) -> str:
    """Return the time and the mode of a clock."""
    offset = shown.get("offset_seconds", 0)
    mode = shown["mode"] if not offset else f"real {offset:+g} s"
    return f"{shown['now']} ({mode})"
