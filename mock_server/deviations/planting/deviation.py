"""A deviation, and the decorators that make one of a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from mock_server.contract.document import find_operation_ids, load_document
from mock_server.operation import Handler
from mock_server.pipeline.gates import GATES, Gate
from mock_server.pipeline.gates.target import require_method
from mock_server.pipeline.hooks import Hooks
from mock_server.settings import find_own_contract
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

F = TypeVar("F", bound=Callable[..., Any])
Plan = Callable[[Hooks], Hooks]
"""A function that puts a defect into the hooks of the pipeline."""

_UNROUTED = GATES.index(require_method) + 1  # the number of the gates before which no operation is known


@dataclass(frozen=True, slots=True)
class Deviation:
    """A defect: what it does, where, and the rules that it breaks, the one that it was written for first."""

    id: str
    group: str
    clause: str
    text: str
    breaks: tuple[str, ...]
    operations: tuple[str, ...]
    everywhere: bool  # on every operation, and on unknown paths and methods
    plant: Plan

    def apply_to(self, right: Hooks) -> Hooks:
        """Return the hooks with this defect on calls of its operations, and as they were for all others.

        A gate before the operation is known sees every call of the API, and decides by its path.
        """
        wrong = self.plant(right)

        def wrap_handler(name: str, served: Handler) -> Handler:
            concerned = self.everywhere or name in self.operations
            return (wrong if concerned else right).handler(name, served)

        def wrap_answer(call: Call, given: Answer) -> Answer:
            change = (wrong if self._concerns(call) else right).answer
            return given if change is None else change(call, given)

        return replace(
            wrong,
            handler=wrap_handler,
            gates=tuple(
                ours if ours is theirs else self._plant_at_gate(ours, theirs, unrouted=at < _UNROUTED)
                for at, (ours, theirs) in enumerate(zip(wrong.gates, right.gates, strict=True))
            ),
            answer=right.answer if wrong.answer is right.answer else wrap_answer,
        )

    def _plant_at_gate(self, ours: Gate, theirs: Gate, *, unrouted: bool) -> Gate:
        return lambda call: (ours if self._concerns(call, unrouted=unrouted) else theirs)(call)

    def _concerns(self, call: Call, *, unrouted: bool = False) -> bool:
        """Whether a call is one of these operations, or of a path that has one of them."""
        if call.faults is None:  # a call of the control API, which has no defects
            return False
        if self.everywhere or unrouted:
            return True
        if call.operation_id is not None:
            return call.operation_id in self.operations
        route = getattr(call, "route", None)
        return route is not None and any(each.id in self.operations for each in route.methods.values())


DEVIATIONS: dict[str, Deviation] = {}
"""The deviations of the modules that were imported, by their ids."""


@cache
def _list_all_operations() -> tuple[str, ...]:
    return tuple(find_operation_ids(load_document(find_own_contract()), find_own_contract().name))


def register(name: str, breaks: tuple[str, ...], *, on: tuple[str, ...], text: str, module: str, plant: Plan) -> None:
    """Add a defect of these operations, or of all; the module or folder that it stands in is its group.

    The name begins with the clause of the first rule.
    """
    if name in DEVIATIONS:
        raise TypeError(f"deviation {name!r} is there twice")
    DEVIATIONS[name] = Deviation(
        id=name,
        group=module.split(".")[2],
        clause=name.partition("-")[0],
        text=text,
        breaks=breaks,
        operations=on or _list_all_operations(),
        everywhere=not on,
        plant=plant,
    )


class Planter(Generic[F]):
    """A decorator that registers a function as a deviation; `plant` puts it into the hooks of the pipeline."""

    def __init__(self, plant: Callable[[Hooks, F], Hooks]) -> None:
        self.plant = plant

    def make_plan(self, function: F) -> Plan:
        """Return what puts this function into hooks."""
        return lambda hooks: self.plant(hooks, function)

    def __call__(self, name: str, *breaks: str, on: tuple[str, ...] = ()) -> Callable[[F], F]:
        """Register a defect of these operations, or of all: a function whose docstring says what it does."""

        def bind(function: F) -> F:
            text = (function.__doc__ or "").strip()
            register(name, breaks, on=on, text=text, module=function.__module__, plant=self.make_plan(function))
            return function

        return bind


@Planter
def wrong_hooks(hooks: Hooks, change: Callable[[Hooks], Hooks]) -> Hooks:
    """Plant a defect that changes several hooks by itself."""
    return change(hooks)
