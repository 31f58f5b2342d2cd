"""Deliberate, named defects: each breaks rules of the contract on purpose.

They prove that the conformance suite notices, and show what a failure looks like. One module a
clause, one function a defect: it takes the seams and gives them back with one of them spoilt.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mock_server.contract import StartError
from mock_server.seams import Seams

Plant = Callable[[Seams], Seams]


@dataclass(frozen=True, slots=True)
class Deviation:
    """A defect: what it does, and the rules that it must break."""

    id: str
    clause: str
    text: str
    breaks: tuple[str, ...]
    plant: Plant


_DEVIATIONS: dict[str, Deviation] = {}


def deviation(name: str, *breaks: str) -> Callable[[Plant], Plant]:
    """Register a defect; its docstring says what it does, its module is named as the clause."""

    def bind(function: Plant) -> Plant:
        if name in _DEVIATIONS:
            raise TypeError(f"deviation {name!r} is there twice")
        clause = function.__module__.rpartition(".")[2]
        text = (function.__doc__ or "").strip()
        _DEVIATIONS[name] = Deviation(name, clause, text, breaks, function)
        return function

    return bind


def deviations() -> tuple[Deviation, ...]:
    """Every defect, clause by clause, after importing each module of this package."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return tuple(sorted(_DEVIATIONS.values(), key=lambda each: (each.clause, each.id)))


def plant(names: Iterable[str]) -> Seams:
    """The seams with these defects; StartError for an id that is none."""
    known = {each.id: each for each in deviations()}
    seams = Seams()
    for name in names:
        if name not in known:
            raise StartError(f"--deviation {name}: there is none; `evershell-mock deviations` lists them")
        seams = known[name].plant(seams)
    return seams
