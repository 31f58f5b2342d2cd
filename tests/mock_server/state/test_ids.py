"""Ids never repeat, and are the same for the same seed and count."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.state import make_object_id, make_request_id

seeds = st.integers(-(2**70), 2**70)


@given(seeds, st.integers(0, 2**32 - 1), st.integers(1, 2**32 - 1))
def test_request_ids_differ(seed: int, count: int, distance: int) -> None:
    assert make_request_id(seed, count) != make_request_id(seed, (count + distance) % 2**32)


@given(seeds, st.integers(0, 2**60 - 1), st.integers(1, 2**60 - 1))
def test_object_ids_differ(seed: int, count: int, distance: int) -> None:
    assert make_object_id(seed, count) != make_object_id(seed, (count + distance) % 2**60)


@given(seeds, st.integers(0, 2**32))
def test_ids_are_of_one_shape(seed: int, count: int) -> None:
    assert len(make_request_id(seed, count)) == 8
    assert int(make_request_id(seed, count), 16) >= 0
    assert len(make_object_id(seed, count)) == 12
    assert make_object_id(seed, count).isalnum()


def test_seeds_differ() -> None:
    assert len({make_request_id(seed, 1) for seed in range(1000)}) == 1000
