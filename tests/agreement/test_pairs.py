"""Two defects at once: the loud one does not hide the quiet one."""

from itertools import combinations, islice
from random import Random

import pytest

from benchmarks.mutants.judge import judge
from benchmarks.planted_defects.planting.defect import WITNESSES
from benchmarks.planted_defects.scene import Scene
from mock_server import Settings, in_process
from mock_server.deviations import Deviation, deviations

PAIRS = 50
SEED = 5


def both_show(pair: tuple[Deviation, Deviation]) -> bool:
    """Whether neither defect takes away what the other one's witness sees."""
    with in_process(Settings(deviations=tuple(each.id for each in pair))) as mock:
        for each in pair:
            witness = WITNESSES[each.id]
            with mock.fresh_world(each.id) as world:
                try:
                    seen = witness.steps(Scene(mock, world))
                except Exception:  # noqa: BLE001  # whatever the other defect made of the answers on the way
                    return False
                if seen != witness.wrong:
                    return False
    return True


@pytest.fixture(scope="session")
def pairs() -> list[tuple[Deviation, Deviation]]:
    """Always the same ones, of defects that break different rules and can both be seen."""
    drawn = list(combinations(deviations(), 2))
    Random(SEED).shuffle(drawn)  # noqa: S311  # reproducible, not secret
    apart = (pair for pair in drawn if set(pair[0].breaks).isdisjoint(pair[1].breaks))
    return list(islice(filter(both_show, apart), PAIRS))


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(PAIRS))
def test_both_are_blamed(pairs: list[tuple[Deviation, Deviation]], number: int) -> None:
    pair = pairs[number]
    found = judge([each.id for each in pair], SEED).rules
    unblamed = [each.id for each in pair if found.isdisjoint(each.breaks)]
    assert unblamed == [], [each.id for each in pair]
