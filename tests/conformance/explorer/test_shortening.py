"""Plans that found something are made as short as they get."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.explorer.expedition import ChosenLook, ExpeditionPlan, Step
from conformance.explorer.moves import Move
from conformance.explorer.shortening import shorten
from conformance.results.explored import STATE, VIEW, ExploredPairs

looks = st.builds(
    ChosenLook, st.just("pack"), st.sampled_from(["own", "other"]), st.sampled_from(["item", "list"]), st.just(0)
)
moves = st.builds(Move, st.sampled_from("abcde"), st.just("lead"), st.integers(0, 3), times=st.sampled_from([1, 2, 6]))
plans = st.builds(
    ExpeditionPlan,
    st.just(("alike", "abroad")),
    st.booleans(),
    st.lists(st.builds(Step, moves, st.lists(looks, max_size=3).map(tuple))).map(tuple),
)


@given(plans, st.sets(st.sampled_from("abcde"), min_size=1))
def test_what_it_takes_is_left_and_nothing_else(plan: ExpeditionPlan, needed: set[str]) -> None:
    """What it takes is one move of each verb; nothing stands beside, and nobody looks."""

    def finds(each: ExpeditionPlan) -> bool:
        return needed <= {step.move.verb for step in each.steps}

    if not finds(plan):
        return
    short = shorten(plan, finds, 10_000)
    assert sorted(step.move.verb for step in short.steps) == sorted(needed)
    assert {(step.move.times, step.looks) for step in short.steps} == {(1, ())}
    assert (short.beside, short.has_neighbour) == ((), False)


@given(plans, st.integers(0, 20))
def test_no_more_is_tried_than_may_be(plan: ExpeditionPlan, tries: int) -> None:
    tried: list[ExpeditionPlan] = []

    def finds(each: ExpeditionPlan) -> bool:
        tried.append(each)
        return True

    shorten(plan, finds, tries)
    assert len(tried) <= tries


pairs = st.tuples(st.sampled_from([STATE, VIEW]), st.sampled_from("ab"), st.sampled_from("xy"))


@given(st.lists(pairs), st.sets(pairs), st.lists(pairs))
def test_what_several_processes_explored_is_added_up(
    met: list[tuple[str, str, str]], possible: set[tuple[str, str, str]], other: list[tuple[str, str, str]]
) -> None:
    """The pairs that any of them met are met, once; those that there are count once."""
    first, second, together = ExploredPairs(possible=possible), ExploredPairs(), ExploredPairs()
    first.note(met)
    second.note(other)
    for each in (first, second):
        together.add_data(each.to_data())
    assert together.met.keys() == {*met, *other}
    assert {share.kind: (share.met, share.of) for share in together.summarise()} == {
        kind: (sum(p[0] == kind for p in {*met, *other}), sum(p[0] == kind for p in {*met, *other, *possible}))
        for kind in (STATE, VIEW)
        if any(p[0] == kind for p in {*met, *other, *possible})
    }
