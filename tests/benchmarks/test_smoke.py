"""A quick run warns where a ratio is clearly worse than the committed one, and nowhere else."""

import pytest

from benchmarks.figures import CONNEXION, GET, STARLETTE, Figure, name_p99_ratio, name_ratio
from benchmarks.promises import HELP
from benchmarks.smoke import list_warnings
from tests.benchmarks.made import results

RATE, P99 = name_ratio(GET, CONNEXION), name_p99_ratio(GET, STARLETTE)
BEFORE = results(Figure(RATE, "x", (9, 10, 11)), Figure(P99, "x", (1.0,)), Figure(HELP, "s", (0.1,)))


@pytest.mark.parametrize(
    ("name", "unit", "rounds", "warned"),
    [
        (RATE, "x", (4, 5, 7.9), True),
        (RATE, "x", (4, 5, 8.1), False),  # one round as good as before: noise
        (RATE, "x", (20, 30), False),
        (P99, "x", (1.3, 2), True),
        (P99, "x", (1.2, 2), False),
        (P99, "x", (0.1, 0.2), False),
        (HELP, "s", (9, 9), False),  # times are the machine's own
        ("promised nowhere", "x", (0.1,), False),
        (name_ratio(GET, STARLETTE), "x", (0.1,), False),  # nothing is committed of it
    ],
)
def test_a_warning(name: str, unit: str, rounds: tuple[float, ...], *, warned: bool) -> None:
    said = list(list_warnings([Figure(name, unit, rounds)], BEFORE))
    assert len(said) == warned
    assert all(name in line for line in said)
