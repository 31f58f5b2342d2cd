"""The table compares round by round, and the promise is judged by the median."""

import pytest

from benchmarks.load import Measured
from benchmarks.table import CONNEXION, OURS, SILENT, STARLETTE, Row, falls_short, journal_costs_too_much, rendered


def row(ours: list[float], connexion: list[float], starlette: list[float]) -> Row:
    rounds = {OURS: ours, CONNEXION: connexion, STARLETTE: starlette}
    return Row("GET a pack", {name: [Measured(rate, 1.5) for rate in rates] for name, rates in rounds.items()})


def test_a_ratio_is_taken_within_its_round() -> None:
    assert row([100, 60], [10, 20], [50, 120]).ratios(CONNEXION) == [10, 3]


@pytest.mark.parametrize(("ours", "short"), [([50.0, 49.0, 51.0], False), ([49.0, 49.9, 90.0], True)])
def test_five_times_bare_connexion_by_the_median(ours: list[float], *, short: bool) -> None:
    assert (falls_short(row(ours, [10, 10, 10], [1, 1, 1])) is not None) is short


@pytest.mark.parametrize(("ours", "short"), [([85.0, 80.0, 90.0], False), ([84.0, 84.9, 99.0], True)])
def test_the_journal_costs_no_more_than_promised_by_the_median(ours: list[float], *, short: bool) -> None:
    rounds = {SILENT: [Measured(100, 1)] * 3, OURS: [Measured(rate, 1) for rate in ours]}
    assert (journal_costs_too_much(Row("GET a pack", rounds)) is not None) is short


def test_the_table_shows_rates_p99_and_ratios_with_their_spread() -> None:
    text = rendered([row([20000, 30000], [4000, 5000], [20000, 20000])])
    for piece in ("25,000/s  p99 1.5 ms", "5.50 (5.00-6.00)", "1.25 (1.00-1.50)", STARLETTE, CONNEXION):
        assert piece in text
