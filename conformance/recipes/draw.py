"""The adapter to Hypothesis 6.170: the values of a strategy as a list that the seed alone decides.

One private name is used, and here alone: `HypothesisProvider._local_constants`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"
"""The environment variable that names the folder of Hypothesis' caches."""


def set_up_hypothesis() -> None:
    """Have Hypothesis write nothing into the working folder, and have values depend on seeds alone.

    By itself it also draws constants that it finds in the code of a project. Which ones depends on how the suite is
    installed and which modules are loaded, so that one seed would not mean the same requests in a run, in its replay
    and in each of several processes. It has no setting for that.
    """
    os.environ.setdefault(STORAGE, str(_find_cache() / "evershell-conformance" / "hypothesis"))
    HypothesisProvider._local_constants = Constants()  # type: ignore[method-assign, assignment]  # noqa: SLF001


def _find_cache() -> Path:
    caches = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(caches) if caches and Path(caches).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # no home
        return Path(tempfile.gettempdir()) / f"evershell-conformance-{os.getuid()}"


def derive_seed(seed: int, *names: str) -> int:
    """Return a seed of its own for each purpose, so that leaving one out changes no other."""
    text = "\0".join((str(seed), *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def draw_values(strategy: SearchStrategy[T], count: int, seed: int) -> list[T]:
    """Return up to count values, fewer where the strategy has no more; none where it has none at all."""
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
        # An operation without parameters and body has no invalid request.
        return []
    return values[:count]
