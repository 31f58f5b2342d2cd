"""Each deliberate defect has a witness: the same steps, right without it and wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.planted_defects.planting.defect import WITNESSES
from benchmarks.planted_defects.scene import Scene
from mock_server import Settings, in_process
from mock_server.client import Mock
from mock_server.deviations import deviations
from mock_server.settings import StreamTimes

TIMES = StreamTimes(heartbeat=0.05)
OPERATIONS = {each.id: each.operations for each in deviations()}
ALL = [name for name in OPERATIONS if name in WITNESSES]
each_witness = pytest.mark.parametrize("name", ALL)
SOME = 3
"""Of so many defects one has a mock of its own in every run of the tests; `make long` has the others."""
each_planted = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if number % SOME == 0 else pytest.mark.long) for number, name in enumerate(ALL)],
)


@pytest.fixture(scope="module")
def clean() -> Iterator[Mock]:
    with in_process(Settings(stream_times=TIMES)) as mock:
        yield mock


@contextmanager
def with_defect(name: str) -> Iterator[Mock]:
    with in_process(Settings(deviations=(name,), stream_times=TIMES)) as mock:
        yield mock


def test_every_deviation_has_a_witness() -> None:
    assert WITNESSES.keys() == OPERATIONS.keys()


@each_witness
def test_the_answer_without_the_defect_is_right(name: str, clean: Mock) -> None:
    witness = WITNESSES[name]
    with clean.fresh_world(name) as world:
        assert witness.steps(Scene(clean, world)) == witness.right


@each_planted
def test_the_answer_with_the_defect_is_wrong(name: str) -> None:
    witness = WITNESSES[name]
    assert witness.wrong != witness.right
    with with_defect(name) as mock, mock.fresh_world(name) as world:
        assert witness.steps(Scene(mock, world)) == witness.wrong
        asked = {entry["operation_id"] for entry in world.journal()}
        assert None in asked or asked & set(OPERATIONS[name])  # None: a path or method that is none
        world.reset()
        assert witness.steps(Scene(mock, world)) == witness.wrong  # a run can be repeated
        with mock.fresh_world("another") as another:
            assert witness.steps(Scene(mock, another)) == witness.wrong  # and worlds stay apart


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_two_defects_are_the_same() -> None:
    """Of any two, the steps of one tell them apart."""
    seen: dict[str, set[str]] = {}
    for name in ALL:
        with with_defect(name) as mock:
            seen[name] = {other for other in ALL if _is_wrong(mock, other)}
    twins = {(one, other) for one, found in seen.items() for other in found if one < other and one in seen[other]}
    assert twins == set()


def _is_wrong(mock: Mock, name: str) -> bool:
    witness = WITNESSES[name]
    with mock.fresh_world(name) as world:
        try:
            return bool(witness.steps(Scene(mock, world)) == witness.wrong)
        except (ValueError, LookupError):  # another defect spoils the way there
            return False
