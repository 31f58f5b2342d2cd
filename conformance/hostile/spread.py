"""Which of many kinds of request are tried at which operation in a run: each in every run, all pairs in three."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from conformance.contract.contract import Contract, Operation

ROUNDS = 3
"""So many runs with successive seeds try each kind at each operation that it suits."""


class Spread(Hashable, Protocol):
    """A row of a table of kinds."""

    @property
    def everywhere(self) -> bool:
        """Whether it is tried at every operation in every run."""

    def suits(self, operation: Operation) -> bool:
        """Whether it can be made of a request for the operation."""


K = TypeVar("K", bound=Spread)


def dealt(kinds: Sequence[K], contract: Contract, operation: Operation, seed: int | None) -> list[K]:
    """The kinds that a run with this seed tries at the operation, in the order of the table; None: all of them.

    A kind goes round the operations that it suits: a third of them in each run, another third with the next seed.
    Where it suits fewer than three it is tried at all of them.
    """
    return [kind for place, kind in enumerate(kinds) if _is_dealt(kind, place, contract, operation, seed)]


def _is_dealt(kind: Spread, place: int, contract: Contract, operation: Operation, seed: int | None) -> bool:
    suited = _suited(kind, contract)
    if operation.operation_id not in suited:
        return False
    if seed is None or kind.everywhere or len(suited) < ROUNDS:
        return True
    return (suited.index(operation.operation_id) + place + seed) % ROUNDS == 0


@lru_cache(maxsize=1024)  # asked for each operation
def _suited(kind: Spread, contract: Contract) -> tuple[str, ...]:
    """The ids of the operations that a kind suits, in the contract's order."""
    return tuple(each.operation_id for each in contract.operations.values() if kind.suits(each))
