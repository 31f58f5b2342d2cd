"""`evershell-mock clock`: the clock of a world."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import click

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import on_world

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STEP = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


class _Duration(click.ParamType[float]):
    """A time span such as 15m or 1d12h, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        if not re.fullmatch(rf"(?:{_STEP.pattern})+", value):
            self.fail(f"{value!r} is no time span; it is like 90s, 15m, 2h, 30d, 1w or 1d12h.", param, ctx)
        return sum(float(number) * _UNITS[unit] for number, unit in _STEP.findall(value))


class _Moment(click.ParamType[str]):
    """A date, or a date-time with its zone (RFC 3339)."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text: str = f"{value}T00:00:00Z" if _DAY.fullmatch(value) else value
        try:
            zone = datetime.fromisoformat(text).tzinfo
        except ValueError:
            zone = None
        if zone is None:
            self.fail(f"{value!r} is no time; it is like 2026-05-01 or 2026-05-01T12:30:00Z.", param, ctx)
        return text


@click.group(name="clock", invoke_without_command=True)
@on_world
def command(*, world: MockWorld, terminal: Terminal) -> None:
    """Show, freeze and move the clock of a world."""
    if not click.get_current_context().invoked_subcommand:
        _show(world, terminal)


@command.command()
@click.argument("time", required=False, type=_Moment())
@on_world
def freeze(*, world: MockWorld, terminal: Terminal, time: str | None) -> None:
    """Freeze the clock, at TIME (RFC 3339) or as it is."""
    world.freeze(time or world.clock()["now"])
    _show(world, terminal)


@command.command()
@click.argument("span", type=_Duration())
@click.option("--back", is_flag=True, help="Move it back.")
@on_world
def advance(*, world: MockWorld, terminal: Terminal, span: float, back: bool) -> None:
    """Move the clock by SPAN: 90s, 15m, 2h, 30d, 1w or 1d12h."""
    world.advance(-span if back else span)
    _show(world, terminal)


@command.command()
@on_world
def real(*, world: MockWorld, terminal: Terminal) -> None:
    """Set the clock to the real time."""
    world.run_clock()
    _show(world, terminal)


def clock_text(clock: dict[str, Any]) -> str:
    """Return the time and the mode of a clock."""
    offset = clock.get("offset_seconds", 0)
    mode = clock["mode"] if not offset else f"real {offset:+g} s"
    return f"{clock['now']} ({mode})"


def _show(world: MockWorld, terminal: Terminal) -> None:
    clock = world.clock()
    terminal.print(clock, clock_text(clock))
