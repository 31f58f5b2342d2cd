"""Deliberate, named defects: each breaks rules of the contract on purpose.

They prove that the conformance suite notices, and show what a failure looks like. One folder a group,
one function a defect: it takes the seams and gives them back with one of them spoilt. What several
defects need (to edit an answer, to wrap an operation, to remember) stands beside the folders.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mock_server.contract.compiled import StartError
from mock_server.deviations.scoping import only_on
from mock_server.pipeline.hooks import Seams
from mock_server.resources.operation import handlers

Plant = Callable[[Seams], Seams]


@dataclass(frozen=True, slots=True)
class Deviation:
    """A defect: what it does and where, and the rules that it breaks, the one it was written for first."""

    id: str
    group: str
    clause: str
    text: str
    breaks: tuple[str, ...]
    operations: tuple[str, ...]
    everywhere: bool  # on each operation, and on paths and methods that are none
    plant: Plant

    def planted(self, seams: Seams) -> Seams:
        """The seams with this defect, on its own operations."""
        spoilt = self.plant(seams)
        return only_on(None if self.everywhere else frozenset(self.operations), spoilt, seams)


_DEVIATIONS: dict[str, Deviation] = {}


def deviation(name: str, *breaks: str, on: tuple[str, ...] = ()) -> Callable[[Plant], Plant]:
    """Register a defect of these operations, or of all; its docstring says what it does.

    Its name begins with the clause of the first rule; the folder of its module is its group.
    """

    def bind(function: Plant) -> Plant:
        if name in _DEVIATIONS:
            raise TypeError(f"deviation {name!r} is there twice")
        _DEVIATIONS[name] = Deviation(
            id=name,
            group=function.__module__.split(".")[-2],
            clause=name.partition("-")[0],
            text=(function.__doc__ or "").strip(),
            breaks=breaks,
            operations=on or tuple(handlers()),
            everywhere=not on,
            plant=function,
        )
        return function

    return bind


def deviations() -> tuple[Deviation, ...]:
    """Every defect, clause by clause, after importing each module of this package."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_DEVIATIONS.values(), key=lambda each: (each.clause, each.id)))


def plant(names: Iterable[str]) -> Seams:
    """The seams with these defects; StartError for an id that is none."""
    names = tuple(names)
    known = {each.id: each for each in deviations()} if names else {}
    seams = Seams()
    for name in names:
        if name not in known:
            raise StartError(f"--deviation {name}: there is none; `evershell-mock deviations` lists them")
        seams = known[name].planted(seams)
    return seams
