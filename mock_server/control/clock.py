"""The clock of a world: read, frozen, moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.clock import Clock, ClockError, frozen, moment
from mock_server.control import Desk, control
from mock_server.errors import ValidationFailed
from mock_server.operations import Reply, Request
from mock_server.records import clock_record
from mock_server.view import timestamp
from mock_server.worlds import World


def shown_clock(world: World) -> dict[str, Any]:
    """Return what the clock of a world shows, and how it goes."""
    return {**clock_record(world.state.clock), "now": timestamp(world.now())}


@control("clock.get")
async def get(desk: Desk, request: Request) -> Reply:
    """Return the clock of a world."""
    return Reply(200, shown_clock(desk.world(request)))


@control("clock.replace")
async def replace(desk: Desk, request: Request) -> Reply:
    """Set or move the clock of a world; ValidationFailed for what is none of the three ways."""
    world = desk.world(request)
    world.commit(world.state.with_clock(_changed(world, request.body)))
    return Reply(200, shown_clock(world))


def _changed(world: World, body: Mapping[str, Any]) -> Clock:
    if ("mode" in body) == ("advance_seconds" in body):
        raise _refusal("body", "It has either a mode, real or frozen, or advance_seconds.")
    if "now" in body and body.get("mode") != "frozen":
        raise _refusal("now", "Only a frozen clock stands at a time.")
    if body.get("mode") == "real":
        return Clock()
    field = "now" if "mode" in body else "advance_seconds"
    try:
        if field == "now":
            return frozen(moment(body["now"]) if "now" in body else world.now())
        return world.state.clock.advanced(body["advance_seconds"], world.real())
    except ClockError as error:
        raise _refusal(field, str(error)) from error
    except ValueError as error:
        raise _refusal(field, f"It is not a date-time that can be: {error}.") from error


def _refusal(field: str, text: str) -> ValidationFailed:
    return ValidationFailed(fields={field: text})
