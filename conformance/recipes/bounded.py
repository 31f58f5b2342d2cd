"""Requests with one field at a boundary of its schema, everything else about them right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.contract.schemas import Schemas
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.declaration import Field
from conformance.oracle.resource import resource_of
from conformance.recipes.boundaries import inside, outside
from conformance.recipes.draw import derived
from conformance.recipes.requests import JSON
from conformance.session.harness import Harness


def fields(operation: Operation) -> Iterator[str]:
    """The fields of its body that have a boundary: bytes have none but their length, which is another rule's."""
    if operation.body is not None:
        for schema in operation.body.schemas.values():
            yield from (n for n, each in schema.get("properties", {}).items() if each.get("format") != "binary")


def values(harness: Harness, operation: Operation, name: str, *, valid: bool) -> list[Any]:
    """What to put into the field: values that fit its schema, or that do not."""
    schema, examples = _of_field(harness.contract, operation, name)
    schemas = Schemas(harness.contract)
    seed = derived(harness.seed, name, "boundaries")
    find = inside if valid else outside
    found = find(schema, examples, seed, lambda value: schemas.fits(schema, value))
    declared = _declared(operation, name)
    if valid and declared is not None and not harness.alone:
        # Another run may have the same values made right at the same time.
        marked = [declared.marked(harness, value) for value in found]
        found = [value for value in marked if value is not None and schemas.fits(schema, value)]
    if _is_form(operation):
        # A part is text, so it can be of no other type; and text is all that it can be.
        found = [value for value in found if isinstance(value, str)]
    return found


def with_value(operation: Operation, request: Request, name: str, value: Any) -> Request:
    """The request with this value in the field."""
    if _is_form(operation):
        parts = multipart.decode(request.content or b"", request.header("content-type") or "")
        kept = [part for part in parts if part.name != name]
        return replace(request, content=multipart.encode([*kept, multipart.Part(name, str(value).encode())]))
    body = json.loads(request.content or b"{}")
    return replace(request, content=json.dumps({**body, name: value}).encode())


def obtainable(operation: Operation, name: str) -> bool:
    """Whether what the field names can be had at will, and need not suit an object that is there."""
    declared = _declared(operation, name)
    return declared is None or not declared.owner_knows or not operation.resources


def make_right(harness: Harness, operation: Operation, name: str, value: Any) -> bool:
    """Have what the value names, where it names something; whether that can be had."""
    declared = _declared(operation, name)
    return declared is None or declared.have(harness, value)


def _declared(operation: Operation, name: str) -> Field | None:
    resource = resource_of(operation)
    return resource.fields.get(name) if resource else None


def _of_field(contract: Contract, operation: Operation, name: str) -> tuple[JsonObject, list[Any]]:
    assert operation.body is not None  # noqa: S101  # it has fields
    schema = next(s["properties"][name] for s in operation.body.schemas.values() if name in s.get("properties", {}))
    examples = [e for media in operation.body.examples.values() for e in media if isinstance(e, dict) and name in e]
    return resolve(contract.document, schema), [example[name] for example in examples]


def _is_form(operation: Operation) -> bool:
    return operation.body is not None and JSON not in operation.body.schemas
