"""The declaration of a defect beside its witness: a row, or a decorator of the function that does the wrong thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from benchmarks.planted_defects.planting.mistakes import grants, overlooks
from benchmarks.planted_defects.planting.objects import Change, changes
from benchmarks.planted_defects.planting.requests import reads
from benchmarks.planted_defects.scene import Scene
from mock_server.deviations.planting.deviation import Plan, Planter, register
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_outcome
from mock_server.errors import ApiError
from mock_server.pipeline.gates import Gate
from mock_server.state.collection import Collection
from mock_server.worlds.call import Call

F = TypeVar("F", bound=Callable[..., Any])
Wrong = Callable[[Run], Outcome]
Grant = Callable[[Run], Outcome | None]
Read = Callable[[Call], object]
F_co = TypeVar("F_co", bound=Callable[..., Any], covariant=True)


@dataclass(frozen=True)
class Witness:
    """The shortest exchange that shows a defect: what it ends in on a right mock, and on one with the defect."""

    right: Any
    wrong: Any
    steps: Callable[[Scene], Any]

    def __call__(self, function: F) -> Witnessed[F]:
        return Witnessed(function, self)


@dataclass(frozen=True)
class Witnessed(Generic[F_co]):
    """A function that does the wrong thing, with its witness."""

    function: F_co
    witness: Witness


WITNESSES: dict[str, Witness] = {}
"""The witnesses of the modules that were imported, by the ids of their defects."""


def shown(right: Any, wrong: Any, steps: Callable[..., Any], *args: Any, **options: Any) -> Witness:
    """Return the witness whose steps, with these arguments, end in the right answer or in the wrong one."""
    return Witness(right, wrong, lambda scene: steps(scene, *args, **options))


def bear_witness(name: str, witness: Witness) -> None:
    """Add the witness of a defect, which has no other one."""
    if name in WITNESSES:
        raise TypeError(f"{name!r} has two witnesses")
    WITNESSES[name] = witness


@dataclass(frozen=True)
class Declaration:
    """The first words of a defect, which either a row or a decorated function goes on with."""

    module: str
    name: str
    breaks: tuple[str, ...]
    on: tuple[str, ...]

    def __call__(self, text: str, plan: Plan, witness: Witness) -> None:
        """Declare a defect by its sentence, what plants it, and what shows it."""
        register(self.name, self.breaks, on=self.on, text=text, module=self.module, plant=plan)
        bear_witness(self.name, witness)

    def plans(self, plan: Callable[[F], Plan]) -> Callable[[Witnessed[F]], F]:
        """Declare a defect by the function below, of which the plan is made, and whose docstring is its sentence."""

        def bind(witnessed: Witnessed[F]) -> F:
            function = witnessed.function
            self((function.__doc__ or "").strip(), plan(function), witnessed.witness)
            return function

        return bind

    def by(self, planter: Planter[F]) -> Callable[[Witnessed[F]], F]:
        """Declare a defect by the function below, as this plants it."""
        return self.plans(planter.make_plan)

    def grants(self, refusal: type[ApiError] | str) -> Callable[[Witnessed[Grant]], Grant]:
        """Declare what the function below does in the place of a refusal, unless it returns None."""
        return self.plans(lambda function: grants(refusal, function))

    def overlooks(self, field: str) -> Callable[[Witnessed[Grant]], Grant]:
        """Declare what the function below does where this field alone is not valid, unless it returns None."""
        return self.plans(lambda function: overlooks(field, function))

    def changes(self, collection: Collection[Any]) -> Callable[[Witnessed[Change]], Change]:
        """Declare which object the operation leaves in the place of the right one."""
        return self.plans(lambda function: changes(collection, function))

    def reads(self, gate: Gate) -> Callable[[Witnessed[Read]], Read]:
        """Declare how the function below changes a call before it comes to a gate."""
        return self.plans(lambda function: reads(gate, function))

    @property
    def wrongly(self) -> Callable[[Witnessed[Wrong]], Wrong]:
        """Declare what the function below does in the place of an operation."""
        return self.plans(wrong_outcome.make_plan)


@dataclass(frozen=True)
class Declarer:
    """The declarer of a module's defects, which names their group."""

    module: str

    def __call__(self, name: str, *breaks: str, on: tuple[str, ...] = ()) -> Declaration:
        """Begin a defect of these operations, or of all, that breaks these rules, the one it is written for first."""
        return Declaration(self.module, name, breaks, on)
