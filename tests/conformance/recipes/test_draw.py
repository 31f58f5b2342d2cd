import os
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants

from conformance.recipes.draw import STORAGE, derive_seed, draw_values, set_up_hypothesis


def test_the_seed_decides_the_values() -> None:
    assert draw_values(st.integers(), 30, 1) == draw_values(st.integers(), 30, 1)
    assert draw_values(st.integers(), 30, 1) != draw_values(st.integers(), 30, 2)


@pytest.mark.parametrize("count", [1, 2, 17])
def test_there_are_as_many_as_asked_for(count: int) -> None:
    assert len(draw_values(st.integers(), count, 1)) == count


def test_there_are_fewer_where_there_are_no_more() -> None:
    assert sorted(draw_values(st.booleans(), 10, 1)) == [False, True]
    assert draw_values(st.nothing(), 10, 1) == []
    assert draw_values(st.integers().filter(lambda _: False), 10, 1) == []


def test_what_draws_beside_changes_nothing() -> None:
    assert derive_seed(1, "packs.get", "valid") == derive_seed(1, "packs.get", "valid")
    seeds = {
        derive_seed(1, "a"),
        derive_seed(1, "b"),
        derive_seed(2, "a"),
        derive_seed(1, "a", "b"),
        derive_seed(1, "ab"),
    }
    assert len(seeds) == 5


@pytest.fixture
def as_before(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Undo afterwards what is set up."""
    monkeypatch.setattr(HypothesisProvider, "_local_constants", vars(HypothesisProvider)["_local_constants"])
    monkeypatch.setenv(STORAGE, os.environ.get(STORAGE, ""))
    return monkeypatch


def test_constants_of_loaded_modules_are_not_drawn(as_before: pytest.MonkeyPatch) -> None:
    constant = 8_123_456_789_123
    # Hypothesis remembers what it draws from one range.
    one, other = st.integers(-(10**16), 10**16), st.integers(-(10**15), 10**15)
    found = Constants(integers={constant})  # type: ignore[arg-type]  # any set will do
    as_before.setattr(HypothesisProvider, "_local_constants", found)
    assert constant in draw_values(one, 1000, 1), "Hypothesis takes them from somewhere else"
    set_up_hypothesis()
    assert constant not in draw_values(other, 1000, 1)


def test_hypothesis_keeps_its_caches_among_the_users(as_before: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_before.delenv(STORAGE)
    as_before.setenv("XDG_CACHE_HOME", str(tmp_path))
    set_up_hypothesis()
    assert os.environ[STORAGE] == str(tmp_path / "evershell-conformance" / "hypothesis")


def test_whoever_names_another_folder_has_the_caches_there(as_before: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_before.setenv(STORAGE, str(tmp_path))
    set_up_hypothesis()
    assert os.environ[STORAGE] == str(tmp_path)
