"""Deliberate defects: each is named, and names rules of its own clause."""

import pytest

from mock_server import Settings, create_app
from mock_server.deviations import Deviation, deviations
from tests.mock_server.serving import DOCUMENT

RULES = DOCUMENT["x-rules"]
ALL = deviations()


@pytest.mark.parametrize("deviation", ALL, ids=lambda each: each.id)
def test_a_deviation_breaks_rules_of_the_clause_that_it_is_named_for(deviation: Deviation) -> None:
    assert deviation.breaks
    assert {RULES[rule]["clause"] for rule in deviation.breaks} == {deviation.clause}
    assert deviation.id.startswith(f"{deviation.clause}-")
    assert deviation.text.endswith(".")


def test_every_clause_has_a_deviation() -> None:
    assert {each.clause for each in ALL} == {rule["clause"] for rule in RULES.values()}


def test_all_of_them_can_be_planted_together() -> None:
    create_app(Settings(deviations=tuple(each.id for each in ALL)))
