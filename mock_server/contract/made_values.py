"""Values made of a schema alone: what stands for an example that nobody wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mock_server.contract.document import follow

_DEEPEST = 8
_TEXTS: Mapping[str, str] = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "ZXhhbXBsZQ==",
}
_TRIES = (
    "text",
    "TEXT",
    "a",
    "A",
    "1",
    "0",
    "12",
    "123",
    "1234",
    "ab",
    "abc",
    "ABC",
    "en",
    "US",
    "en-US",
    "a1",
    "+491234567",
)
_TRIES_OF_LENGTH = ("a", "A", "0", "1", "f")
_LONGEST_TRY = 64


def make_value(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value that a schema of a document shows or allows, as far as its keywords say which do."""
    schema = follow(document, schema)
    if "example" in schema:
        return schema["example"]
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if schema.get(choice) and "properties" not in schema:
            return make_value(document, schema[choice][0], depth + 1)
    kind = schema.get("type") or _guess_type(schema)
    make = _MAKES.get(kind)
    return None if make is None else make(document, schema, depth)


def _guess_type(schema: Mapping[str, Any]) -> str:
    if schema.keys() & {"properties", "additionalProperties", "allOf", "required"}:
        return "object"
    return "array" if "items" in schema else "string"


def _make_object(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    made: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        value = make_value(document, {"type": "object", **_without_example(follow(document, part))}, depth + 1)
        made |= value if isinstance(value, dict) else {}
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        each = follow(document, each)
        if each.get("writeOnly") or (depth >= _DEEPEST and name not in required):
            continue
        if depth < 2 * _DEEPEST:
            made[name] = make_value(document, each, depth + 1)
    return made


def _without_example(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of a whole, whose example would not be one of the whole's."""
    example = schema.get("example")
    return (
        schema if isinstance(example, dict) or example is None else {k: v for k, v in schema.items() if k != "example"}
    )


def _make_array(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    least = schema.get("minItems", 1 if depth < _DEEPEST else 0)
    if schema.get("maxItems") == 0:
        return []
    item = make_value(document, schema.get("items", {}), depth + 1) if least else None
    return [item] * least


def _make_number(_document: Mapping[str, Any], schema: Mapping[str, Any], _depth: int) -> Any:
    step = schema.get("multipleOf", 1)
    value = schema.get("minimum", min(0, schema["maximum"]) if "maximum" in schema else 0)
    if schema.get("exclusiveMinimum") is True:
        value += step
    if value % step:
        value += step - value % step
    return int(value) if schema.get("type") == "integer" else value


def _make_text(_document: Mapping[str, Any], schema: Mapping[str, Any], _depth: int) -> Any:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    text = _TEXTS.get(str(schema.get("format")), "text")
    if "pattern" in schema:
        return _find_matching(schema["pattern"], least, most, text)
    return text.ljust(least, "t")[:most]


def _find_matching(pattern: str, least: int, most: int | None, otherwise: str) -> str:
    """Return the first of many simple texts that match a pattern; another text where none does."""
    try:
        matches = re.compile(pattern).search
    except re.error:
        return otherwise
    tries = [*_TEXTS.values(), *_TRIES]
    tries += [letter * length for length in range(1, _LONGEST_TRY) for letter in _TRIES_OF_LENGTH]
    for text in tries:
        if least <= len(text) and (most is None or len(text) <= most) and matches(text):
            return text
    return otherwise


_MAKES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], int], Any]] = {
    "object": _make_object,
    "array": _make_array,
    "integer": _make_number,
    "number": _make_number,
    "boolean": lambda _document, _schema, _depth: False,
    "string": _make_text,
}
