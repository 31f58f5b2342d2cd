"""The removal of an object that a provider state made, with all that is of it."""

from __future__ import annotations

from typing import Any

from mock_server.state.collection import Collection, Key, name_of
from mock_server.state.state import State


def without(state: State, collection: Collection[Any], key: Key) -> State:
    """Return the state without an object, and without what cannot be there without it."""
    for other in state.collections:
        for field in (name for name, target in other.refers.items() if name_of(target) == collection.name):
            for each in state.where(other, **{field: key}):
                state = without(state, other, other.key_of(each))
    return state.drop(collection, key)
