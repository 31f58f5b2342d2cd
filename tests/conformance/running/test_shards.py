"""Tests are dealt to shards evenly, each to one, and in the same way on every machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.commands.dry_run import CollectedTests
from conformance.commands.run import run_pytest
from conformance.running.dealing import Shard, deal
from conformance.running.selection import group_items, make_case_id


@pytest.fixture(scope="module")
def items() -> list[pytest.Item]:
    """The tests of a run on the mock."""
    collected = CollectedTests()
    run_pytest(["--target=mock", "--budget=quick", "--collect-only"], [collected])
    assert len(collected.tests) > 1000
    return collected.tests


def dealt(items: Sequence[pytest.Item], of: int, durations: dict[str, float]) -> list[tuple[pytest.Item, ...]]:
    """The tests of each shard; all were dealt together."""
    shards = [deal(items, Shard(number, of), durations) for number in range(1, of + 1)]
    assert {(each.digest, each.every) for each in shards} == {(shards[0].digest, len(items))}
    return [each.items for each in shards]


@given(of=st.integers(1, 9), drawn=st.integers(0, 2**32), known=st.floats(0, 1))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_test_has_one_shard(items: list[pytest.Item], of: int, drawn: int, known: float) -> None:
    """Whatever is known of durations; tests that share requests stay together, and none is in another order."""
    random = Random(drawn).random  # noqa: S311  # nothing secret
    durations = {make_case_id(item): 1000 * random() ** 4 for item in items if random() < known}
    shards = dealt(items, of, durations)
    assert Counter(item for shard in shards for item in shard) == Counter(items)
    home = {item: number for number, shard in enumerate(shards) for item in shard}
    assert all(len({home[item] for item in group}) == 1 for group in group_items(items))
    assert all(list(shard) == [item for item in items if home[item] == number] for number, shard in enumerate(shards))


@pytest.mark.parametrize("of", [2, 4, 8])
def test_by_durations_no_shard_has_much_more_than_another(items: list[pytest.Item], of: int) -> None:
    """At most the longest of what cannot be cut: it was dealt while others had as much."""
    durations = {make_case_id(item): float(len(item.nodeid) ** 2) for item in items}
    loads = [sum(durations[make_case_id(item)] for item in shard) for shard in dealt(items, of, durations)]
    longest = max(sum(durations[make_case_id(item)] for item in group) for group in group_items(items))
    assert max(loads) - min(loads) <= longest


def test_long_tests_are_spread_where_nothing_is_known(items: list[pytest.Item]) -> None:
    long = [item for item in items if item.get_closest_marker("conformance_long")]
    shards = dealt(items, len(long), {})
    assert [sum(item in long for item in shard) for shard in shards] == [1] * len(long)


def test_other_durations_are_another_deal(items: list[pytest.Item]) -> None:
    """So that shards which were dealt apart are never joined."""
    known = dict.fromkeys(map(make_case_id, items), 1.0)
    first = deal(items, Shard(1, 2), known)
    assert first.digest == deal(items, Shard(2, 2), known).digest
    assert first.digest != deal(items, Shard(1, 2), {**known, make_case_id(items[0]): 1e9}).digest
    assert first.digest != deal(items, Shard(1, 3), known).digest
    assert first.digest != deal(items[1:], Shard(1, 2), known).digest
