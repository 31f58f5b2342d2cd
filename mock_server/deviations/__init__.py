"""Deliberate, named defects: each breaks rules of the contract on purpose.

They prove that the conformance suite notices, and show what a failure looks like. A group of defects is a
folder, a defect a function that does the wrong thing; `plant` puts it into the seams of the pipeline.
The modules beside the folders have what several defects use.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from mock_server.deviations.scoping import only_on
from mock_server.errors import StartError
from mock_server.pipeline.hooks import Seams
from mock_server.resources.operation import handlers

F = TypeVar("F", bound=Callable[..., Any])


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
    plant: Callable[[Seams], Seams]

    def planted(self, seams: Seams) -> Seams:
        """Return the seams with this defect, on its operations."""
        wrong = self.plant(seams)
        return only_on(None if self.everywhere else frozenset(self.operations), wrong, seams)


_DEVIATIONS: dict[str, Deviation] = {}


def deviation(
    name: str, *breaks: str, plant: Callable[[Seams, F], Seams], on: tuple[str, ...] = ()
) -> Callable[[F], F]:
    """Register a defect of these operations, or of all: a function whose docstring says what it does.

    `plant` puts the function into the seams. The name begins with the clause of the first rule; the folder of
    the module is the group.
    """

    def bind(function: F) -> F:
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
            plant=lambda seams: plant(seams, function),
        )
        return function

    return bind


def with_seams(seams: Seams, change: Callable[[Seams], Seams]) -> Seams:
    """Plant a defect that changes several seams by itself."""
    return change(seams)


def deviations() -> tuple[Deviation, ...]:
    """Return every defect, clause by clause; imports every module of this package."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_DEVIATIONS.values(), key=lambda each: (each.clause, each.id)))


def plant(names: Iterable[str]) -> Seams:
    """Return the seams with these defects; raises StartError for an unknown id."""
    names = tuple(names)
    known = {each.id: each for each in deviations()} if names else {}
    seams = Seams()
    for name in names:
        if name not in known:
            raise StartError(f"--deviation {name}: there is none; `evershell-mock deviations` lists them")
        seams = known[name].planted(seams)
    return seams
