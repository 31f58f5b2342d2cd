"""The provider state that moves the clock of a world."""

from __future__ import annotations

from typing import Any

from mock_server.control.errors import OutOfTime
from mock_server.control.states.context import StateContext
from mock_server.state.clock import ClockError
from mock_server.state.state import State


def pass_time(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Move the clock of the world forward by so many seconds; what is due by then happens, each at its own time."""
    context.only("seconds")
    seconds, clock = context.seconds("seconds"), context.state.clock
    try:
        return context.state.with_clock(clock.advanced(seconds, context.now - clock.offset)), {}
    except ClockError as error:
        raise OutOfTime(str(error)) from error


def stay(context: StateContext) -> State:
    """Leave the clock where it is: what has happened is not undone."""
    return context.state
