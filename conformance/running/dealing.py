"""Cases dealt by the seed to a budget, and to the shards of a run, each of which a machine of its own judges.

A test over forty operations, or over each caller of each of them, makes one demand many times. A small budget judges
some of its cases in each run and others with the next seed; runs with successive seeds judge all of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import pytest

from conformance.http.connection import BadOption
from conformance.profile import Profile
from conformance.recipes.draw import derive_seed
from conformance.results.reading import read_results
from conformance.results.report.write import SHARD
from conformance.running.binding import (
    Deal,
    find_rule,
    is_in_full,
    is_long,
    name_of_value,
    read_parameters,
    split_names,
)
from conformance.running.selection import DIRECTED, GENERATED, find_kind, group_items, make_case_id, shares_requests

T = TypeVar("T")
ABOUT = ("operation", "resource")
"""The parameters of which each value has a case before one of them has two."""
OF_A_LONG_TEST = 0.05
"""The share of the cases that a test has which takes long."""
_WRITTEN = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)
LONG, DRAWN, SHARING, OTHER = 100.0, 50.0, 5.0, 1.0
"""The time that tests take in relation: long ones, those that draw, those that share what one of them drew."""


def deal_cases(items: Iterable[pytest.Item], seed: int, most: int) -> list[pytest.Item]:
    """Return the items in their order, without the cases of directed tests that another seed deals.

    A test keeps about `most` cases, a law so many of each of its rules: one at least of as many operations or resources
    as that, and more where there are fewer of them. One that takes long keeps a single case, and one that is to be
    judged in full each.
    """
    tests: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in items:
        tests.setdefault((item.nodeid.partition("[")[0], find_rule(item)), []).append(item)
    kept = {
        item
        for (name, _), cases in tests.items()
        for item in _deal_cases(cases, read_parameters, name, seed, _count_most_cases(cases[0], most))
    }
    return [item for item in items if item in kept]


def deal_early(test: pytest.Item, seed: int, most: int) -> Deal:
    """Return what deals the cases of a test as `deal_cases` does, before pytest makes a test of each."""

    def deal(marker: pytest.Mark, cases: list[Any]) -> Sequence[Any]:
        def read_given(case: Any) -> Mapping[str, object]:
            return dict(zip(split_names(marker), case.values, strict=True))

        return _deal_cases(cases, read_given, test.nodeid, seed, _count_most_cases(test, most))

    return deal


def _count_most_cases(test: pytest.Item, most: int) -> int | None:
    """Return about how many cases a test has at most; None: all of them."""
    if find_kind(test) != DIRECTED or is_in_full(test):
        return None
    return ceil(most * OF_A_LONG_TEST) if is_long(test) else most


def _deal_cases(
    cases: Sequence[T], given: Callable[[T], Mapping[str, object]], name: str, seed: int, most: int | None
) -> Sequence[T]:
    """Return the cases of a test that this seed deals, in their order. `read_given`: the parameters of a case."""
    if most is None or len(cases) <= most:
        return cases
    turn = derive_seed(0, name) + seed
    groups: dict[str, list[T]] = {}
    for case in cases:
        groups.setdefault(_choose_value(given(case)), []).append(case)
    rounds = ceil(len(groups) / most)
    taken = list(groups.values())[turn % rounds :: rounds]
    each = max(1, most // len(taken))
    kept = {id(case) for place, group in enumerate(taken) for case in _spread_out(group, each, turn // rounds + place)}
    return [case for case in cases if id(case) in kept]


def _choose_value(given: Mapping[str, object]) -> str:
    """Return what a case is about: its operation or resource, else its first parameter."""
    name = next((name for name in ABOUT if name in given), next(iter(given)))
    return name_of_value(given[name])


def _spread_out(values: Sequence[T], count: int, begin: int) -> list[T]:
    """Return so many of the values, as far apart as may be; where it begins, all others follow in turn."""
    count = min(count, len(values))
    return [values[(begin + place * len(values) // count) % len(values)] for place in range(count)]


@dataclass(frozen=True, slots=True)
class Shard:
    """The part of a run that is judged here."""

    number: int
    """The number of the shard, from 1."""
    of: int

    def __str__(self) -> str:
        return f"{self.number} of {self.of}"


def read_shard(option: Callable[[str], Any]) -> Shard | None:
    """Return the shard that the options ask for; None without --shard. Raises BadOption."""
    if given := option("--shard"):
        return parse_shard(str(given))
    for needs, asked in (
        ("--durations", option("--conformance-durations")),
        ("--report shard=", any(str(given).startswith(f"{SHARD}=") for given in option("--report"))),
    ):
        if asked:
            raise BadOption(f"{needs}: is for a part of a run; give --shard I/N too, or leave it out")
    return None


def parse_shard(given: str) -> Shard:
    """Return the shard of I/N; raises BadOption."""
    written = _WRITTEN.fullmatch(given)
    if written is None or not (shard := Shard(*map(int, written.groups()))).number <= shard.of:
        raise BadOption(f"--shard {given}: has to be I/N, such as 2/8: part I, from 1 to N, of N")
    return shard


def check_shardable(shard: Shard, profile: Profile, config: pytest.Config) -> None:
    """Raise BadOption where parts of the run that know nothing of each other would not be the run."""
    option, written = config.getoption, f"--shard {shard.number}/{shard.of}"
    if option("dist", "no") != "no":
        raise BadOption(f"{written}: cannot be judged by pytest-xdist's workers; leave -n out")
    if option("--seed") is None:
        raise BadOption(f"{written}: needs --seed N, the same for every shard, as each would draw requests of its own")
    if profile.world_url is None:
        why = "what one machine makes or changes there, the others would meet"
        raise BadOption(f"{written}: needs a target with worlds (target.world_url), since {why}; judge it in one run")
    if profile.limits.max_requests or option("--max-requests"):
        raise BadOption(f"{written}: --max-requests holds for all machines together, which cannot count for each other")


@dataclass(frozen=True, slots=True)
class DealtTests:
    """The tests of a run, dealt to its shards."""

    shard: Shard
    items: tuple[pytest.Item, ...]
    """The tests of this shard."""
    every: int
    """The number of tests in all shards."""
    digest: str
    """Hex digits that are the same for shards that were dealt together."""


def note(shard: Shard, dealt: DealtTests | None) -> str:
    """Return what a reader of the part's own results has to know."""
    cases = f": {len(dealt.items)} of {dealt.every} cases" if dealt else ""
    return f"shard {shard}{cases}; `evershell-conformance merge` joins the shards to a run"


def deal(items: Sequence[pytest.Item], shard: Shard, durations: Mapping[str, float]) -> DealtTests:
    """Deal tests to shards, those that take longest first, each to the shard that has least by then.

    `durations`: milliseconds by case, of an earlier run; of a test that is not among them the time is guessed.
    """
    weights = _weigh_tests(items, durations)
    groups = {group[0].nodeid: group for group in group_items(items)}
    numbers = deal_by_weight({name: sum(weights[item] for item in group) for name, group in groups.items()}, shard.of)
    home = {item: numbers[name] for name, group in groups.items() for item in group}
    lines = sorted(f"{number} {make_case_id(item)}" for item, number in home.items())
    return DealtTests(
        shard,
        tuple(item for item in items if home[item] == shard.number),
        len(items),
        hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    )


def deal_by_weight(weights: Mapping[str, float], of: int) -> dict[str, int]:
    """Return the number of the shard of each name: the heaviest are dealt first, each to the shard with least."""
    loads, numbers = [0.0] * of, dict[str, int]()
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        least = loads.index(min(loads))
        loads[least] += weights[name]
        numbers[name] = least + 1
    return numbers


def _weigh_tests(items: Sequence[pytest.Item], durations: Mapping[str, float]) -> dict[pytest.Item, float]:
    """Return the time of each test, known or guessed by that of the usual ones."""
    known = {item: durations[name] for item in items if (name := make_case_id(item)) in durations}
    usual = median([time for item, time in known.items() if _guess(item) == OTHER] or [OTHER])
    return {item: known[item] if item in known else _guess(item) * usual for item in items}


def _guess(item: pytest.Item) -> float:
    if is_long(item):
        return LONG
    if shares_requests(item):
        return SHARING
    return DRAWN if find_kind(item) == GENERATED else OTHER


def read_durations(given: str | None) -> dict[str, float]:
    """Return the milliseconds of each case in a JSON report of an earlier run; raises ResultsError."""
    if given is None:
        return {}
    return {case["id"]: float(case["duration_ms"]) for case in read_results(Path(given)).document["cases"]}
