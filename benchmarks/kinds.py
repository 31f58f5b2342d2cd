"""A draw in which no kind hides behind a larger one."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar


class OfAKind(Protocol):
    """A thing that is drawn beside others of its kind."""

    @property
    def kind(self) -> str:
        """The name of its kind."""


K = TypeVar("K", bound=OfAKind)


def draw(every: Sequence[K], seed: int, count: int) -> list[K]:
    """Return so many, as many of each kind as of any other while there are any."""
    random = Random(seed)  # noqa: S311  # reproducible, not secret
    kinds = sorted({it.kind for it in every})
    left = {kind: random.sample(its := [it for it in every if it.kind == kind], len(its)) for kind in kinds}
    taken: list[K] = []
    while len(taken) < count and any(left.values()):
        for kind in random.sample(kinds, len(kinds)):
            if left[kind] and len(taken) < count:
                taken.append(left[kind].pop())
    return taken
