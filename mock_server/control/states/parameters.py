"""The parameters that a provider state is set up with: their schema, what is wrong with those sent, and their value.

A state declares them as a class of values. That an object exists is declared by its collection: there they are the
fields of its record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

import msgspec

from mock_server.contract.schema import Compiler, describe_problems, shorten
from mock_server.control.states.context import StateContext
from mock_server.errors import ValidationFailed
from mock_server.state import records
from mock_server.state.clock import write_timestamp
from mock_server.state.collection import Collection
from mock_server.state.records import Record
from mock_server.state.state import State
from mock_server.state.value import Value

P_co = TypeVar("P_co", covariant=True)
V = TypeVar("V", bound=Value)
Schema = Mapping[str, Any]

Text = Annotated[str, msgspec.Meta(min_length=1)]


class OrgParams(Value):
    """The org that a state is about."""

    org_id: Text


class WorkspaceParams(OrgParams):
    """The workspace of an org that a state is about."""

    workspace_id: Text


class Parameters(Protocol[P_co]):
    """The parameters of a provider state."""

    def make_schema(self, state: State) -> Schema:
        """Return the JSON Schema of what has to be sent, and of what may be."""
        ...

    def read(self, context: StateContext) -> P_co:
        """Return what was sent; raises ValidationFailed for each parameter that is wrong."""
        ...


_NAMES: Mapping[str, Callable[[State], Iterable[str]]] = {
    "role": lambda state: state.grants.roles,
    "permission_set": lambda state: state.grants.permission_sets,
}
"""Parameters that are names of the contract, and those that the contract of a world has."""


@dataclass(frozen=True, slots=True)
class ValueParameters(Generic[V]):
    """Parameters that are the fields of a class of values."""

    kind: type[V]

    def make_schema(self, state: State) -> Schema:
        found = records.make_item_schema(self.kind, None)
        for name, schema in found["properties"].items():
            if name in _NAMES:
                schema["enum"] = list(_NAMES[name](state))
        return found

    def read(self, context: StateContext) -> V:
        _check(self.make_schema(context.state), context.params)
        hints = records.read_hints(self.kind)
        return self.kind(**{name: _convert(name, value, hints[name]) for name, value in context.params.items()})


@dataclass(frozen=True, slots=True)
class RecordParameters:
    """Parameters that are the fields of the record of an object; what nobody gives is as it is in a new object."""

    collection: Collection[Any]

    def make_schema(self, state: State) -> Schema:  # noqa: ARG002  # a record is the same in every state
        schema = self.collection.make_record_schema()
        given = {**self._read_defaults(), **dict.fromkeys(self._find_times())}
        return {**schema, "required": [name for name in schema["required"] if name not in given]}

    def read(self, context: StateContext) -> Record:
        record = {
            **self._read_defaults(),
            **dict.fromkeys(self._find_times(), write_timestamp(context.now)),
            **context.params,
        }
        _check(self.collection.make_record_schema(), record)
        return record

    def _read_defaults(self) -> Record:
        return {**records.read_defaults(self.collection.value), **self.collection.by_state}

    def _find_times(self) -> list[str]:
        """Return the names of fields that are the time of the world."""
        schema = self.collection.make_record_schema()
        return [name for name in schema["required"] if schema["properties"][name].get("format") == "date-time"]


def describe_parameters(schema: Schema, state: State) -> list[dict[str, Any]]:
    """Return the name of each parameter, whether it is required, its schema, and the collection that an id is of."""
    return [
        {
            "name": name,
            "required": name in schema["required"],
            "schema": each,
            "collection": _find_collection(name, state),
        }
        for name, each in schema["properties"].items()
    ]


def make_refusal(name: str, text: str) -> ValidationFailed:
    """Return the error of a parameter."""
    return ValidationFailed(fields={f"params.{name}": text})


def _check(schema: Schema, sent: Record) -> None:
    if found := describe_problems(Compiler().compile(schema), sent, whole=""):
        raise ValidationFailed(fields={shorten(f"params.{name}".rstrip(".")): text for name, text in found.items()})


def _convert(name: str, value: Any, hint: Any) -> Any:
    """Return the value of a field whose schema is kept; not strict, so that 2.0 is a whole number as it is there."""
    try:
        return msgspec.convert(value, hint, strict=False)
    except msgspec.ValidationError as error:
        raise make_refusal(name, f"{error}.") from error


def _find_collection(name: str, state: State) -> str | None:
    """Return the name of the collection whose objects a parameter names by their ids."""
    found = [each for each in state.collections if name == f"{each.noun}_id"]
    shown = max(found, key=lambda each: each.schema is not None, default=None)  # rather what the contract shows
    return None if shown is None else shown.name
