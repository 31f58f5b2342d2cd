"""Each deliberate defect has a witness: the same steps, right without it and wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mock_server import Settings, in_process
from mock_server.client import Mock
from mock_server.deviations import deviations
from mock_server.settings import StreamTimes
from tests.benchmarks.planted_defects.scene import Scene
from tests.benchmarks.planted_defects.witness import Witness, witnesses

ALL = witnesses()
TIMES = StreamTimes(heartbeat=0.05)
OPERATIONS = {each.id: each.operations for each in deviations()}
each_witness = pytest.mark.parametrize("witness", ALL.values(), ids=ALL)
SOME = 3
"""Of so many defects one has a mock of its own in every run of the tests; `make long` has the others."""
each_planted = pytest.mark.parametrize(
    "witness",
    [
        pytest.param(witness, id=name, marks=() if number % SOME == 0 else pytest.mark.long)
        for number, (name, witness) in enumerate(ALL.items())
    ],
)


@pytest.fixture(scope="module")
def clean() -> Iterator[Mock]:
    with in_process(Settings(stream_times=TIMES)) as mock:
        yield mock


@contextmanager
def with_defect(witness: Witness) -> Iterator[Mock]:
    with in_process(Settings(deviations=(witness.deviation,), stream_times=TIMES)) as mock:
        yield mock


def test_every_deviation_has_a_witness() -> None:
    assert ALL.keys() == {each.id for each in deviations()}


@each_witness
def test_the_answer_without_the_defect_is_right(witness: Witness, clean: Mock) -> None:
    with clean.fresh_world(witness.deviation) as world:
        assert witness.steps(Scene(clean, world)) == witness.right


@each_planted
def test_the_answer_with_the_defect_is_wrong(witness: Witness) -> None:
    assert witness.wrong != witness.right
    with with_defect(witness) as mock, mock.fresh_world(witness.deviation) as world:
        assert witness.steps(Scene(mock, world)) == witness.wrong
        asked = {entry["operation_id"] for entry in world.journal()}
        assert None in asked or asked & set(OPERATIONS[witness.deviation])  # None: a path or method that is none
        world.reset()
        assert witness.steps(Scene(mock, world)) == witness.wrong  # a run can be repeated
        with mock.fresh_world("another") as another:
            assert witness.steps(Scene(mock, another)) == witness.wrong  # and worlds stay apart


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_two_defects_are_the_same() -> None:
    """Of any two, the steps of one tell them apart."""
    shown: dict[str, set[str]] = {}
    for witness in ALL.values():
        with with_defect(witness) as mock:
            shown[witness.deviation] = {other.deviation for other in ALL.values() if _is_wrong(mock, other)}
    twins = {(one, other) for one, seen in shown.items() for other in seen if one < other and one in shown[other]}
    assert twins == set()


def _is_wrong(mock: Mock, witness: Witness) -> bool:
    with mock.fresh_world(witness.deviation) as world:
        try:
            return bool(witness.steps(Scene(mock, world)) == witness.wrong)
        except (ValueError, LookupError):  # another defect spoils the way there
            return False
