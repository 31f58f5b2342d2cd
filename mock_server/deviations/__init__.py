"""Deliberate, named defects: each breaks rules of the contract on purpose.

They prove that the conformance suite notices, and show what a failure looks like. A group of defects is a
module or a folder, a defect a function that does the wrong thing; its decorator, of `planting`, says in the
place of what. The wheel has those of one operation, as examples; a clone has all.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from mock_server.deviations.planting.deviation import DEVIATIONS, Deviation
from mock_server.deviations.planting.memory import remember_world
from mock_server.errors import StartError
from mock_server.pipeline.hooks import Hooks

IN_A_CLONE = "benchmarks.planted_defects"
"""The package with all the others, which is not in the wheel."""


def list_deviations() -> tuple[Deviation, ...]:
    """Return every defect, clause by clause; imports every module that has some."""
    for name in (__name__, IN_A_CLONE):
        for module in pkgutil.walk_packages(_find_folders(name), f"{name}."):
            importlib.import_module(module.name)
    return tuple(sorted(DEVIATIONS.values(), key=lambda each: (each.clause, each.id)))


def _find_folders(package: str) -> Iterator[str]:
    """Yield where a package is; nowhere, if it is not installed."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return
    yield from (spec and spec.submodule_search_locations) or ()


def plant(names: Iterable[str]) -> Hooks:
    """Return the hooks with these defects; raises StartError for an unknown id."""
    names = tuple(names)
    if not names:
        return Hooks()
    known = {each.id: each for each in list_deviations()}
    hooks = Hooks()
    for name in names:
        if name not in known:
            more = "" if any(_find_folders(IN_A_CLONE)) else "; a clone of the project has more than the package"
            raise StartError(f"--deviation {name}: there is none; `evershell-mock deviations` lists them{more}")
        hooks = known[name].apply_to(hooks)
    return remember_world(hooks)
