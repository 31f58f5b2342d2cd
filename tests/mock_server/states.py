"""States without an object, of the mock's own collections."""

from typing import Any

from mock_server.resources.operation import collections
from mock_server.state.state import State, empty_state
from mock_server.state.value import replace


def empty(**fields: Any) -> State:
    """A state that holds nothing; fields by name."""
    return replace(empty_state(collections()), **fields)
