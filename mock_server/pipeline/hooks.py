"""Places in the pipeline where a deliberate defect may attach, or what passes an operation on to another server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from mock_server.operation import Handler
from mock_server.pipeline.gates import GATES, NAMES, OPERATION, Gate
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.world import World


def _keep_handler(_operation_id: str, handler: Handler) -> Handler:
    return handler


class AnsweredElsewhere(Exception):
    """The answer to a call that was passed on to another server, which ends its way here."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Hooks(Struct, frozen=True):
    """The functions that may be replaced; the defaults are right."""

    gates: tuple[Gate, ...] = GATES
    handler: Callable[[str, Handler], Handler] = _keep_handler  # what it shows of the state included
    now: Callable[[World], datetime] = World.read_clock
    request_id: Callable[[World], str] = World.make_request_id
    answer: Callable[[Call, Answer], Answer] | None = None  # outside the response check

    def name_gate(self, gate: Gate | None) -> str:
        """Return the journal's name for a gate, or what stands in its place; None is the operation itself."""
        return OPERATION if gate is None else NAMES[GATES[self.gates.index(gate)]]

    def with_gate(self, gate: Gate, change: Callable[[Gate, Call], Awaitable[None] | None]) -> Hooks:
        """The hooks with a gate changed once more; `change` is given what stood there, and the call."""
        at = GATES.index(gate)
        before = self.gates[at]
        return replace(self, gates=(*self.gates[:at], lambda call: change(before, call), *self.gates[at + 1 :]))

    def with_handler(self, change: Callable[[str, Handler], Handler]) -> Hooks:
        """The hooks with handlers changed once more."""
        before = self.handler
        return replace(self, handler=lambda name, handler: change(name, before(name, handler)))

    def with_answer(self, change: Callable[[Call, Answer], Answer]) -> Hooks:
        """The hooks with answers changed once more."""
        before = self.answer
        if before is None:
            return replace(self, answer=change)
        return replace(self, answer=lambda call, answer: change(call, before(call, answer)))
