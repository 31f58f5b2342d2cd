"""Check the objects of a state by the contract's own schemas, as the owner of each object would see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from mock_server.contract.schema import Validator, fits, locate_problems, with_null
from mock_server.errors import ContractError
from mock_server.state.collection import Collection
from mock_server.state.rendered import dump
from mock_server.state.state import State

_BASE = "urn:contract"


class Conformity:
    """The schemas of a contract by which objects are judged; one that the contract lacks judges nothing.

    Raises ContractError for a schema that cannot be compiled.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components = document.get("components", {})
        self._validators: dict[str, Validator] = {}

    def find_breaches(self, state: State) -> Iterator[tuple[str, Any, list[str], str]]:
        """Yield each place that does not fit: collection, key of the object, the path in the object, what is wrong."""
        for name, table in state.tables.items():
            collection = table.collection
            if self._find_validator(collection) is None:
                continue
            for key, value in table.objects.items():
                for place, text in self.find_object_breaches(collection, value):
                    yield name, key, place, text

    def find_object_breaches(self, collection: Collection[Any], value: Any) -> Iterator[tuple[list[str], str]]:
        """Yield each place that does not fit in what the owner of an object is shown: its path, and what is wrong."""
        validator = self._find_validator(collection)
        if validator is not None:
            view = orjson.loads(dump(collection.show(value, collection.find_owner(value))))
            if not fits(validator, view):
                yield from locate_problems(validator, view)

    def _find_validator(self, collection: Collection[Any]) -> Validator | None:
        name = collection.schema
        if name is None or name not in self._components.get("schemas", {}):
            return None
        if name not in self._validators:
            self._validators[name] = _make_validator(name, self._registry)
        return self._validators[name]

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        """All schemas, translated once: a start that judges nothing does without."""
        return jsonschema_rs.Registry(
            [(_BASE, {"components": _with_null(self._components)})], draft=jsonschema_rs.Draft7
        )


def _with_null(node: Any) -> Any:
    """Return the schemas as JSON Schema has them: null is a type of its own, and every key a text, as in JSON."""
    if isinstance(node, list):
        return [_with_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {str(name): _with_null(each) for name, each in node.items()}
    return with_null(found) if found.get("nullable") is True else found


def _make_validator(name: str, registry: jsonschema_rs.Registry) -> Validator:
    reference = {"$ref": f"{_BASE}#/components/schemas/{name}"}
    try:
        return Validator(reference, registry=registry, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as problem:
        text = str(problem).splitlines()[0]
        raise ContractError(f"the contract's components.schemas.{name}: {text}") from problem
