"""The provider states that the suite declares are those that the mock and the second server offer."""

from collections.abc import Mapping
from typing import Any

import pytest

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from conformance.session.provider_states import ProviderState, get_provider_states
from examples.second_server.states import STATES
from examples.third_server.control import OFFERED
from tests import plain
from tests.live import served_mock

use_contract(load())


@pytest.fixture(scope="module")
def offered() -> Mapping[str, Mapping[str, Any]]:
    """By state, its parameters at the mock by their names."""
    with served_mock() as origin:
        states = plain.get(f"{origin}/_mock/worlds/default/states").json()["states"]
    return {each["state"]: {param["name"]: param for param in each["parameters"]} for each in states}


def test_they_are_those_that_the_mock_offers(offered: Mapping[str, object]) -> None:
    assert get_provider_states().keys() == offered.keys()


def test_those_of_the_second_server_are_among_them() -> None:
    """It has no clock that can be moved, and offers the others."""
    assert get_provider_states().keys() - STATES.keys() == {"time has passed"}
    assert STATES.keys() <= get_provider_states().keys()


def test_the_third_server_offers_each() -> None:
    assert get_provider_states().keys() == OFFERED


@pytest.mark.parametrize(("name", "state"), get_provider_states().items(), ids=get_provider_states())
def test_their_parameters_are_those_of_the_mock(
    offered: Mapping[str, Mapping[str, Any]], name: str, state: ProviderState
) -> None:
    """It may know of more, and needs none that is not sent each time."""
    there, sent = offered[name], {each.name: each for each in state.params}
    assert sent.keys() <= there.keys()
    assert {each for each, param in there.items() if param["required"]} <= {
        each.name for each in state.params if each.is_required
    }
    choices = {each: param.choices for each, param in sent.items() if param.choices}
    assert {each: tuple(there[each]["schema"].get("enum", ())) for each in choices} == choices
