"""Timers are in the order in which they are due, however they came and went."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.timers import Timer, Timers, ascending, first, with_timer, without_timer

START = datetime(2026, 7, 1, tzinfo=UTC)
TIMERS = st.builds(
    Timer,
    st.integers(0, 5).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.sampled_from(["task_1", "task_2", "ws_1", "ws_2"]),
    st.sampled_from(["tasks", "workspaces"]),
)


@given(st.lists(st.tuples(TIMERS, st.booleans()), max_size=60))
def test_they_are_those_that_were_set_and_not_taken_away_in_order(steps: list[tuple[Timer, bool]]) -> None:
    timers: Timers | None = None
    there: set[Timer] = set()
    for timer, wanted in steps:
        kept, known = timers, set(there)
        if wanted and timer not in there:
            timers = with_timer(timers, timer)
            there.add(timer)
        elif not wanted:
            timers = without_timer(timers, timer)
            there.discard(timer)
        assert list(ascending(timers)) == sorted(there)
        assert list(ascending(kept)) == sorted(known)  # what was stays what it was
        if timers is not None:
            assert first(timers) == min(there)


@given(st.sets(TIMERS, min_size=1))
def test_the_same_timers_have_one_shape(there: set[Timer]) -> None:
    trees = []
    for order in (sorted(there), sorted(there, reverse=True)):
        tree: Timers | None = None
        for timer in order:
            tree = with_timer(tree, timer)
        trees.append(tree)
    assert trees[0] == trees[1]


def test_ten_thousand_are_not_deep() -> None:
    timers: Timers | None = None
    for number in range(10_000):
        timers = with_timer(timers, Timer(START + timedelta(seconds=number), "task_1", "tasks"))
    assert depth(timers) < 60


def depth(timers: Timers | None) -> int:
    return 0 if timers is None else 1 + max(depth(timers.before), depth(timers.after))
