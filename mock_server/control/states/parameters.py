"""The parameters that a provider state takes, found out from its setup.

A setup is a plain function of a state and its parameters. So it is run on a context that notes what it reads, and
what it makes is dropped: no state has to say twice what it takes. It is run without any parameter, and with each of
them alone, since one may be read only beside another or in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mock_server.control.errors import OrgNotFound
from mock_server.control.states.context import StateContext
from mock_server.errors import ApiError, PackNotFound, ValidationFailed
from mock_server.resources.orgs import ORGS, Org
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.collection import Collection, steps_of
from mock_server.state.state import State
from mock_server.state.value import Value

T = TypeVar("T", bound=str)
V = TypeVar("V", bound=Value)
Noted = dict[str, Any]
"""The schema of a parameter, and whether it is required; empty where it was named and not read."""
Setup = Callable[[StateContext], Any]


def parameters(setup: Setup, context: StateContext) -> list[dict[str, Any]]:
    """Return the name of each parameter, its schema, whether it is required, and the collection that an id is of."""
    alone = _read(setup, context, {})
    readings = {"": alone, **{name: _read(setup, context, {name: ""}) for name in alone}}
    names = dict.fromkeys(name for noted in readings.values() for name in noted)
    return [_shown(name, readings, _collection_of(name, context.state)) for name in names]


def _shown(
    name: str, readings: Mapping[str, Mapping[str, Noted]], collection: Collection[Any] | None
) -> dict[str, Any]:
    """A parameter of all that was noted, by the parameter that was given; required if it was so each time."""
    without = [noted.get(name, {}) for given, noted in readings.items() if given != name]
    schemas = (noted[name]["schema"] for noted in readings.values() if noted.get(name))
    return {
        "name": name,
        "required": all(noted.get("required", False) for noted in without),
        "schema": next(schemas, {}),
        "collection": None if collection is None else collection.name,
    }


def _read(setup: Setup, context: StateContext, params: Mapping[str, Any]) -> Mapping[str, Noted]:
    """What a setup reads where it is given these parameters, until it has all or refuses."""
    asked = _NotingContext(context.state, context.seed, context.now, params, {})
    with suppress(ApiError):  # it needs more than there is: what it had read by then is noted
        setup(asked)
    return asked.noted


def _collection_of(name: str, state: State) -> Collection[Any] | None:
    """The collection whose objects a parameter names by their ids."""
    found = [each for each in state.collections if name == f"{each.noun}_id"]
    return max(found, key=lambda each: each.schema is not None, default=None)  # rather what the contract shows


@dataclass(frozen=True, slots=True)
class _NotingContext(StateContext):
    """A context that answers with what there is, and notes what was asked."""

    noted: dict[str, Noted] = field(default_factory=dict)

    def only(self, *known: str) -> None:
        for name in known:
            self.noted.setdefault(name, {})

    def text(self, name: str, default: str | None = None) -> str:
        self._note(name, {"type": "string"}, required=default is None)
        return default or self._id(name)

    def choice(self, name: str, options: Sequence[T], default: T | None = None) -> T:
        self._note(name, {"type": "string", "enum": list(options)}, required=default is None)
        return default or options[0]

    def flag(self, name: str, *, default: bool = False) -> bool:
        self._note(name, {"type": "boolean"})
        return default

    def count(self, name: str) -> int:
        self._note(name, {"type": "integer", "minimum": 1})
        return 1

    def seconds(self, name: str) -> float:
        self._note(name, {"type": "number", "minimum": 0}, required=True)
        return 0

    def texts(self, name: str) -> tuple[str, ...]:
        self._note(name, {"type": "array", "items": {"type": "string"}}, required=True)
        return ()

    def content(self, name: str) -> bytes:
        self._note(name, {"type": "string", "format": "byte"}, required=True)
        return b""

    def record(self, schema: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        for name, each in schema["properties"].items():
            self._note(name, each, required=name in schema["required"] and name not in record)
        raise ValidationFailed(fields={})  # nothing more is read once the record is whole

    def org(self) -> Org:
        self._note("org_id", {"type": "string"}, required=True)
        return _first(self.state, ORGS, OrgNotFound)

    def pack(self) -> Pack:
        self._note("pack_id", {"type": "string"}, required=True)
        return _first(self.state, PACKS, PackNotFound)

    def _note(self, name: str, schema: Mapping[str, Any], *, required: bool = False) -> None:
        self.noted[name] = {"schema": dict(schema), "required": required}

    def _id(self, name: str) -> str:
        """The id of an object of the org of `org()` where the parameter names one, so that the setup finds it."""
        collection = _collection_of(name, self.state)
        if collection is None:
            return name
        owner = self.org().id
        objects = self.state.all(collection).items()
        return str(min((steps_of(key)[-1] for key, value in objects if collection.owner(value) == owner), default=name))


def _first(state: State, collection: Collection[V], missing: type[ApiError]) -> V:
    """The first object by its key; raises the error where there is none."""
    objects = state.all(collection)
    if not objects:
        raise missing(f"There is no {collection.noun}.")
    return objects[min(objects)]
