"""Two samples of times: the same where they are of one kind, told apart where they are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.hidden import compare_samples

samples = st.lists(st.integers(0, 20).map(float), min_size=2, max_size=30)


@given(samples, samples)
def test_the_chance_is_that_of_all_pairs(first: list[float], second: list[float]) -> None:
    larger = sum((b > a) + 0.5 * (b == a) for a in first for b in second)
    assert compare_samples(first, second).chance == pytest.approx(larger / (len(first) * len(second)))


@given(samples, samples)
def test_it_is_the_same_from_the_other_side(first: list[float], second: list[float]) -> None:
    there, back = compare_samples(first, second), compare_samples(second, first)
    assert there.chance + back.chance == pytest.approx(1)
    assert there.z == pytest.approx(-back.z)


def test_times_of_one_kind_tell_nothing_and_a_little_more_each_time_does() -> None:
    drawn = random.Random(1)  # noqa: S311 - times are no secret
    first, second = ([drawn.gauss(100, 10) for _ in range(3000)] for _ in range(2))
    assert not compare_samples(first, second).tells
    assert compare_samples(first, [value + 2 for value in second]).tells
