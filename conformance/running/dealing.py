"""The cases that a budget has of a test that asks the same of many values, dealt by the seed.

A test over forty operations, or over each caller of each of them, makes one demand many times. A small budget judges
some of its cases in each run and others with the next seed; runs with successive seeds judge all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import TypeVar

import pytest

from conformance.recipes.draw import derived
from conformance.running.binding import is_in_full, is_long, name_of_value, parameters
from conformance.running.selection import DIRECTED, kind_of

T = TypeVar("T")
ABOUT = ("operation", "resource")
"""The parameters of which each value has a case before one of them has two."""
OF_A_LONG_TEST = 0.05
"""The share of the cases that a test has which takes long."""


def dealt(items: Iterable[pytest.Item], seed: int, most: int) -> list[pytest.Item]:
    """Return the items in their order, without the cases of directed tests that another seed deals.

    A test keeps about `most` cases: one at least of as many operations or resources as that, and more where there are
    fewer of them. One that takes long keeps a single case, and one that is to be judged in full each.
    """
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    kept = {item for name, cases in tests.items() for item in _of_test(cases, derived(0, name) + seed, most)}
    return [item for item in items if item in kept]


def _of_test(cases: Sequence[pytest.Item], turn: int, most: int) -> Sequence[pytest.Item]:
    most = ceil(most * OF_A_LONG_TEST) if is_long(cases[0]) else most
    if len(cases) <= most or kind_of(cases[0]) != DIRECTED or is_in_full(cases[0]):
        return cases
    groups: dict[object, list[pytest.Item]] = {}
    for case in cases:
        groups.setdefault(_about(case), []).append(case)
    rounds = ceil(len(groups) / most)
    taken = list(groups.values())[turn % rounds :: rounds]
    each = max(1, most // len(taken))
    return [case for place, group in enumerate(taken) for case in _some(group, each, turn // rounds + place)]


def _about(case: pytest.Item) -> str:
    """What a case is about: its operation or resource, else its first parameter."""
    given = parameters(case)
    name = next((name for name in ABOUT if name in given), next(iter(given)))
    return name_of_value(given[name])


def _some(values: Sequence[T], count: int, begin: int) -> list[T]:
    """So many of the values, as far from each other as may be; where it begins, all others follow in turn."""
    count = min(count, len(values))
    return [values[(begin + place * len(values) // count) % len(values)] for place in range(count)]
