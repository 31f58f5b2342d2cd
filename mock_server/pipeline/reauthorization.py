"""Requests that wait, and are judged once more by the state and the time of their commit."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any, TypeVar

from mock_server.contract.forced import ForcedAnswer
from mock_server.errors import ApiError
from mock_server.pipeline.gates import AUTHORITY, GATES, Gate
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.call import Call
from mock_server.worlds.faults import ConnectionDropped
from mock_server.worlds.world import World

R = TypeVar("R")


class Reauthorizer:
    """Lets requests wait, each within the epoch of its world, and authorizes them again when they go on."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._authority = [gate for gate, right in zip(hooks.gates, GATES, strict=True) if right in AUTHORITY]

    async def wait_for(self, call: Call, world: World, coming: Awaitable[R], gate: Gate | None = None) -> R:
        """Wait for what a gate, or after all of them the operation, has to wait for.

        A refusal by what the caller may do comes before the one that was waited for, if any: it is the
        earlier one in the list of gates. Superseded where the world is taken to another state meanwhile.
        """
        steps = coming.__await__()
        try:
            rest = _resumed(steps, next(steps))
        except StopIteration as end:  # it does not wait after all, such as for a body that is there already
            result: R = end.value
            return result
        try:
            result = await world.epoch.wait_for(rest)
        except (ApiError, ForcedAnswer, ConnectionDropped):
            await self._judge_again(call, world, gate)
            raise
        await self._judge_again(call, world, gate)
        return result

    async def _judge_again(self, call: Call, world: World, until: Gate | None) -> None:
        """Let the call see the world as it is now, and pass the gates again whose verdict depends on that."""
        world.catch_up()
        call.state, call.now = world.state, self._hooks.now(world)
        for gate in self._authority_before(until):
            try:
                if (waiting := gate(call)) is not None:
                    await self.wait_for(call, world, waiting, gate)
            except ApiError:
                call.refused_by = self._hooks.name_of(gate)
                raise

    def _authority_before(self, until: Gate | None) -> list[Gate]:
        if until is None:
            return self._authority
        gates = self._hooks.gates
        passed = gates[: gates.index(until)]
        return [gate for gate in self._authority if gate in passed]


@coroutine
def _resumed(steps: Generator[Any, Any, R], waited_for: Any) -> Generator[Any, Any, R]:
    """Run on what was run up to its first wait."""
    while True:
        try:
            yield waited_for
        except BaseException as thrown:  # noqa: BLE001 - it is handed on, whatever it is
            waited_for = None  # a future that failed knows its error, which knows this frame: neither would be let go
            try:
                waited_for = steps.throw(thrown)
            except StopIteration as end:
                result: R = end.value
                return result
        else:
            return (yield from steps)
