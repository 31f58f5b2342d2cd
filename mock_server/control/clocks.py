"""Control calls on the clock of a world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from mock_server.control import ControlContext, control
from mock_server.control.errors import NothingDue, OutOfTime
from mock_server.errors import ValidationFailed
from mock_server.operation import Reply, Request
from mock_server.resources.workspaces.life.table import Machine, find_step
from mock_server.state.clock import Clock, ClockError, freeze, parse_moment, write_timestamp
from mock_server.state.records import make_clock_record
from mock_server.state.state import State, Timer
from mock_server.worlds.world import World


@control("clock.get")
async def get(context: ControlContext, request: Request) -> Reply:
    """Return the clock of a world, and as much of what is due by it as the query asks for."""
    world, most = context.find_world(request), request.query.get("due", 0)
    shown = show_clock(world)
    if most:
        shown["due"] = [_show_timer(world.state, timer) for timer in world.state.timers[: int(most)]]
    return Reply(200, shown)


@control("clock.replace")
async def replace(context: ControlContext, request: Request) -> Reply:
    """Set or move the clock of a world; raises OutOfTime where no clock can stand at that time, and NothingDue."""
    world, steps = context.find_world(request), request.body.get("advance_steps")
    try:
        if steps is None:
            _set(world, _change(world, request.body))
        else:
            _step(world, steps)
    except ClockError as error:
        raise OutOfTime(str(error)) from error
    return Reply(200, show_clock(world))


def _set(world: World, clock: Clock) -> None:
    """Give the world this clock, and let happen what is due by it."""
    world.commit(world.state.with_clock(clock))
    world.catch_up()


def _change(world: World, body: Mapping[str, Any]) -> Clock:
    if body.get("mode") == "real":
        return Clock()
    if "advance_seconds" in body:
        return world.state.clock.advance(body["advance_seconds"], world.read_real_time())
    if "advance_to" in body:
        return world.state.clock.move_to(_read_moment(body, "advance_to"), world.read_real_time())
    return freeze(_read_moment(body, "now") if "now" in body else world.read_clock())


def _read_moment(body: Mapping[str, Any], field: str) -> datetime:
    try:
        return parse_moment(body[field])
    except ValueError as error:
        raise ValidationFailed(fields={field: f"It is not a date-time that can be: {error}."}) from error


def _step(world: World, steps: int) -> None:
    """Move the clock to when something is due next, so many times, or until nothing is."""
    timer = _find_next(world)
    if timer is None:
        raise NothingDue("Nothing is due in this world: what is held stays until something acts on it.")
    while timer is not None and steps:
        _set(world, world.state.clock.move_to(timer.at, world.read_real_time()))
        timer, steps = _find_next(world), steps - 1


def _find_next(world: World) -> Timer | None:
    return world.state.timers[0] if world.state.timers else None


def show_clock(world: World) -> dict[str, Any]:
    """Return the clock of a world, and what is due next by it."""
    shown = {**make_clock_record(world.state.clock), "now": write_timestamp(world.read_clock())}
    timer = _find_next(world)
    return shown if timer is None else {**shown, "next": _show_timer(world.state, timer)}


def _show_timer(state: State, timer: Timer) -> dict[str, str]:
    """Return when something is due, of what object, and the step that the clock takes with it, where it is one."""
    shown = {"at": write_timestamp(timer.at), "object": f"{timer.collection}/{timer.key}"}
    table = state.tables[timer.collection]
    status = getattr(table.objects[timer.key], "status", None)
    step = find_step(cast("Machine", table.collection.noun), status, "time")
    return shown if step is None or step.to is None else {**shown, "from": str(status), "to": step.to}
