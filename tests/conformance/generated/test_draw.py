import pytest
from hypothesis import strategies as st

from conformance.recipes.draw import derived, drawn


def test_the_seed_decides_the_values() -> None:
    assert drawn(st.integers(), 30, 1) == drawn(st.integers(), 30, 1)
    assert drawn(st.integers(), 30, 1) != drawn(st.integers(), 30, 2)


@pytest.mark.parametrize("count", [1, 2, 17])
def test_there_are_as_many_as_asked_for(count: int) -> None:
    assert len(drawn(st.integers(), count, 1)) == count


def test_there_are_fewer_where_there_are_no_more() -> None:
    assert sorted(drawn(st.booleans(), 10, 1)) == [False, True]
    assert drawn(st.nothing(), 10, 1) == []
    assert drawn(st.integers().filter(lambda _: False), 10, 1) == []


def test_what_draws_beside_changes_nothing() -> None:
    assert derived(1, "packs.get", "valid") == derived(1, "packs.get", "valid")
    seeds = {derived(1, "a"), derived(1, "b"), derived(2, "a"), derived(1, "a", "b"), derived(1, "ab")}
    assert len(seeds) == 5
