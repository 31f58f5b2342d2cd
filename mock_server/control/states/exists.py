"""The state that an object exists, of each resource of the contract that is declared as a collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.contract.compiled import Contract
from mock_server.contract.schema import Compiler, problems
from mock_server.control.states.context import StateContext
from mock_server.errors import ValidationFailed
from mock_server.state.clock import timestamp
from mock_server.state.collection import Collection
from mock_server.state.state import State


def existing(state: State, contract: Contract) -> Iterator[tuple[str, Collection[Any]]]:
    """Return the name of each such state, and its collection."""
    named = {name for operation in contract.operations.values() for name in operation.resources}
    for collection in state.collections:
        if collection.noun in named and collection.id_prefix is not None:
            yield f"{collection.noun} exists", collection


def make(collection: Collection[Any], context: StateContext) -> tuple[State, dict[str, Any]]:
    """Put an object of these parameters into the state; ValidationFailed where they make none."""
    schema = collection.schema_of_record()
    now = {
        name: timestamp(context.now)
        for name in schema["required"]
        if schema["properties"][name].get("format") == "date-time"
    }
    record = {**now, **context.params.raw}
    if found := problems(Compiler().compile(schema), record, whole=""):
        raise ValidationFailed(fields={f"params.{name}".rstrip("."): text for name, text in found.items()})
    state, object_id = context.state.new_id(collection)
    value = collection.read(object_id, record, lambda *_: None)
    if value is None:
        raise ValidationFailed(fields={"params": "An object that shares content has a state of its own."})
    return state.put(collection, value), {f"{collection.noun}_id": object_id}


def remove(collection: Collection[Any], context: StateContext) -> State:
    """Return the state without the object that setup made."""
    return context.state.drop(collection, context.made(f"{collection.noun}_id"))
