"""The catalogue of deliberate defects: named, grouped, and each of them its own."""

from collections import Counter

import pytest

from mock_server import Settings, create_app
from mock_server.deviations import Deviation, list_deviations, plant
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.catalogue import find_handlers
from tests.mock_server.serving import DOCUMENT

RULES = DOCUMENT["x-rules"]
OPERATIONS = {
    operation["operationId"]
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
    if "operationId" in operation
}
ALL = list_deviations()
FEWEST = {
    "audit": 40,
    "envelope": 15,
    "authentication": 15,
    "scopes": 12,
    "ownership": 20,
    "effects": 20,
    "validation": 20,
    "billing": 10,
    "protocol": 8,
    "workspaces": 20,
}
MOST_RULES = 3


@pytest.mark.parametrize("deviation", ALL, ids=lambda each: each.id)
def test_a_deviation_breaks_few_rules_and_is_named_for_the_clause_of_the_first(deviation: Deviation) -> None:
    assert 1 <= len(set(deviation.breaks)) == len(deviation.breaks) <= MOST_RULES
    assert set(deviation.breaks) <= RULES.keys()
    assert RULES[deviation.breaks[0]]["clause"] == deviation.clause


@pytest.mark.parametrize("deviation", ALL, ids=lambda each: each.id)
def test_a_deviation_says_in_one_sentence_what_it_does_and_where(deviation: Deviation) -> None:
    assert deviation.text.endswith(".")
    assert "\n" not in deviation.text
    assert deviation.operations
    assert set(deviation.operations) <= OPERATIONS


@pytest.mark.parametrize("deviation", ALL, ids=lambda each: each.id)
def test_a_deviation_leaves_every_other_operation_as_it_is(deviation: Deviation) -> None:
    planted = plant([deviation.id])
    others = {name: handler for name, handler in find_handlers().items() if name not in deviation.operations}
    assert {name for name, handler in others.items() if planted.handler(name, handler) is not handler} == set()


def test_without_a_deviation_nothing_stands_at_the_seams() -> None:
    assert plant(()) == Hooks()


def test_each_group_is_as_large_as_it_must_be() -> None:
    found = Counter(each.group for each in ALL)
    assert found.keys() == FEWEST.keys()
    assert {group: count for group, count in found.items() if count < FEWEST[group]} == {}
    assert len(ALL) >= sum(FEWEST.values())


def test_every_rule_has_a_deviation_that_was_written_for_it() -> None:
    assert RULES.keys() - {each.breaks[0] for each in ALL} == set()


def test_no_two_deviations_say_the_same() -> None:
    assert {text for text, count in Counter(each.text for each in ALL).items() if count > 1} == set()


def test_all_of_them_can_be_planted_together() -> None:
    create_app(Settings(deviations=tuple(each.id for each in ALL)))
