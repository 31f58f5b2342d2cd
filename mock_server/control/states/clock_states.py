"""The provider state that moves the clock of a world."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from mock_server.control.errors import OutOfTime
from mock_server.control.states.context import StateContext
from mock_server.state.clock import ClockError
from mock_server.state.state import State
from mock_server.state.value import Value


class TimeParams(Value):
    """How much later it is to be."""

    seconds: Annotated[float, msgspec.Meta(ge=0)]


def pass_time(context: StateContext, params: TimeParams) -> tuple[State, dict[str, Any]]:
    """Move the clock of the world forward by so many seconds; what is due by then happens, each at its own time."""
    clock = context.state.clock
    try:
        return context.state.with_clock(clock.advanced(params.seconds, context.now - clock.offset)), {}
    except ClockError as error:
        raise OutOfTime(str(error)) from error


def stay(context: StateContext) -> State:
    """Leave the clock where it is: what has happened is not undone."""
    return context.state
