"""The contract as a document of OpenAPI 3.1, equal in meaning, for whoever has a tool that prefers that."""

from __future__ import annotations

from typing import Any

VERSION = "3.1.1"
FILE = "openapi-3.1.yaml"
_DATA = {"example", "examples", "default", "enum"}


def to_openapi31(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of OpenAPI 3.0 as 3.1 says it; its keywords that begin with `x-` stay as they are."""
    return {**_converted(document), "openapi": VERSION}


def _converted(node: Any) -> Any:
    """Return a part of the document in which each schema is one of 3.1."""
    if isinstance(node, list):
        return [_converted(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {key: _part(key, part) for key, part in node.items()}


def _part(key: str, part: Any) -> Any:
    if key in _DATA or key.startswith("x-"):
        return part
    if key == "schema":
        return to_schema31(part)
    if key == "schemas":
        return {name: to_schema31(schema) for name, schema in part.items()}
    return _converted(part)


def to_schema31(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of OpenAPI 3.0 as JSON Schema 2020-12 says it."""
    if "$ref" in schema:  # 3.0 heeds nothing beside it, and 3.1 does
        return {"$ref": schema["$ref"]}
    result = {key: _schema_part(key, part) for key, part in schema.items()}
    if result.pop("nullable", False) and "type" in result:
        result["type"] = [result["type"], "null"]
    for limit, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if result.pop(strict, False) and limit in result:
            result[strict] = result.pop(limit)
    if "example" in result:
        result["examples"] = [result.pop("example")]
    return _with_encoding(result)


def _with_encoding(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that says how bytes stand in text, or that they are no text, as 3.1 does."""
    if schema.get("format") == "byte":
        return {**_without(schema, "format"), "contentEncoding": "base64"}
    if schema.get("format") == "binary":  # JSON Schema has no type for it
        return {**_without(schema, "format", "type"), "contentMediaType": "application/octet-stream"}
    return schema


def _without(schema: dict[str, Any], *keywords: str) -> dict[str, Any]:
    return {key: part for key, part in schema.items() if key not in keywords}


def _schema_part(key: str, part: Any) -> Any:
    if key in {"allOf", "anyOf", "oneOf"}:
        return [to_schema31(each) for each in part]
    if key == "properties":
        return {name: to_schema31(each) for name, each in part.items()}
    if key in {"items", "not", "additionalProperties"} and isinstance(part, dict):
        return to_schema31(part)
    return part
