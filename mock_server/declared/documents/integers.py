"""Integers of JSON as they are kept: a reader of JSON makes fractions of those that are written so, or too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.declared.documents.fields import read_fields
from mock_server.declared.documents.kinds import Schema
from mock_server.errors import ValidationFailed

_BEYOND = 2**63


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
