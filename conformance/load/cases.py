"""The directed cases of the suite as tasks of a load, drawn so that each clause has its turn."""

from __future__ import annotations

import inspect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from conformance.contract.contract import Contract
from conformance.running.binding import find_operation, find_rule, is_long, read_parameters
from conformance.running.selection import DIRECTED, find_kind, find_operations_about, make_case_id

SESSIONS = frozenset({"harness", "new_session"})
"""The fixtures that a load gives a test; one that asks for more, such as generated requests, is none of its tasks."""
SLOW_S = 1.0
"""A case that takes longer is taken once in each process: users that wait make no load."""


@dataclass(frozen=True, slots=True)
class LoadCase:
    """A test with its parameters."""

    id: str
    rule: str
    clause: str
    function: Callable[..., object] = field(repr=False)
    given: Mapping[str, object] = field(repr=False)
    """The parameters by name."""
    asks: frozenset[str] = frozenset()
    """The fixtures of `SESSIONS` that it takes."""
    about: frozenset[str] = frozenset()
    """The ids of the operations that it is about."""


def load_cases(items: Iterable[pytest.Item], contract: Contract, *, reads_alone: bool = False) -> list[LoadCase]:
    """Return the cases among collected tests that a load can take, or those that may do with reads alone."""
    cases = [(item, found) for item in items if (found := _build_case(item, contract)) is not None]
    return [case for item, case in cases if not (reads_alone and _is_write(item, contract))]


def _is_write(item: pytest.Item, contract: Contract) -> bool:
    """Return whether a case is about an operation that may change something."""
    operation = contract.operations.get(find_operation(item) or "")
    return operation is not None and not operation.is_safe


def _build_case(item: pytest.Item, contract: Contract) -> LoadCase | None:
    if not isinstance(item, pytest.Function) or find_kind(item) != DIRECTED or is_long(item):
        return None
    given = read_parameters(item)
    asked = frozenset(inspect.signature(item.function).parameters) - given.keys()
    if not asked <= SESSIONS or item.get_closest_marker("skip"):
        return None
    rule = contract.rules[find_rule(item)]
    about = find_operations_about(item, contract)
    return LoadCase(make_case_id(item), rule.id, rule.clause, item.function, given, asked, about)


@dataclass(slots=True)
class CaseDeck:
    """A deck from which each clause has as many requests as the others, however many cases it has."""

    cases: Sequence[LoadCase]
    random: Random
    spent: Counter[str] = field(default_factory=Counter)
    """The requests that each clause has had."""
    _clauses: dict[str, list[LoadCase]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for case in self.cases:
            self._clauses[case.clause].append(case)

    def draw(self) -> LoadCase:
        """Return the next case: one of the clause that has had the fewest requests."""
        least = min(self.spent[clause] for clause in self._clauses)
        drawn = self.random.choice([clause for clause in self._clauses if self.spent[clause] == least])
        self.spent[drawn] += 1  # others draw before it is known how many it takes
        return self.random.choice(self._clauses[drawn])

    def note(self, case: LoadCase, requests: int) -> None:
        """Take note of what a case took."""
        self.spent[case.clause] += max(requests - 1, 0)

    def put_away(self, case: LoadCase) -> None:
        """Draw a case no more, unless none else is left."""
        left = [each for each in self._clauses[case.clause] if each is not case]
        if left:
            self._clauses[case.clause] = left
        elif len(self._clauses) > 1:
            del self._clauses[case.clause]
