"""The resources of a plain document, as custody knows them: what makes one, lists and removes it, and its key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.contract.resource_types import ResourceShape
from conformance.contract.shapes import JSON
from conformance.http.exchange import Request
from conformance.oracle.declaration.behavior import Behavior, Part
from conformance.oracle.declaration.fields import RequestedValues
from conformance.oracle.declaration.registry import find_resource_of, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State

NAMES = ("name", "title", "username", "summary", "label", "description", "text")
"""The fields that most likely tell one object from another to somebody who reads."""
UNSHOWN = "password"
"""The format of what is kept otherwise than it was sent."""
LEAST_ROOM = 40
"""The characters that a mark and what follows it take."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlainResource(Resource):
    """One resource, by the shape that the document gives it."""

    shape: ResourceShape

    def read_fact(self, known: Fact | None, org: str, shown: JsonObject) -> Fact | None:  # noqa: ARG002  # as it is
        """Return None: the objects of a plain contract are followed by `conformance.plain.life` instead."""
        return None

    def read_request(self, state: State, request: Request) -> RequestedValues:  # noqa: ARG002  # as above
        """Return the name that a creation gives."""
        try:
            body = json.loads(request.content or b"")
        except (ValueError, RecursionError):
            body = None
        name = read_sent_object(self.shape, request.operation_id or "", body).get(self.named_in)
        return RequestedValues(name if isinstance(name, str) else None, {})

    def to_custody(self, object_id: str) -> str:
        """Return the id with its resource: two resources may both have a 1."""
        return f"{self.name} {object_id}"

    def from_custody(self, held: str) -> str:
        """Return the id alone."""
        return held.removeprefix(f"{self.name} ")

    def as_made(self, operation_id: str | None, answer: JsonObject) -> JsonObject:
        """Return what the answer to a creation shows of the object that it made, its key as its id."""
        shown = read_object(self.shape, operation_id, answer)
        return {**shown, "id": read_key(self.shape, shown)}

    def list_objects(self, listing: Any) -> list[dict[str, Any]]:
        """Return the objects in the answer to the list, their keys as their ids."""
        found = read_list(self.shape, listing)
        return [{**each, "id": read_key(self.shape, each)} for each in found]


def find_plain_resources(contract: Contract) -> Iterator[PlainResource]:
    """Yield the resources of a plain contract of which the document has an operation that makes one."""
    for shape in contract.shapes.values():
        yield PlainResource(
            name=shape.name,
            shape=shape,
            operations=tuple(_list_behaviors(shape)),
            named_in=find_marked_field(contract, shape) or "",
        )


def _list_behaviors(shape: ResourceShape) -> Iterator[Behavior]:
    """Yield the parts of operations; what is within another object goes with that one, so nothing counts as made."""
    parts: tuple[tuple[Part, str | None], ...] = (
        ("list", shape.list),
        ("read", shape.read),
        ("update", shape.update),
        ("remove", shape.remove),
        ("create", None if shape.within else shape.create),
    )
    yield from (Behavior(operation_id, part=part) for part, operation_id in parts if operation_id is not None)


def find_resource_about(operation: Operation) -> PlainResource | None:
    """Return the resource in whose objects' life an operation plays a part, else the one that its path names."""
    for each in list_resources():
        if isinstance(each, PlainResource) and operation.operation_id in each.shape.operations:
            return each
    found = find_resource_of(operation)
    return found if isinstance(found, PlainResource) else None


def find_marked_field(contract: Contract, shape: ResourceShape) -> str | None:
    """Return the field of a creation that a run's mark has its place in; None where there is none."""
    fields = find_sent_fields(contract, shape, shape.create)
    plain = [name for name, schema in fields.items() if is_free_text(schema)]
    return next((name for name in NAMES if name in plain), None) or next(iter(plain), None)


def find_sent_fields(contract: Contract, shape: ResourceShape, operation_id: str | None) -> dict[str, JsonObject]:
    """Return the fields of an object that the body of an operation has, with their schemas."""
    operation = contract.operations.get(operation_id or "")
    schema = operation.body.schemas.get(JSON, {}) if operation and operation.body else {}
    fields = list_properties(contract, schema)
    wrapper = shape.sent_in.get(operation_id or "")
    return list_properties(contract, fields[wrapper]) if wrapper in fields else fields


def find_comparable_fields(contract: Contract, shape: ResourceShape, operation_id: str | None) -> list[str]:
    """Return the fields of a body that an object may be held against: not those that nobody is shown as they were."""
    fields = find_sent_fields(contract, shape, operation_id)
    return [name for name, schema in fields.items() if not (schema.get("writeOnly") or schema.get("format") == UNSHOWN)]


def list_properties(contract: Contract, schema: Any) -> dict[str, JsonObject]:
    """Return the fields of an object that a caller may send, with their schemas, those of all parts of an allOf."""
    node = resolve(contract.document, schema)
    if not isinstance(node, Mapping):
        return {}
    found: dict[str, JsonObject] = {}
    for part in node.get("allOf", ()):
        found |= list_properties(contract, part)
    for name, each in node.get("properties", {}).items():
        inner = resolve(contract.document, each)
        if isinstance(inner, Mapping) and inner.get("readOnly") is not True:
            found[name] = inner
    return found


def is_free_text(schema: JsonObject) -> bool:
    """Return whether a field takes any text, so that a mark has its place in it."""
    bound = {"enum", "const", "pattern", "format"} & schema.keys()
    longest = schema.get("maxLength", LEAST_ROOM)
    kinds = schema.get("type")
    return "string" in (kinds if isinstance(kinds, list) else [kinds]) and not bound and longest >= LEAST_ROOM


def read_sent_object(shape: ResourceShape, operation_id: str, body: Any) -> JsonObject:
    """Return the object that a body sends to an operation; empty where it sends none."""
    wrapper = shape.sent_in.get(operation_id)
    inner = body.get(wrapper) if wrapper and isinstance(body, Mapping) else body
    return inner if isinstance(inner, Mapping) else {}


def read_object(shape: ResourceShape, operation_id: str | None, answer: Any) -> JsonObject:
    """Return the object that the answer of an operation shows; empty where it shows none."""
    wrapper = shape.shown_in.get(operation_id or "")
    inner = answer.get(wrapper) if wrapper and isinstance(answer, Mapping) else answer
    return inner if isinstance(inner, Mapping) else {}


def read_list(shape: ResourceShape, answer: Any) -> list[JsonObject]:
    """Return the objects that the answer to the list of a resource shows."""
    wrapper = shape.shown_in.get(shape.list or "")
    found = answer.get(wrapper) if wrapper and isinstance(answer, Mapping) else answer
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def read_key(shape: ResourceShape, shown: JsonObject) -> str:
    """Return the key of an object as it stands in a path; empty where it shows none."""
    key = shown.get(shape.key)
    return str(key) if isinstance(key, str | int) and not isinstance(key, bool) else ""
