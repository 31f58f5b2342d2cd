"""The limits of a defect to its operations."""

from __future__ import annotations

from collections.abc import Awaitable

from msgspec.structs import replace

from mock_server.pipeline.gates import GATES, Gate
from mock_server.pipeline.gates.target import known_method
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Handler
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

Operations = frozenset[str] | None  # the ids of operations; None: all, and requests of none

_UNROUTED = GATES.index(known_method) + 1  # the number of the gates before which no operation is known


def only_on(operations: Operations, wrong: Hooks, right: Hooks) -> Hooks:
    """Return the wrong hooks for calls of these operations of the API, and the right ones for all others.

    A gate before the operation is known sees every call of the API, and decides by its path.
    """

    def handler(name: str, served: Handler) -> Handler:
        concerned = operations is None or name in operations
        return (wrong if concerned else right).handler(name, served)

    def answer(call: Call, given: Answer) -> Answer:
        change = (wrong if _concerns(operations, call) else right).answer
        return given if change is None else change(call, given)

    return replace(
        wrong,
        handler=handler,
        gates=tuple(
            ours if ours is theirs else _gate(None if at < _UNROUTED else operations, ours, theirs)
            for at, (ours, theirs) in enumerate(zip(wrong.gates, right.gates, strict=True))
        ),
        answer=right.answer if wrong.answer is right.answer else answer,
    )


def _gate(operations: Operations, ours: Gate, theirs: Gate) -> Gate:
    def gate(call: Call) -> Awaitable[None] | None:
        return (ours if _concerns(operations, call) else theirs)(call)

    return gate


def _concerns(operations: Operations, call: Call) -> bool:
    """Whether a call is one of these operations, or of a path that has one of them."""
    if call.faults is None:  # a call of the control API, which has no defects
        return False
    if operations is None:
        return True
    if call.operation_id is not None:
        return call.operation_id in operations
    route = getattr(call, "route", None)
    return route is not None and any(each.id in operations for each in route.methods.values())
