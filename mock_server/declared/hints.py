"""The types of fields, as their schemas say; and how a value of JSON becomes one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.state.clock import parse_moment

Schema = Mapping[str, Any]
Read = Callable[[Any], Any]


def read_hint(schema: Schema) -> Any:
    """Return the type of the values of a schema; those that no type tells apart are of any."""
    schema = _join_parts(schema)
    make = _HINTS.get(str(schema.get("type")))
    return Any if make is None else make(schema)


def find_reader(schema: Schema) -> Read | None:
    """Return what makes a value of JSON one that is kept; None where it is kept as it is."""
    schema = _join_parts(schema)
    if is_time(schema):
        return parse_moment
    return tuple if schema.get("type") == "array" else None


def is_time(schema: Schema) -> bool:
    """Whether a value is a moment."""
    return (schema.get("type"), schema.get("format")) == ("string", "date-time")


def read_options(schema: Schema) -> tuple[str, ...]:
    """Return the values that a schema lists; empty where it lists none."""
    return tuple(_join_parts(schema).get("enum", ()))


def _hint_text(schema: Schema) -> Any:
    if is_time(schema):
        return datetime
    options = tuple(each for each in schema.get("enum", ()) if each is not None)
    if options:
        return Literal[options]
    extra = {"format": schema["format"]} if "format" in schema else None
    return _annotate(
        str,
        pattern=_check_pattern(schema.get("pattern")),
        min_length=schema.get("minLength"),
        max_length=schema.get("maxLength"),
        extra_json_schema=extra,
    )


def _hint_number(schema: Schema) -> Any:
    kind = int if schema["type"] == "integer" else float
    return _annotate(kind, ge=schema.get("minimum"), le=schema.get("maximum"))


def _hint_array(schema: Schema) -> Any:
    return GenericAlias(tuple, (read_hint(schema.get("items", {})), ...))


def _hint_map(schema: Schema) -> Any:
    values = schema.get("additionalProperties")
    if not isinstance(values, dict) or "properties" in schema:
        return Mapping[str, Any]
    return GenericAlias(Mapping, (str, read_hint(values)))


_HINTS: Mapping[str, Callable[[Schema], Any]] = {
    "string": _hint_text,
    "integer": _hint_number,
    "number": _hint_number,
    "boolean": lambda _schema: bool,
    "array": _hint_array,
    "object": _hint_map,
}


def _annotate(kind: type, **said: Any) -> Any:
    told = {name: value for name, value in said.items() if value is not None}
    return Annotated[kind, Meta(**told)] if told else kind


def _check_pattern(text: str | None) -> str | None:
    """The pattern, where Python has it too; the contract's schema judges by it anyway."""
    try:
        re.compile(text or "")
    except re.error:
        return None
    return text


def _join_parts(schema: Schema) -> Schema:
    """A schema with what its parts say."""
    found: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        found |= _join_parts(part)
    return {**found, **schema}
