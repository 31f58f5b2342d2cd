"""The budgets of --budget: how much is judged of what could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

SEQUENCES_OF_A_PART = 10
SCENARIOS_OF_A_PART = 4
"""How many of them one test draws; small, so that several processes can share them evenly."""


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """A numbered part of the sequences or scenarios of a run, which a test of its own draws and judges."""

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
class ValuePart:
    """A numbered part of the values of every kind that an operation is sent, which a case of its own sends."""

    number: int
    """From 1."""
    of: int
    most: int | None = None
    """How often values are sent at most."""
    in_full: bool = False
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
    """How many cases of a test are judged, and how many requests, sequences and scenarios are generated."""

    name: str
    requests: int
    """Requests of an operation at least, where there are so many different ones."""
    fuzzed: int
    """Random ones among them at least, however many examples and boundaries the contract has."""
    sequences: int
    linked: int
    """Scenarios along the contract's links."""
    steps: int
    """The most steps of a sequence or a scenario."""
    shrinking: int
    """The most sequences that are tried to shorten one that found something."""
    cases: int | None = None
    """About the most cases of a test that asks the same of many; None: all of them."""
    boundaries: int | None = None
    """The most requests of an operation at the boundaries of its schemas; None: all of them."""
    values: int = 0
    """The cases to which the values of every kind are dealt that an operation is sent, where each has its own world."""
    turns: int | None = None
    """So many times values are sent at most, by the first of these cases alone; None: by all, until each was sent."""

    def __str__(self) -> str:
        if not self.requests:
            return self.name
        cases = "all" if self.cases is None else f"{self.cases}"
        return (
            f"{self.name} ({cases} cases of a test, {self.requests} requests an operation, "
            f"{self.sequences} sequences, {self.linked} scenarios along links)"
        )

    @property
    def sequence_parts(self) -> tuple[BudgetPart, ...]:
        """The parts of the sequences."""
        return _parts(self.sequences, SEQUENCES_OF_A_PART)

    @property
    def value_parts(self) -> tuple[ValuePart, ...]:
        """The parts of the values of every kind."""
        numbers = range(1, self.values + 1 if self.turns is None else 2)
        return tuple(ValuePart(number, self.values, self.turns, self.cases is None) for number in numbers)

    @property
    def of_what_is_named(self) -> Budget:
        """The same of what a run names, which is judged in full."""
        return replace(self, turns=None)

    @property
    def scenario_parts(self) -> tuple[BudgetPart, ...]:
        """The parts of the scenarios along links."""
        return _parts(self.linked, SCENARIOS_OF_A_PART)


def _parts(count: int, most: int) -> tuple[BudgetPart, ...]:
    begins = range(0, count, most)
    return tuple(BudgetPart(number, min(most, count - begin)) for number, begin in enumerate(begins, 1))


QUICK = Budget(
    "quick",
    requests=12,
    fuzzed=4,
    sequences=10,
    linked=4,
    steps=8,
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
    sequences=50,
    linked=10,
    steps=10,
    shrinking=200,
    cases=80,
    boundaries=64,
    values=4,
)
DEEP = Budget("deep", requests=500, fuzzed=250, sequences=500, linked=200, steps=30, shrinking=1000, values=16)

NONE = Budget("none", requests=0, fuzzed=0, sequences=0, linked=0, steps=0, shrinking=0)
"""Of a run that sends nothing."""

BUDGETS: Mapping[str, Budget] = {budget.name: budget for budget in (QUICK, NORMAL, DEEP)}
"""The budgets by name."""
