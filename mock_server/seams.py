"""The named places where a deliberate defect may attach; what stands there by default is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mock_server.answer import Answer
from mock_server.call import Authenticate, Call
from mock_server.credentials import authenticate
from mock_server.gates import GATES, Gate
from mock_server.operations import Transition
from mock_server.worlds import World


def _as_it_is(_operation_id: str, transition: Transition) -> Transition:
    return transition


@dataclass(frozen=True, slots=True)
class Seams:
    """How the pipeline does what a deviation may do wrongly."""

    authenticate: Authenticate = authenticate
    gates: tuple[Gate, ...] = GATES
    transition: Callable[[str, Transition], Transition] = _as_it_is
    request_id: Callable[[World], str] = World.next_request_id
    answer: Callable[[Call, Answer], Answer] | None = None  # outside the response check

    def with_gate(self, gate: Gate, other: Gate) -> Seams:
        """The seams with another function at the place of a gate."""
        return replace(self, gates=tuple(other if each is gate else each for each in self.gates))
