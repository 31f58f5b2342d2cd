"""The object that an answer or a body shows, with the name of its schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mock_server.contract.document import follow, resolve
from mock_server.declared.documents.fields import read_fields

Node = Mapping[str, Any]
FindKey = Callable[[Mapping[str, Any]], str | None]

_COMPONENT = "#/components/schemas/"
_DEEPEST = 2


class ShownObject(NamedTuple):
    """An object that is shown: the name of its schema, if it has one, the schema, and the field of its key."""

    name: str | None
    schema: Node
    key: str


def find_shown(document: Node, node: Node, find_key: FindKey, depth: int = 0) -> ShownObject | None:
    """Return the object with a key that a schema shows by itself, in a list or in a field; None where it shows none."""
    name = None
    while isinstance(reference := node.get("$ref"), str):
        name = reference.removeprefix(_COMPONENT) if reference.startswith(_COMPONENT) else name
        node = follow(document, {"$ref": reference}) if "/" in reference else {}
    whole = resolve(document, node)
    fields = read_fields(whole)
    if (key := find_key(fields)) is not None and "items" not in whole.get("properties", {}).get(key, {}):
        return ShownObject(name, node, key)
    if depth > _DEEPEST:
        return None
    inside = [node["items"]] if "items" in node else list(_list_properties(document, node).values())
    found = (find_shown(document, each, find_key, depth + 1) for each in inside if isinstance(each, Mapping))
    return next((each for each in found if each is not None), None)


def _list_properties(document: Node, node: Node) -> dict[str, Node]:
    """Return the properties of a schema that may hold objects, those of its parts included, with their references."""
    found: dict[str, Node] = {}
    for part in node.get("allOf", ()):
        found |= _list_properties(document, follow(document, part))
    found |= node.get("properties", {})
    return found


def read_success(document: Node, operation: Node) -> Node | None:
    """Return the schema of the first success of an operation that has one of JSON; None where it has none."""
    responses = operation.get("responses", {})
    successes = sorted((each for each in responses if each.startswith("2")), key=lambda each: each.lower())
    for status in (*successes, *(["default"] if not successes and "default" in responses else [])):
        schema = read_json(follow(document, responses[status]))
        if schema is not None:
            return schema
    return None


def read_body(document: Node, operation: Node) -> Node | None:
    """Return the schema of the body of JSON that an operation takes; None where it takes none."""
    return read_json(follow(document, operation.get("requestBody", {})))


def read_json(said: Node) -> Node | None:
    """Return the schema that content of JSON has; None where there is no JSON."""
    for media_type, each in said.get("content", {}).items():
        if media_type.partition(";")[0].strip().endswith(("/json", "+json", "*/*")):
            schema: Node = each.get("schema", {})
            return schema
    return None
