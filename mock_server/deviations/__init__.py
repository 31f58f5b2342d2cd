"""Deliberate, named defects: each breaks rules of the contract on purpose.

They prove that the conformance suite notices, and show what a failure looks like. A group of defects is a
module or a folder, a defect a function that does the wrong thing; its decorator, of `planting`, says in the
place of what.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

from mock_server.deviations.planting.deviation import DEVIATIONS, Deviation
from mock_server.deviations.planting.memory import remembering
from mock_server.errors import StartError
from mock_server.pipeline.hooks import Hooks


def deviations() -> tuple[Deviation, ...]:
    """Return every defect, clause by clause; imports every module of this package."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(DEVIATIONS.values(), key=lambda each: (each.clause, each.id)))


def plant(names: Iterable[str]) -> Hooks:
    """Return the hooks with these defects; raises StartError for an unknown id."""
    names = tuple(names)
    if not names:
        return Hooks()
    known = {each.id: each for each in deviations()}
    hooks = Hooks()
    for name in names:
        if name not in known:
            raise StartError(f"--deviation {name}: there is none; `evershell-mock deviations` lists them")
        hooks = known[name].planted(hooks)
    return remembering(hooks)
