"""The budgets of --budget: how much is judged of what could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

EXPEDITIONS_OF_A_PART = 2
"""The number of them about each resource that one test goes on.

Small, so that several processes can share them evenly.
"""


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """A numbered part of the expeditions of a run, which a test of its own draws and judges."""

    number: int
    """The number of the part, from 1."""
    count: int
    """The number of expeditions in it."""

    @property
    def id(self) -> str:
        """The number as it stands in the id of the case."""
        return str(self.number)

    @property
    def drawn_by(self) -> tuple[str, ...]:
        """The salt of its random choices; empty for the first part, which draws as an undivided budget does."""
        return (self.id,) if self.number > 1 else ()


@dataclass(frozen=True, slots=True)
class ValuePart:
    """A numbered part of the values of every kind that an operation is sent, which a case of its own sends."""

    number: int
    """The number of the part, from 1."""
    of: int
    most: int | None = None
    """The number of times that values are sent at most."""
    is_in_full: bool = False
    """Whether every kind is met, also those that are another seed's."""

    @property
    def id(self) -> str:
        """The number as it stands in the id of the case."""
        return str(self.number)

    @property
    def whole(self) -> ValuePart:
        """All parts in one."""
        return replace(self, number=1, of=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """The number of cases of a test, of generated requests, and of the steps of the explorer."""

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
    together: int = 0
    """The number of pairs of writes that are under way at once at the end of an expedition."""
    cases: int | None = None
    """The most cases, about, of a test that asks the same of many; None: all of them."""
    boundaries: int | None = None
    """The most requests of an operation at the boundaries of its schemas; None: all of them."""
    values: int = 0
    """The cases to which the values of every kind are dealt that an operation is sent, where each has its own world."""
    turns: int | None = None
    """The most times that values are sent, by the first of these cases alone; None: by all, until each was sent."""

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
        return _split_into_parts(self.expeditions, EXPEDITIONS_OF_A_PART)

    @property
    def value_parts(self) -> tuple[ValuePart, ...]:
        """The parts of the values of every kind."""
        numbers = range(1, self.values + 1 if self.turns is None else 2)
        return tuple(ValuePart(number, self.values, self.turns, self.cases is None) for number in numbers)

    @property
    def of_what_is_named(self) -> Budget:
        """Return this budget for what a run names, which is judged in full."""
        return replace(self, turns=None)


def _split_into_parts(count: int, most: int) -> tuple[BudgetPart, ...]:
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
    values=4,
    turns=2,
)
NORMAL = Budget(
    "normal",
    requests=50,
    fuzzed=12,
    expeditions=8,
    moves=24,
    shrinking=200,
    together=1,
    cases=80,
    boundaries=64,
    values=4,
)
DEEP = Budget("deep", requests=500, fuzzed=250, expeditions=100, moves=60, shrinking=1000, together=4, values=16)

NONE = Budget("none", requests=0, fuzzed=0, expeditions=0, moves=0, shrinking=0)
"""The budget of a run that sends nothing."""

BUDGETS: Mapping[str, Budget] = {budget.name: budget for budget in (QUICK, NORMAL, DEEP)}
"""The budgets by name."""
