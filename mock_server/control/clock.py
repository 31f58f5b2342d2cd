"""Control calls on the clock of a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.control import ControlContext, control
from mock_server.control.errors import OutOfTime
from mock_server.errors import ValidationFailed
from mock_server.resources.operation import Reply, Request
from mock_server.state.clock import Clock, ClockError, frozen, moment, timestamp
from mock_server.state.records import clock_record
from mock_server.worlds.worlds import World


def shown_clock(world: World) -> dict[str, Any]:
    """Return the time and the mode of the clock of a world."""
    return {**clock_record(world.state.clock), "now": timestamp(world.now())}


@control("clock.get")
async def get(context: ControlContext, request: Request) -> Reply:
    """Return the clock of a world."""
    return Reply(200, shown_clock(context.world(request)))


@control("clock.replace")
async def replace(context: ControlContext, request: Request) -> Reply:
    """Set or move the clock of a world; OutOfTime where no clock can stand at that time."""
    world = context.world(request)
    world.commit(world.state.with_clock(_changed(world, request.body)))
    return Reply(200, shown_clock(world))


def _changed(world: World, body: Mapping[str, Any]) -> Clock:
    if body.get("mode") == "real":
        return Clock()
    try:
        if "advance_seconds" in body:
            return world.state.clock.advanced(body["advance_seconds"], world.real())
        return frozen(moment(body["now"]) if "now" in body else world.now())
    except ClockError as error:
        raise OutOfTime(str(error)) from error
    except ValueError as error:
        raise ValidationFailed(fields={"now": f"It is not a date-time that can be: {error}."}) from error
