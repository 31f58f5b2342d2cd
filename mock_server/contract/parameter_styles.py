"""Parameters and headers as they are declared: the style of their text (OpenAPI 3.0, "Style Values") and its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from mock_server.contract.compiled import Parameter
from mock_server.contract.schema import Compiler, fits
from mock_server.errors import UnsupportedError

Place = Literal["path", "query", "header"]

_TAILS = {"path", "slashes"}  # formats of a path parameter that takes slashes
_SCALARS = {"string", "integer", "number", "boolean"}
_USUAL: Mapping[Place, str] = {"path": "simple", "query": "form", "header": "simple"}
_SEPARATORS: Mapping[Place, Mapping[str, str]] = {
    "path": {"simple": ","},
    "query": {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"},
    "header": {"simple": ","},
}


def compile_parameter(name: str, declared: Mapping[str, Any], schemas: Compiler, *, place: Place) -> Parameter:
    """A parameter, or a header of a response; UnsupportedError for an unsupported kind, SchemaError for its schema."""
    what = f"the {'header' if place == 'header' else 'parameter'} {name!r}"
    schema = declared.get("schema")
    if schema is None:
        raise UnsupportedError(f"{what} has no schema; one that is described by content is not supported")
    kind = find_type(what, schema)
    many = kind == "array"
    separator = _find_separator(what, declared, place, many=many)
    items = _find_keyword(schema, "items") or {} if many else schema
    kind = find_type(f"an item of {what}", items) if many else kind
    if kind == "array":
        raise UnsupportedError(f"{what} is an array of arrays, which is not supported")
    # No empty text comes in a path, and nothing here sends a header that is empty.
    validator = None if _takes_any_text(schema, never_empty=place != "query") else schemas.compile(schema)
    if declared.get("allowReserved"):
        raise UnsupportedError(f"{what} has allowReserved, which is not supported; let its text be percent-encoded")
    if declared.get("allowEmptyValue") and validator is not None and (kind != "string" or not fits(validator, "")):
        raise UnsupportedError(
            f"{what} has allowEmptyValue, which is not supported; let its schema say what may be empty"
        )
    return Parameter(
        name=name,
        required=declared.get("required", False),
        type=kind,
        many=many,
        separator=separator,
        default=_find_keyword(schema, "default"),
        tail=schema.get("format") in _TAILS,
        strict=schema.get("format") == "path",
        validator=validator,
    )


def find_type(what: str, schema: Mapping[str, Any]) -> str:
    """The one type that a text can be read as; UnsupportedError for an object, or where there are several."""
    found = sorted(set(_list_types(schema)))
    if len(found) > 1:
        raise UnsupportedError(f"{what} may be of type {' or '.join(found)}, which is not supported; let it be of one")
    kind = found[0] if found else "string"
    if kind not in _SCALARS | {"array"}:
        raise UnsupportedError(
            f"{what} is of type {kind}, which is not supported; let it be text, or several parameters"
        )
    return kind


def _list_types(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every type that a schema names, or shows by what it says of a value."""
    if "type" in schema:
        yield schema["type"]
        return
    if schema.keys() & {"properties", "additionalProperties"}:
        yield "object"
    forms = [form for key in ("allOf", "oneOf", "anyOf") for form in schema.get(key, [])]
    found = [kind for form in forms for kind in _list_types(form)]
    yield from found
    if not found:
        yield from (_name_type(value) for value in schema.get("enum", []) if value is not None)


def _name_type(value: Any) -> str:
    for kind, of_python in (("boolean", bool), ("integer", int), ("number", float), ("array", list), ("object", dict)):
        if isinstance(value, of_python):
            return kind
    return "string"


def _find_separator(what: str, declared: Mapping[str, Any], place: Place, *, many: bool) -> str | None:
    """Return the text between the items of an array; None where the parameter is repeated, or has no items."""
    style = declared.get("style", _USUAL[place])
    known = _SEPARATORS[place]
    if style not in known:
        raise UnsupportedError(
            f"{what} has the style {style}, which is not supported in {place}; use {' or '.join(known)}"
        )
    explode = declared.get("explode", style == "form")
    if not many:
        return None
    if place == "query" and explode:
        if style != "form":
            raise UnsupportedError(f"{what} has the style {style} with explode, which means nothing; use form")
        return None
    return known[style]


def _find_keyword(schema: Mapping[str, Any], keyword: str) -> Any:
    """Return a keyword of a schema, or of one of those that it is all of; None where none has it."""
    if keyword in schema:
        return schema[keyword]
    found = (_find_keyword(part, keyword) for part in schema.get("allOf", []))
    return next((each for each in found if each is not None), None)


def _takes_any_text(schema: Mapping[str, Any], *, never_empty: bool) -> bool:
    """Whether every text that can come fits, so that there is nothing to compile."""
    return (
        schema.get("type") == "string"
        and not schema.keys() - {"type", "minLength", "format", "description", "example", "default"}
        and schema.get("minLength", 0) <= never_empty
        and schema.get("format", "path") in _TAILS
    )
