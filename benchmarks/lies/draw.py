"""The lies that the contract forbids, and the way in which a draw of them is judged."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.lies import contents, effects, fields, lists, refusals
from benchmarks.lies.contract import Contract
from benchmarks.lies.free import explain_free
from benchmarks.lies.lie import Lie
from conformance.budget import NORMAL

SOURCES = (fields, lists, refusals, contents, effects)


def list_lies(contract: Contract) -> tuple[Lie, ...]:
    """Return all that the contract forbids, in an order that it alone decides."""
    return tuple(it for source in SOURCES for it in source.lies(contract) if not explain_free(it, contract))


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that decide what is found."""

    seed: int
    count: int
    generated: bool = False
    """Whether it is judged by generated cases alone, too."""
    budget: str = NORMAL.name
