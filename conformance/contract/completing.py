"""The completion of an OpenAPI 3 document into the form that the reader takes: what may be left out is put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import METHODS, JsonObject

OWN_KEYWORDS = ("x-rules", "x-features", "x-roles", "x-permission-sets")
"""A document that has one of them at its root says by itself who calls, and what it promises."""


def is_plain(document: Any) -> bool:
    """Return whether a document has no rules, features and roles of its own."""
    return isinstance(document, Mapping) and not any(keyword in document for keyword in OWN_KEYWORDS)


def complete(document: JsonObject) -> JsonObject:
    """Return the document with an id for each operation that has none: its method and its path."""
    if not isinstance(document.get("paths"), Mapping):
        return document
    return {**document, "paths": {path: _complete_item(path, item) for path, item in document["paths"].items()}}


def _complete_item(path: str, item: Any) -> Any:
    return {**item, **dict(_name_operations(path, item))} if isinstance(item, Mapping) else item


def _name_operations(path: str, item: JsonObject) -> Iterator[tuple[str, Any]]:
    """Yield each operation of a path by its method, with an id."""
    for method in METHODS:
        operation = item.get(method)
        if isinstance(operation, Mapping):
            given = operation.get("operationId")
            yield method, {**operation, "operationId": given if isinstance(given, str) else f"{method.upper()} {path}"}


def find_base_path(document: JsonObject) -> str:
    """Return the path of the first server of a document, its variables by their defaults; empty where it has none."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], Mapping) else {}
    url = str(first.get("url", ""))
    variables = first.get("variables")
    for name, each in variables.items() if isinstance(variables, Mapping) else ():
        url = url.replace(f"{{{name}}}", str(each.get("default", "")) if isinstance(each, Mapping) else "")
    _, separator, rest = url.partition("://")
    path = rest.partition("/")[2] if separator else url
    return f"/{path.strip('/')}" if path.strip("/") else ""
