"""Shapes of bodies and answers: whether the object or list stands at the root or in a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mock_server.declared.documents.fields import read_fields

Schema = Mapping[str, Any]
IsOne = Callable[[Schema], bool]

_DEEPEST = 2


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
