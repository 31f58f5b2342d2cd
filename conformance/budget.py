"""The budgets of --budget: how much is judged of what could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EXPEDITIONS_OF_A_PART = 2
"""How many of them about each resource one test goes on; small, so that several processes can share them evenly."""


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """A numbered part of the expeditions of a run, which a test of its own draws and judges."""

    number: int
    """From 1."""
    count: int
    """How many are in it."""

    @property
    def id(self) -> str:
        """The number as it stands in the id of the case."""
        return str(self.number)

    @property
    def drawn_by(self) -> tuple[str, ...]:
        """What it is drawn by beside the seed: nothing for the first, so that one part alone is as it always was."""
        return (self.id,) if self.number > 1 else ()


@dataclass(frozen=True, slots=True)
class Budget:
    """How many cases of a test are judged, how many requests are generated, and how far the explorer goes."""

    name: str
    requests: int
    """Requests of an operation at least, where there are so many different ones."""
    fuzzed: int
    """Random ones among them at least, however many examples and boundaries the contract has."""
    expeditions: int
    """Expeditions about each resource."""
    moves: int
    """The most moves of an expedition."""
    shrinking: int
    """The most expeditions that are gone on to shorten one that found something."""
    cases: int | None = None
    """About the most cases of a test that asks the same of many; None: all of them."""
    boundaries: int | None = None
    """The most requests of an operation at the boundaries of its schemas; None: all of them."""
    values: int = 0
    """In how many cases an operation is sent values of every kind, where each has a world of its own."""
    turns: int | None = None
    """How often a case sends them, at most; None: until every kind that the seed deals was in its field."""

    def __str__(self) -> str:
        if not self.requests:
            return self.name
        cases = "all" if self.cases is None else f"{self.cases}"
        return (
            f"{self.name} ({cases} cases of a test, {self.requests} requests an operation, "
            f"{self.expeditions} expeditions of {self.moves} moves a resource)"
        )

    @property
    def expedition_parts(self) -> tuple[BudgetPart, ...]:
        """The parts of the expeditions."""
        return _parts(self.expeditions, EXPEDITIONS_OF_A_PART)

    @property
    def value_parts(self) -> tuple[str, ...]:
        """The parts of the values of every kind of an operation, by number."""
        return tuple(str(number) for number in range(1, self.values + 1))


def _parts(count: int, most: int) -> tuple[BudgetPart, ...]:
    begins = range(0, count, most)
    return tuple(BudgetPart(number, min(most, count - begin)) for number, begin in enumerate(begins, 1))


QUICK = Budget(
    "quick",
    requests=12,
    fuzzed=4,
    expeditions=2,
    moves=16,
    shrinking=60,
    cases=6,
    boundaries=8,
    values=1,
    turns=3,
)
NORMAL = Budget(
    "normal",
    requests=50,
    fuzzed=12,
    expeditions=8,
    moves=24,
    shrinking=200,
    cases=80,
    boundaries=64,
    values=4,
)
DEEP = Budget("deep", requests=500, fuzzed=250, expeditions=100, moves=60, shrinking=1000, values=16)

NONE = Budget("none", requests=0, fuzzed=0, expeditions=0, moves=0, shrinking=0)
"""Of a run that sends nothing."""

BUDGETS: Mapping[str, Budget] = {budget.name: budget for budget in (QUICK, NORMAL, DEEP)}
"""The budgets by name."""
