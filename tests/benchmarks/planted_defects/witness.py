"""A witness of each deviation: the shortest exchange that shows it, and what is right and wrong there."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.planted_defects.scene import Scene

Steps = Callable[[Scene], Any]


@dataclass(frozen=True)
class Witness:
    """The steps end in one answer: the right one from a mock without the deviation, the wrong one with it."""

    deviation: str
    right: Any
    wrong: Any
    steps: Steps


WITNESSES: dict[str, Witness] = {}


def witness(deviation: str, *, right: Any, wrong: Any) -> Callable[[Steps], Steps]:
    """Let the steps bear witness of a deviation."""

    def bind(steps: Steps) -> Steps:
        if deviation in WITNESSES:
            raise TypeError(f"{deviation!r} has two witnesses")
        WITNESSES[deviation] = Witness(deviation, right, wrong, steps)
        return steps

    return bind


def witnesses() -> dict[str, Witness]:
    """Every witness by its deviation; they stand in one module a clause."""
    for path in sorted((Path(__file__).parent / "witnesses").glob("*.py")):
        importlib.import_module(f"tests.benchmarks.planted_defects.witnesses.{path.stem}")
    return WITNESSES
