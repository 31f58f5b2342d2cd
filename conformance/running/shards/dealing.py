"""A shard: one of several parts of a run, each of which a machine of its own judges."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from conformance.http.connection import BadOption
from conformance.profile import Profile
from conformance.results.reading import read_results
from conformance.results.report.write import SHARD
from conformance.running.binding import is_long
from conformance.running.selection import GENERATED, case_id, groups_of, kind_of, shares_requests

_WRITTEN = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)
LONG, DRAWN, SHARING, OTHER = 100.0, 50.0, 5.0, 1.0
"""About what tests take beside each other: long ones, those that draw, those that share what one of them drew."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of a run is judged here."""

    number: int
    """From 1."""
    of: int

    def __str__(self) -> str:
        return f"{self.number} of {self.of}"


def shard_of(option: Callable[[str], Any]) -> Shard | None:
    """Return the shard that the options ask for; None without --shard. Raises BadOption."""
    if given := option("--shard"):
        return parse_shard(str(given))
    for needs, asked in (
        ("--durations", option("--conformance-durations")),
        ("--report shard=", _asks_for_file(option)),
    ):
        if asked:
            raise BadOption(f"{needs}: is for a part of a run; give --shard I/N too, or leave it out")
    return None


def _asks_for_file(option: Callable[[str], Any]) -> bool:
    return any(str(given).startswith(f"{SHARD}=") for given in option("--report"))


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
class Dealt:
    """The tests of a run, dealt to its shards."""

    shard: Shard
    items: tuple[pytest.Item, ...]
    """Those of this shard."""
    every: int
    """How many there are in all shards."""
    digest: str
    """Hex digits that are the same for shards that were dealt together."""


def note(shard: Shard, dealt: Dealt | None) -> str:
    """Return what a reader of the part's own results has to know."""
    cases = f": {len(dealt.items)} of {dealt.every} cases" if dealt else ""
    return f"shard {shard}{cases}; `evershell-conformance merge` joins the shards to a run"


def deal(items: Sequence[pytest.Item], shard: Shard, durations: Mapping[str, float]) -> Dealt:
    """Deal tests to shards, those that take longest first, each to the shard that has least by then.

    `durations`: milliseconds by case, of an earlier run; of a test that is not among them the time is guessed.
    """
    weights = _weights(items, durations)
    groups = {group[0].nodeid: group for group in groups_of(items)}
    numbers = numbered({name: sum(weights[item] for item in group) for name, group in groups.items()}, shard.of)
    home = {item: numbers[name] for name, group in groups.items() for item in group}
    lines = sorted(f"{number} {case_id(item)}" for item, number in home.items())
    return Dealt(
        shard,
        tuple(item for item in items if home[item] == shard.number),
        len(items),
        hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    )


def numbered(weights: Mapping[str, float], of: int) -> dict[str, int]:
    """Return the number of the shard of each name: the heaviest are dealt first, each to the shard with least."""
    loads, numbers = [0.0] * of, dict[str, int]()
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        least = loads.index(min(loads))
        loads[least] += weights[name]
        numbers[name] = least + 1
    return numbers


def _weights(items: Sequence[pytest.Item], durations: Mapping[str, float]) -> dict[pytest.Item, float]:
    """The time of each test, known or guessed by that of the usual ones."""
    known = {item: durations[name] for item in items if (name := case_id(item)) in durations}
    usual = median([time for item, time in known.items() if _guess(item) == OTHER] or [OTHER])
    return {item: known[item] if item in known else _guess(item) * usual for item in items}


def _guess(item: pytest.Item) -> float:
    if is_long(item):
        return LONG
    if shares_requests(item):
        return SHARING
    return DRAWN if kind_of(item) == GENERATED else OTHER


def read_durations(given: str | None) -> dict[str, float]:
    """Return the milliseconds of each case in a JSON report of an earlier run; raises ResultsError."""
    if given is None:
        return {}
    return {case["id"]: float(case["duration_ms"]) for case in read_results(Path(given)).document["cases"]}
