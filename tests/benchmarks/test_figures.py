"""Ratios are taken within a round, and results survive their file."""

from benchmarks.figures import CONNEXION, GET, OURS, STARLETTE, Figure, Results, Row, name_p99_ratio, name_ratio
from tests.benchmarks.made import conditions, row


def test_a_ratio_is_taken_within_its_round() -> None:
    rate, p99 = row(GET, {OURS: [100, 60], CONNEXION: [10, 20]}).compare([CONNEXION])
    assert (rate.name, rate.rounds) == (name_ratio(GET, CONNEXION), (10, 3))
    assert (p99.name, p99.rounds) == (name_p99_ratio(GET, CONNEXION), (1, 1))


def test_a_peer_that_was_left_out_has_no_ratio() -> None:
    assert row(GET, {OURS: [100]}).compare([CONNEXION, STARLETTE]) == []


def test_the_spread_is_that_of_the_rounds() -> None:
    figure = Figure("a", "x", (3, 1, 2))
    assert (figure.lowest, figure.median, figure.highest) == (1, 2, 3)


def test_results_survive_their_file() -> None:
    figures = [Figure("a", "ms", (1.5, 2.5)), Figure("b", "x", (3.0,))]
    rows = [Row(GET, {OURS: [1.0, 2.0]}, {OURS: [3.0, 4.0]})]
    results = Results(conditions(), ["Prism is left out"], rows, figures)
    assert Results.from_json(results.as_json()) == results


def test_a_figure_that_was_not_measured_is_none() -> None:
    assert Results(conditions(), [], [], [Figure("a", "x", (1,))]).find_figure("b") is None
