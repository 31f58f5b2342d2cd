"""Schemas that are kept objects': their fields, the place of an object in a body or an answer, and their integers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mock_server.errors import ValidationFailed

Schema = Mapping[str, Any]
IsOne = Callable[[Schema], bool]

_FORMS = ("oneOf", "anyOf")
_DEEPEST = 2
_BEYOND = 2**63


def flatten(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read_fields(schema: Schema) -> dict[str, Schema]:
    """Return the fields of a schema without references, of its parts and of each of its forms; none never shown."""
    found: dict[str, Schema] = {}
    for part in (*schema.get("allOf", ()), *(form for key in _FORMS for form in schema.get(key, ()))):
        found = read_fields(part) | found
    own = {name: each for name, each in schema.get("properties", {}).items() if not each.get("writeOnly")}
    return found | own


def read_required(schema: Schema) -> frozenset[str]:
    """Return the fields that a schema without references requires, with those of its parts and of all of its forms."""
    required = frozenset(schema.get("required", ())).union(*map(read_required, schema.get("allOf", ())))
    for key in _FORMS:
        forms = [read_required(form) for form in schema.get(key, ())]
        required |= frozenset.intersection(*forms) if forms else frozenset()
    return required


class Shape(NamedTuple):
    """The place of the object or the list, and the schemas of the whole and of one object."""

    at: tuple[str, ...]
    whole: Schema
    one: Schema
    is_list: bool


def find_shape(schema: Schema, is_one: IsOne, *, prefers_list: bool = False, depth: int = 0) -> Shape | None:
    """Return where a schema without references has an object, or a list of them; None where it has neither."""
    if is_one(schema) and not prefers_list:
        return Shape((), schema, schema, is_list=False)
    items = schema.get("items", {})
    if schema.get("type") == "array" and is_one(items):
        return Shape((), schema, items, is_list=True)
    if depth < _DEEPEST:
        found = []
        for name, each in read_fields(schema).items():
            if (inner := find_shape(each, is_one, prefers_list=prefers_list, depth=depth + 1)) is not None:
                found.append(inner._replace(at=(name, *inner.at), whole=schema))
        if found:
            return min(found, key=lambda each: len(each.at))
    return find_shape(schema, is_one) if prefers_list and depth == 0 else None


def read_at(value: Any, at: tuple[str, ...]) -> Any:
    """Return what stands in a value at a place; None where there is nothing."""
    for name in at:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def shows_alike(schema: Schema, fields: Mapping[str, Any]) -> bool:
    """Whether half of the fields of a schema, or more, are those of an object."""
    own = read_fields(schema)
    return bool(own) and 2 * len(own.keys() & fields.keys()) >= len(own)


def with_integers(schema: Schema, value: Any, place: tuple[str, ...] = ()) -> Any:
    """Return a value in which what its schema calls an integer is one, 1.0 too.

    ValidationFailed for one beyond 64 bits: it would come back as another number.
    """
    if isinstance(value, float) and _is_integer(schema) and value.is_integer():
        if abs(value) >= _BEYOND:
            raise ValidationFailed(fields={".".join(place) or "body": "It is an integer of more than 64 bits."})
        return int(value)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [with_integers(items, each, (*place, str(at))) for at, each in enumerate(value)]
    if isinstance(value, Mapping):
        fields, extra = read_fields(schema), schema.get("additionalProperties")
        other = extra if isinstance(extra, Mapping) else {}
        return {name: with_integers(fields.get(name, other), each, (*place, name)) for name, each in value.items()}
    return value


def _is_integer(schema: Schema) -> bool:
    """Whether a schema, or one of its parts, says that a value is an integer."""
    parts = (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ()))
    return schema.get("type") == "integer" or any(map(_is_integer, parts))
