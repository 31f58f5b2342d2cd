"""From any state to any other: what is kept of the way is enough, and no more than what lies between them."""

from hypothesis import given, settings

from mock_server.state.portable import written
from mock_server.state.state import State
from mock_server.state.value import replace
from mock_server.worlds.former_entries import FormerState
from mock_server.worlds.reverse_changes import document_of, reverse_changes
from tests.mock_server.state.portable.test_round_trip import READER, states
from tests.mock_server.states import empty


def again(after: State | FormerState, seed: int) -> State:
    return READER.read_unjudged(document_of(after), empty(seed=seed))


@settings(deadline=None, max_examples=60)
@given(states(), states(), states())
def test_a_way_leads_from_any_state_to_any_other_step_by_step(newest: State, between: State, oldest: State) -> None:
    between, oldest = (replace(state, seed=newest.seed) for state in (between, oldest))
    first = FormerState(newest, reverse_changes(newest, between) or b"[]")
    second = FormerState(first, reverse_changes(between, oldest) or b"[]")
    for state, way in ((between, first), (oldest, second)):
        assert written(again(way, newest.seed)) == written(state)


@settings(deadline=None, max_examples=50)
@given(states())
def test_where_nothing_lies_between_there_is_no_way(state: State) -> None:
    assert reverse_changes(state, replace(state)) == b""
