"""Right values for the fields of a declared resource, by the schemas of its bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.contract.resource_types import Reference, ResourceType
from conformance.contract.schemas import get_schemas
from conformance.oracle.bodies import set_by_server
from conformance.oracle.declaration.fields import Field, make_fresh_name, mark_name
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.boundaries import draw_inside
from conformance.recipes.making import create_owned
from conformance.recipes.requests import JSON

FIRST, SECOND = "First", "Zweite, mit Umlaut: ä"
"""Texts for fields that take any."""
SEED = 1
"""The seed of values drawn from a pattern: which they are says nothing, so they are the same in each run."""


def compile_fields(contract: Contract, declared: ResourceType) -> dict[str, Field]:
    """Return by name how each field of the bodies gets a right value, as far as their schemas tell."""
    found: dict[str, Field] = {}
    parts = declared.parts
    for name, schema, examples in _find_properties(contract, parts.create, parts.put, parts.update):
        if name in declared.refers:
            found[name] = _compile_reference(declared.refers[name], is_list=schema.get("type") == "array")
        elif name in declared.unique and schema.get("type") == "string":
            found[name] = Field(make_fresh_name, marked=mark_name)
        elif name not in declared.merged and (field := _compile_field(contract, name, schema, examples)):
            found.setdefault(name, field)
    return found


def find_cleared_fields(contract: Contract, declared: ResourceType) -> frozenset[str]:
    """Return the fields of an update that a null takes away: it may be sent, and an object need not have them."""
    shown = resolve(contract.document, contract.document["components"]["schemas"][declared.schema])
    nullable = (name for name, schema, _ in _find_properties(contract, declared.parts.update) if schema.get("nullable"))
    return frozenset(nullable) - frozenset(shown.get("required", ()))


def choose_private_fields(contract: Contract, declared: ResourceType) -> dict[str, Any] | None:
    """Return fields of a creation by which its org alone sees what it makes; None where there are none."""
    sent = {name: (schema, examples) for name, schema, examples in _find_properties(contract, declared.parts.create)}
    found: dict[str, Any] = {}
    for name, shared in declared.visible:
        others = [each for each in _find_fitting(contract, *sent[name]) if each not in shared] if name in sent else []
        if not others:
            return None
        found[name] = others[0]
    return found


def find_body_schema(contract: Contract, operation_id: str | None) -> JsonObject:
    """Return the schema of an operation's JSON body; empty where it has none."""
    operation = contract.operations.get(operation_id or "")
    return operation.body.schemas.get(JSON, {}) if operation and operation.body else {}


def _find_properties(contract: Contract, *operations: str | None) -> Iterator[tuple[str, JsonObject, tuple[Any, ...]]]:
    """Yield each field of the JSON bodies that a caller sets: its name, its schema, and its examples."""
    for operation_id in operations:
        body, operation = find_body_schema(contract, operation_id), contract.operations.get(operation_id or "")
        unset = set_by_server(body)
        for name in (each for each in body.get("properties", {}) if each not in unset):
            examples = tuple(_list_examples(operation, name)) if operation else ()
            yield name, resolve(contract.document, body["properties"][name]), examples


def _list_examples(operation: Operation, name: str) -> Iterator[Any]:
    given = operation.body.examples.get(JSON, ()) if operation.body else ()
    yield from (each[name] for each in given if isinstance(each, Mapping) and name in each)


def _compile_field(contract: Contract, name: str, schema: JsonObject, examples: tuple[Any, ...]) -> Field | None:
    """Return a field with one of two values that fit, not the one that the object has; None where none is found."""
    values = cache(lambda: _find_fitting(contract, schema, examples))

    def choose_value(_session: Any, _caller: Caller | None, fact: Fact | None) -> Any:
        others = [each for each in values() if fact is None or fact.shown.get(name) != each]
        return next(iter(others or values()), None)

    return None if schema.get("type") in ("object", "array") and not examples else Field(choose_value)


def _find_fitting(contract: Contract, schema: JsonObject, examples: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values that fit a schema: plain ones, and drawn ones where fewer than two are plain."""
    fits = get_schemas(contract).fits
    plain = [each for each in _list_plain_values(schema, examples) if each is not None and fits(schema, each)]
    drawn = draw_inside(schema, list(examples), SEED, lambda each: fits(schema, each)) if len(plain) < 2 else []
    return tuple({repr(each): each for each in (*plain, *drawn) if each is not None}.values())


def _list_plain_values(schema: JsonObject, examples: tuple[Any, ...]) -> Iterator[Any]:
    """Yield values that a reader of a report understands at once."""
    yield from examples
    yield from schema.get("enum", ())
    kind = schema.get("type")
    if kind == "boolean":
        yield from (True, False)
    elif kind in ("integer", "number"):
        lowest = schema.get("minimum", 0)
        yield from (lowest + 1, lowest, schema.get("maximum", lowest + 2))
    elif kind == "string" and not {"pattern", "format", "enum"} & schema.keys():
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        yield from (text.ljust(least, ".")[:most] for text in (FIRST, SECOND))


def _compile_reference(reference: Reference, *, is_list: bool) -> Field:
    """Return a field that names an object in use of the caller's org."""

    def choose_value(session: Any, caller: Caller | None, _fact: Fact | None) -> Any:
        if caller is None:
            name = f"{reference.to}_conformance"
        else:
            named = create_owned(session, require_resource(reference.to), caller.org)
            name = named.id if reference.by is None else str(named.shown.get(reference.by, named.name))
        return [name] if is_list else name

    return Field(choose_value, is_stored=True)
