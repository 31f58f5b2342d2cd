"""Deliberate, named defects: each breaks rules of the contract on purpose.

They prove that the conformance suite notices, and show what a failure looks like. A group of defects is a
folder, a defect a function that does the wrong thing; `plant` puts it into the hooks of the pipeline.
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
from mock_server.pipeline.hooks import Hooks
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
    plant: Callable[[Hooks], Hooks]

    def planted(self, hooks: Hooks) -> Hooks:
        """Return the hooks with this defect, on its operations."""
        wrong = self.plant(hooks)
        return only_on(None if self.everywhere else frozenset(self.operations), wrong, hooks)


_DEVIATIONS: dict[str, Deviation] = {}


def deviation(
    name: str, *breaks: str, plant: Callable[[Hooks, F], Hooks], on: tuple[str, ...] = ()
) -> Callable[[F], F]:
    """Register a defect of these operations, or of all: a function whose docstring says what it does.

    `plant` puts the function into the hooks. The name begins with the clause of the first rule; the folder of
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
            plant=lambda hooks: plant(hooks, function),
        )
        return function

    return bind


def with_hooks(hooks: Hooks, change: Callable[[Hooks], Hooks]) -> Hooks:
    """Plant a defect that changes several hooks by itself."""
    return change(hooks)


def deviations() -> tuple[Deviation, ...]:
    """Return every defect, clause by clause; imports every module of this package."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_DEVIATIONS.values(), key=lambda each: (each.clause, each.id)))


def plant(names: Iterable[str]) -> Hooks:
    """Return the hooks with these defects; raises StartError for an unknown id."""
    names = tuple(names)
    known = {each.id: each for each in deviations()} if names else {}
    hooks = Hooks()
    for name in names:
        if name not in known:
            raise StartError(f"--deviation {name}: there is none; `evershell-mock deviations` lists them")
        hooks = known[name].planted(hooks)
    return hooks
