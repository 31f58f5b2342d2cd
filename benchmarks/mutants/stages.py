"""The stages in which a defect is judged: everything, or, where its first finding is enough, the least first."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from benchmarks.mutants.catalogue import Planted

Tests = AbstractSet[tuple[str, str | None]]
"""The rule and the operation of each test of the suite; None: it is about none, or about several."""
Options = list[str]
"""The suite's."""


def list_stages(it: Planted, tests: Tests, *, quick: bool, only: str | None) -> list[Options]:
    """Return the options of one run after the other, of which the first that finds something is the last."""
    if not quick or only:
        return [[*(["-x"] if quick else []), *(["--only", only] if only else [])]]
    rules = [f"--rule={rule}" for rule in it.breaks]
    own = [f"--operation={operation}" for operation in it.operations]
    # A run of no test costs as much as one of a few, and finds nothing.
    narrower = any((rule, operation) in tests for rule in it.breaks for operation in it.operations)
    narrower &= any(rule in it.breaks and operation not in it.operations for rule, operation in tests)
    return [["-x", *options] for options in ([[*rules, *own]] if narrower else []) + [rules, []]]


def narrow_to_operations(it: Planted) -> list[Options]:
    """Return the options of runs that judge the defect's own operations and no others, the shorter run first."""
    own = [f"--operation={operation}" for operation in it.operations]
    return [["-x", "--budget=quick", *own], ["-x", *own]]


def is_narrowed(options: Sequence[str]) -> bool:
    """Return whether a run judges some rules only: where it can send nothing, a later stage may."""
    return any(option.startswith("--rule=") for option in options)
