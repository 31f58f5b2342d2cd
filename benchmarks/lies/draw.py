"""The lies of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.lies import contents, effects, fields, lists, refusals
from benchmarks.lies.contract import Contract
from benchmarks.lies.free import free
from benchmarks.lies.lie import Lie

SOURCES = (fields, lists, refusals, contents, effects)


def every(contract: Contract) -> tuple[Lie, ...]:
    """All that the contract forbids, in an order that it alone decides."""
    return tuple(it for source in SOURCES for it in source.lies(contract) if not free(it, contract))


def drawn(lies: Sequence[Lie], seed: int, count: int) -> list[Lie]:
    """As many of each kind as of any other while there are any, so that no kind hides behind a larger one."""
    random = Random(seed)  # noqa: S311  # reproducible, not secret
    kinds = sorted({it.kind for it in lies})
    left = {kind: random.sample(its := [it for it in lies if it.kind == kind], len(its)) for kind in kinds}
    taken: list[Lie] = []
    while len(taken) < count and any(left.values()):
        for kind in random.sample(kinds, len(kinds)):
            if left[kind] and len(taken) < count:
                taken.append(left[kind].pop())
    return taken
