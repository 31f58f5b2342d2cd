"""Calls that wait, and pass the gates again when they go on: a commit is judged by the state and the time of then."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from mock_server.contract.forced import ForcedAnswer
from mock_server.errors import ApiError
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.call import Call
from mock_server.worlds.faults import ConnectionDropped
from mock_server.worlds.world import World

R = TypeVar("R")


async def wait_for(call: Call, world: World, hooks: Hooks, coming: Awaitable[R], gate: Gate | None = None) -> R:
    """Return what a gate, or the operation after all of them, waits for, once the call has passed those before again.

    A refusal by one of them comes before the one that was waited for. Superseded where the world is taken to
    another state meanwhile.
    """
    try:
        result = await world.epoch.wait_for(coming)
    except (ApiError, ForcedAnswer, ConnectionDropped):
        await _pass_again(call, world, hooks, gate)
        raise
    await _pass_again(call, world, hooks, gate)
    return result


async def _pass_again(call: Call, world: World, hooks: Hooks, until: Gate | None) -> None:
    """Show the call the world as it is now, and let it pass the gates before one, or all of them, again."""
    world.catch_up()
    call.state, call.now, call.passes_again = world.state, hooks.now(world), True
    for gate in hooks.gates:
        if gate is until:
            break
        try:
            if (waiting := gate(call)) is not None:
                await world.epoch.wait_for(waiting)
        except ApiError:
            call.refused_by = hooks.name_gate(gate)
            raise
    call.passes_again = False
