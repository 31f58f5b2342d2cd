"""States that are told by what they change in another one."""

from typing import Any

from hypothesis import given, settings
from msgspec.json import decode, encode

from mock_server.state.portable import Patches, write
from mock_server.state.state import State
from mock_server.state.value import replace
from tests.mock_server.state.portable.test_round_trip import states


@settings(deadline=None, max_examples=15)
@given(states(), states())
def test_a_patch_leads_from_any_state_to_any_other(base: State, state: State) -> None:
    state = replace(state, seed=base.seed, grants=base.grants)
    patches = Patches(base)
    assert patches.make_patch(replace(base)) == {}
    patch: dict[str, Any] = decode(encode(patches.make_patch(state)))
    for is_of_base in (True, False):
        again, left_out = patches.apply(patch, is_of_base=is_of_base)
        assert left_out == {}
        assert again == state
        assert write(again) == write(state)
