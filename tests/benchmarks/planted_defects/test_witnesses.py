"""Each deliberate defect has a witness: the same steps, right without it and wrong with it."""

from collections.abc import Iterator

import pytest

from benchmarks.planted_defects.planting.defect import WITNESSES
from benchmarks.planted_defects.scene import Scene
from mock_server.client import Mock
from tests.benchmarks.planted_defects.turns import DEVIATIONS, Turns

OPERATIONS = {name: set(each.operations) for name, each in DEVIATIONS.items()}
ALL = [name for name in OPERATIONS if name in WITNESSES]
each_witness = pytest.mark.parametrize("name", ALL)


@pytest.fixture(scope="module")
def turns() -> Iterator[Turns]:
    with Turns().serving() as turns:
        yield turns


def test_every_deviation_has_a_witness() -> None:
    assert WITNESSES.keys() == OPERATIONS.keys()


@each_witness
def test_the_answer_without_the_defect_is_right(name: str, turns: Turns) -> None:
    witness = WITNESSES[name]
    with turns.mock.fresh_world(name) as world:
        assert witness.steps(Scene(turns.mock, world)) == witness.right


@each_witness
def test_the_answer_with_the_defect_is_wrong(name: str, turns: Turns) -> None:
    witness = WITNESSES[name]
    assert witness.wrong != witness.right
    with turns.planted(name) as mock, mock.fresh_world(name) as world:
        assert witness.steps(Scene(mock, world)) == witness.wrong
        asked = {entry["operation_id"] for entry in world.journal()}
        assert None in asked or asked & OPERATIONS[name]  # None: a path or method that is none
        world.reset()
        assert witness.steps(Scene(mock, world)) == witness.wrong  # a run can be repeated
        with mock.fresh_world("another") as another:
            assert witness.steps(Scene(mock, another)) == witness.wrong  # and worlds stay apart


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_two_defects_are_the_same(turns: Turns) -> None:
    """Of any two that have an operation in common, the steps of one tell them apart."""
    alike: dict[str, list[str]] = {}
    for number, one in enumerate(ALL):
        with turns.planted(one) as mock:
            for other in ALL[number + 1 :]:
                if OPERATIONS[one] & OPERATIONS[other] and _is_wrong(mock, other):
                    alike.setdefault(other, []).append(one)
    twins = set()
    for one, others in alike.items():
        with turns.planted(one) as mock:
            twins |= {(other, one) for other in others if _is_wrong(mock, other)}
    assert twins == set()


def _is_wrong(mock: Mock, name: str) -> bool:
    witness = WITNESSES[name]
    with mock.fresh_world(name) as world:
        try:
            return bool(witness.steps(Scene(mock, world)) == witness.wrong)
        except (ValueError, LookupError, TypeError):  # another defect spoils the way there
            return False
