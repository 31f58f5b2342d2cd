"""What an operation declares in OpenAPI's own words: parameters, bodies, responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.contract import Body, BodyKind, Parameter, Response, UnknownError
from mock_server.samples import samples
from mock_server.schema import Compiler, is_binary

_TAILS = {"path", "slashes"}  # formats of a path parameter that takes slashes
_SCALARS = {"string", "integer", "number", "boolean"}


def parameter(name: str, declared: Mapping[str, Any], schemas: Compiler, *, never_empty: bool) -> Parameter:
    """A parameter, or the header of a response; `never_empty` where no empty text can come.

    Raises UnknownError for a kind of parameter that is not supported, SchemaError for its schema.
    """
    schema = declared.get("schema")
    if schema is None:
        raise UnknownError(f"the parameter {name!r} has no schema")
    many = schema.get("type") == "array"
    kind = (schema.get("items", {}) if many else schema).get("type", "string")
    if kind not in _SCALARS:
        raise UnknownError(f"the parameter {name!r} is of type {kind}, which is not supported")
    return Parameter(
        name=name,
        required=declared.get("required", False),
        type=kind,
        many=many,
        tail=schema.get("format") in _TAILS,
        strict=schema.get("format") == "path",
        validator=None if _any_text(schema, never_empty=never_empty) else schemas.compile(schema),
    )


def _any_text(schema: Mapping[str, Any], *, never_empty: bool) -> bool:
    """Whether every text fits that can come: then there is nothing to compile."""
    return (
        schema.get("type") == "string"
        and not schema.keys() - {"type", "minLength", "format", "description", "example"}
        and schema.get("minLength", 0) <= never_empty
        and schema.get("format", "path") in _TAILS
    )


def body(media_type: str, declared: Mapping[str, Any], schemas: Compiler) -> Body:
    """A request body of one media type; UnknownError for a kind of body that is not supported."""
    schema = declared.get("schema", {})
    kind: BodyKind
    if media_type.lower() == "multipart/form-data":
        kind = "multipart"
    elif media_type.lower() == "application/json" or media_type.lower().endswith("+json"):
        kind = "json"
    elif is_binary(schema):
        kind = "bytes"
    else:
        raise UnknownError(f"a body of {media_type} must have the schema of a binary string")
    parts = {
        name: "bytes" if is_binary(each) else each.get("type", "string")
        for name, each in schema.get("properties", {}).items()
        if kind == "multipart"
    }
    return Body(kind, schemas.compile(schema), parts)


def response(declared: Mapping[str, Any], schemas: Compiler, bodies: Mapping[str, Any]) -> Response:
    """A response with the media types and headers that it declares; `bodies`: an envelope of each error code."""
    # A header that is there is never empty: nothing here sends one that is.
    headers = [
        parameter(name.lower(), each, schemas, never_empty=True) for name, each in declared.get("headers", {}).items()
    ]
    codes = dict.fromkeys(code for each in declared.get("content", {}).values() for code in _codes(each))
    return Response(
        media={
            media_type.lower(): None if is_binary(each.get("schema", {})) else schemas.compile(each.get("schema", {}))
            for media_type, each in declared.get("content", {}).items()
        },
        headers={header.name.encode(): header for header in headers if header.required or header.validator},
        codes=tuple(codes),
        samples=samples(declared, codes, bodies),
    )


def _codes(declared: Mapping[str, Any]) -> list[str]:
    """The error codes of a response: of the places where its schema lists any, the shortest list."""
    lists = list(_lists(declared.get("schema", {}), ("error", "code")))
    return min(lists, key=len) if lists else []


def _lists(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[list[str]]:
    for part in schema.get("allOf", []):
        yield from _lists(part, path)
    if not path:
        if "enum" in schema:
            yield schema["enum"]
    elif path[0] in schema.get("properties", {}):
        yield from _lists(schema["properties"][path[0]], path[1:])


def by_status(declared: Mapping[str, Response]) -> Mapping[int, Response]:
    """The response of each status: its own, its class's (`4XX`), or the default."""
    found: dict[int, Response] = {}
    for status in range(100, 600):
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in declared:
                found[status] = declared[name]
                break
    return found
