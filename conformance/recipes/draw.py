"""Values of a Hypothesis strategy as a list: no database, no deadline, and the seed decides all."""

from __future__ import annotations

import gc
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
HOME = "HYPOTHESIS_STORAGE_DIRECTORY"
GARBAGE = 20_000
"""Objects that are made before the collector looks for circles among them."""


def settle() -> None:
    """Set up a process that has loaded all that it needs."""
    draw_by_seed_alone()
    # The collector need not look at it again each time: that took a tenth of a run.
    gc.freeze()
    gc.set_threshold(GARBAGE)


def write_elsewhere() -> None:
    """Have Hypothesis keep what it computes once among the user's caches, and not in the working folder.

    Whoever names another place, in HYPOTHESIS_STORAGE_DIRECTORY, has it there.
    """
    if HOME in os.environ:
        return
    caches = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(caches) if caches and Path(caches).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # no home
        folder = Path(tempfile.gettempdir()) / f"evershell-conformance-{os.getuid()}"
    set_hypothesis_home_dir(folder / "evershell-conformance" / "hypothesis")


def draw_by_seed_alone() -> None:
    """Have no value of this process depend on which modules are loaded.

    Hypothesis puts in constants that it finds in the code of a project. What that is depends on how the suite is
    installed and which of its parts are in use, so one seed would not mean the same requests in a run, in its
    replay and in each of several processes. It has no setting for this.
    """
    HypothesisProvider._local_constants = Constants()  # type: ignore[method-assign, assignment]  # noqa: SLF001


def derived(seed: int, *names: str) -> int:
    """A seed of its own for each thing that draws, so that leaving one out changes no other."""
    text = "\0".join((str(seed), *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def drawn(strategy: SearchStrategy[T], count: int, seed: int) -> list[T]:
    """Up to count values, fewer where the strategy has no more; none where it has none at all."""
    values: list[T] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=max(count, 1),
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(strategy)
    def keep(value: T) -> None:
        values.append(value)

    try:
        keep()
    except Unsatisfiable:
        # An operation that takes nothing has no invalid request: that is no error of anybody's.
        return []
    return values[:count]
