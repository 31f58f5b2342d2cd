"""A budget judges some cases of a test that asks the same of many; successive seeds judge all of them."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from conformance.budget import BUDGETS, QUICK
from conformance.commands.dry_run import CollectedTests
from conformance.commands.run import run_pytest
from conformance.contract.conventions import CONVENTIONS
from conformance.running.binding import find_operation, find_rule, is_in_full, is_long
from conformance.running.dealing import deal_cases
from conformance.running.selection import DIRECTED, find_kind, group_items, make_case_id, shares_requests

MOST = QUICK.cases or 0


def collected(*options: str) -> list[pytest.Item]:
    """The tests of a run on the mock."""
    tests = CollectedTests()
    run_pytest(["--target=mock", "--collect-only", *options], [tests])
    return tests.tests


@pytest.fixture(scope="module")
def items() -> list[pytest.Item]:
    """All that there are."""
    found = collected("--budget=deep")
    assert len(found) > 2 * len(collected("--budget=quick", "--seed=1"))
    return found


def name_of(item: pytest.Item) -> str:
    """A test without its parameters, and of a law the rule: each has its share of a budget."""
    return f"{make_case_id(item).partition('[')[0]} {find_rule(item)}"


def dealable(item: pytest.Item) -> bool:
    """Whether a budget may leave it to another seed."""
    return find_kind(item) == DIRECTED and not is_in_full(item)


@pytest.mark.parametrize("seed", [1, 2, 2026])
def test_no_test_is_left_out_and_none_is_dealt_many_cases(items: list[pytest.Item], seed: int) -> None:
    kept = deal_cases(items, seed, MOST)
    all_of, kept_of = Counter(map(name_of, items)), Counter(map(name_of, kept))
    assert all_of.keys() == kept_of.keys()
    assert kept == [item for item in items if item in set(kept)]
    for item in items:
        if dealable(item) and not is_long(item):
            assert min(all_of[name_of(item)], MOST) / 2 <= kept_of[name_of(item)] <= MOST
        elif not dealable(item):
            assert kept_of[name_of(item)] == all_of[name_of(item)]


def test_successive_seeds_judge_every_case(items: list[pytest.Item]) -> None:
    """At the latest in three times as many runs as it takes if each has as many as it may."""
    rounds = max(Counter(name_of(item) for item in items if dealable(item)).values()) // MOST * 3
    left = set(items)
    for seed in range(7, 7 + rounds):
        left.difference_update(deal_cases(items, seed, MOST))
        if not left:
            break
    assert not left


def test_each_operation_is_judged_before_one_is_twice(items: list[pytest.Item]) -> None:
    """A larger budget has a case of every operation that a test is about."""
    operations: defaultdict[str, set[str | None]] = defaultdict(set)
    kept: defaultdict[str, set[str | None]] = defaultdict(set)
    for item in items:
        operations[name_of(item)].add(find_operation(item))
    for item in deal_cases(items, 3, 200):
        kept[name_of(item)].add(find_operation(item))
    assert kept == operations


def test_what_is_named_is_judged_in_full() -> None:
    whole = collected("--budget=deep", "--rule=SCOPE-REQUIRED")
    assert list(map(make_case_id, collected("--budget=quick", "--rule=SCOPE-REQUIRED"))) == list(
        map(make_case_id, whole)
    )


def test_a_larger_budget_has_more_cases() -> None:
    found = [len(collected(f"--budget={name}", "--seed=1")) for name in BUDGETS]
    assert found == sorted(set(found))


def test_no_two_cases_have_one_id(items: list[pytest.Item]) -> None:
    """Whichever folder their files stand in."""
    assert [name for name, count in Counter(map(make_case_id, items)).items() if count > 1] == []


def test_what_is_generated_for_an_operation_is_judged_in_one_process(items: list[pytest.Item]) -> None:
    """By whichever rule, those of a law among them: another process would send all of it again."""
    groups = [group for group in group_items(items) if shares_requests(group[0])]
    operations = [{find_operation(item) for item in group} for group in groups]
    assert all(len(found) == 1 for found in operations)
    assert len(groups) == len({(group[0].path, *found) for group, found in zip(groups, operations, strict=True)})
    assert len({find_rule(item) for item in max(groups, key=len)}) > len(CONVENTIONS)
