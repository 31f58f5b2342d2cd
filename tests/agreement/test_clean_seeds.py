"""Servers without a defect have no finding, whatever the seed."""

import pytest

from benchmarks.mutants.clean import SERVERS, findings

SEEDS = range(1, 21)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("server", SERVERS)
def test_no_seed_gives_a_false_alarm(server: str, seed: int) -> None:
    assert findings(server, seed) == 0
