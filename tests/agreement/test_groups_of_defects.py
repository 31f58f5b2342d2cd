"""A planted defect is one group of findings or a few, named alike in each run, and two defects are not one group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from benchmarks.mutants.catalogue import Planted, list_catalogue
from benchmarks.mutants.judge import run
from tests.conformance.targets import suite
from tests.live import served_mock

EVERY = {planted.id: planted for planted in list_catalogue()}
SAMPLE = ("envelope-extra-key", "scopes-not-checked", "creation-description-cut", "effects-on-namesakes")
PAIRS = (
    ("envelope-extra-key", "scopes-delete-free"),
    ("authentication-revoked-accepted", "scopes-not-checked"),
    ("visibility-touches-created-at", "ownership-org-id-shown"),
    ("images-metadata-stays", "ownership-private-listed"),
)
MOST = 4
"""A defect that is seen in several ways, such as a list that also shows what cannot be read, has some groups more."""


@cache
def groups(seed: int, *defects: str, rules: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The groups of what is found in a mock with these defects, by these rules or all."""
    planted = [option for name in defects for option in ("--deviation", name)]
    asked = [f"--rule={rule}" for rule in rules]
    with served_mock(*planted) as url:
        report = run(f"{url}/v1", seed, "--budget", "quick", *asked, suite=suite)
    rule_of = {finding["fingerprint"]: finding["rule"] for finding in report["findings"]}
    return [
        {**group, "broken": {rule_of[name] for name in group["findings"]}}
        for group in (*report["groups"], *report["other_groups"])
    ]


def own(found: Sequence[dict[str, Any]], planted: Planted) -> list[dict[str, Any]]:
    """The groups with a rule that the defect declares."""
    return [group for group in found if group["broken"] & {*planted.breaks}]


@pytest.mark.parametrize("name", SAMPLE[1:3])
def test_a_defect_is_few_groups(name: str) -> None:
    """As far as its own rules show it; whole runs are in `make long`."""
    found = groups(1, name, rules=EVERY[name].breaks)
    assert 1 <= len(found) <= MOST, json.dumps([group["title"] for group in found], indent=2)
    assert own(found, EVERY[name])


@pytest.mark.parametrize("name", SAMPLE[2:3])
def test_its_groups_are_named_alike_for_another_seed(name: str) -> None:
    rules = EVERY[name].breaks
    first, second = groups(1, name, rules=rules), groups(2, name, rules=rules)
    assert {group["fingerprint"] for group in first} == {group["fingerprint"] for group in second}


@pytest.mark.parametrize("pair", PAIRS[2:3], ids="+".join)
def test_two_defects_are_not_one_group(pair: tuple[str, str]) -> None:
    check_apart(pair, tuple(rule for name in pair for rule in EVERY[name].breaks))


def check_apart(pair: tuple[str, str], rules: tuple[str, ...] = ()) -> None:
    found = groups(1, *pair, rules=rules)
    ours, others = (own(found, EVERY[name]) for name in pair)
    assert ours
    assert others
    assert [group["title"] for group in ours if group in others] == []


@pytest.mark.long
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_two_defects_of_a_whole_run_are_not_one_group(pair: tuple[str, str]) -> None:
    check_apart(pair)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", EVERY)
def test_each_defect_is_few_groups_and_named_alike(name: str) -> None:
    found = [groups(seed, name) for seed in (1, 2)]
    assert all(len(each) <= MOST + 2 for each in found)
    names = [{group["fingerprint"] for group in own(each, EVERY[name])} for each in found]
    if all(names):  # with few generated requests some are not found by each seed
        assert names[0] & names[1]
