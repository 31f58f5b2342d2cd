"""One mock in which one defect after the other is planted and taken out again, since a mock takes long to make."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest

from mock_server import Settings, in_process
from mock_server.client import Mock
from mock_server.deviations import list_deviations
from mock_server.deviations.planting.memory import remember_world
from mock_server.errors import ApiError
from mock_server.operation import Handler, Reply, Request
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.hooks import Hooks
from mock_server.settings import StreamTimes
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.world import World

TIMES = StreamTimes(heartbeat=0.05)
DEVIATIONS = {each.id: each for each in list_deviations()}


class Turns:
    """A mock in this process, and the defect that it has just now, if any."""

    def __init__(self) -> None:
        self.mock: Mock
        self._hooks = Hooks()
        self._right: dict[str, Handler] = {}
        self._present: dict[str, Handler] = {}

    @contextmanager
    def serving(self) -> Iterator[Turns]:
        """Serve until the block ends."""
        with ExitStack() as running:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("mock_server.app.plant", lambda _names: self._hooks_in_turn())
                self.mock = running.enter_context(in_process(Settings(stream_times=TIMES)))
            yield self

    @contextmanager
    def planted(self, name: str) -> Iterator[Mock]:
        """Yield the mock with a defect; one that makes an operation wait which does not needs a mock of its own."""
        hooks = remember_world(DEVIATIONS[name].apply_to(Hooks()))
        present = {each: hooks.handler(each, right) for each, right in self._right.items()}
        if any(present[each].prepare and not right.prepare for each, right in self._right.items()):
            with in_process(Settings(deviations=(name,), stream_times=TIMES)) as mock:
                yield mock
            return
        self._hooks, self._present = hooks, present
        try:
            yield self.mock
        finally:
            self._hooks, self._present = Hooks(), dict(self._right)

    def _hooks_in_turn(self) -> Hooks:
        """The hooks that do what those do which are planted when they are asked."""

        def gate(at: int) -> Gate:
            def passes(call: Call) -> Awaitable[None] | None:
                return self._hooks.gates[at](call)

            return passes

        def now(world: World) -> datetime:
            return self._hooks.now(world)

        def request_id(world: World) -> str:
            return self._hooks.request_id(world)

        def answer(call: Call, given: Answer) -> Answer:
            return given if self._hooks.answer is None else self._hooks.answer(call, given)

        gates = tuple(map(gate, range(len(self._hooks.gates))))
        return Hooks(gates, self._handler_in_turn, now, request_id, answer)

    def _handler_in_turn(self, name: str, right: Handler) -> Handler:
        self._right[name] = self._present[name] = right

        def transition(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            return self._present[name].transition(state, request)

        def prepare(request: Request) -> Awaitable[Request]:
            present = self._present[name].prepare
            assert present is not None, f"{name} prepares what it is sent, with each defect"
            return present(request)

        return Handler(transition, None if right.prepare is None else prepare)
