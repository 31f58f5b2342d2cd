"""A promise is judged by the median, and a claim that growth costs nothing against the spread."""

from collections import Counter

import pytest

from benchmarks.figures import CALLS, CONNEXION, GET, PRISM, SCALAR, STARLETTE, Figure, name_p99_ratio, name_ratio
from benchmarks.judging import Verdict, format_measured, format_number, judge, judge_promises
from benchmarks.promises import PROMISES, Promise
from tests.benchmarks.made import results

LEAST, MOST, FLAT = Promise("f", 7), Promise("f", 50, at_most=True), Promise("f", 0.9, flat=True)


@pytest.mark.parametrize(
    ("promise", "rounds", "verdict"),
    [
        (LEAST, (7, 7, 8), Verdict.KEPT),
        (LEAST, (1, 7, 8), Verdict.BY_THE_MEDIAN),
        (LEAST, (6, 6.9, 9), Verdict.SHORT),
        (MOST, (50, 49), Verdict.KEPT),
        (MOST, (40, 45, 60), Verdict.BY_THE_MEDIAN),
        (MOST, (10, 51, 60), Verdict.SHORT),
        (FLAT, (0.9, 1.2, 1), Verdict.KEPT),
        (FLAT, (0.8, 0.88, 0.91), Verdict.UNDECIDED),
        (FLAT, (0.8, 0.85, 0.89), Verdict.SHORT),
    ],
)
def test_the_verdict(promise: Promise, rounds: tuple[float, ...], verdict: Verdict) -> None:
    assert judge(promise, Figure("f", "x", rounds)).verdict is verdict


def test_what_was_not_measured_is_neither_kept_nor_short() -> None:
    assert {each.verdict for each in judge_promises(results())} == {Verdict.NOT_MEASURED}


def test_the_sentence_says_what_was_promised_and_what_it_came_to() -> None:
    said = judge(MOST, Figure("f", "ms", (60, 70, 55))).sentence
    assert said == "f: 60.0 (55.0-70.0) ms, at most 50 is promised: FALLS SHORT"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.50"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346"), (0.004, "0.00")],
)
def test_three_digits_are_enough(value: float, text: str) -> None:
    assert format_number(value) == text


def test_one_round_has_no_spread() -> None:
    assert format_measured(Figure("f", "s", (2.5,))) == "2.50"


def test_each_figure_has_one_promise() -> None:
    assert {name: count for name, count in Counter(each.figure for each in PROMISES).items() if count > 1} == {}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("peer", "times"), [(STARLETTE, 0.7), (CONNEXION, 7), (SCALAR, 3), (PRISM, 3)])
def test_every_call_is_promised_beside_every_peer(call: str, peer: str, times: float) -> None:
    assert Promise(name_ratio(call, peer), times) in PROMISES


def test_judged_are_all_promises_in_their_order() -> None:
    known = results(Figure(name_p99_ratio(GET, STARLETTE), "x", (1.9,)))
    judgements = judge_promises(known)
    assert [each.promise for each in judgements] == list(PROMISES)
    assert [each.promise.figure for each in judgements if each.verdict is Verdict.KEPT] == [
        name_p99_ratio(GET, STARLETTE)
    ]
