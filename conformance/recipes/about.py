"""Requests that are right in every respect, about an object that is there or on ids that cannot exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.custody.guard import REMEDY
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.needs import EXPENDABLE, WORLDS
from conformance.oracle.bodies import list_fields
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_of,
    find_resource_set,
)
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.requests import JSON, build, with_json, with_parts
from conformance.session.harness import Harness


def build_request_about(
    harness: Harness, operation: Operation, caller: Caller, fact: Fact | None, *, like: Fact | None
) -> Request:
    """Return a right request about this object.

    It changes nothing if served where the object is not to be changed.

    `like`: what the values of its body have to suit.
    """
    guard = harness.guard
    if fact is not None and not (
        operation.is_safe or guard.may_change(fact.id) or guard.may_probe(fact.id, caller.name)
    ):
        return _build_unchanging(operation, fact)
    return with_right_body(harness, operation, caller, choose_path_values(operation, fact), like)


def choose_suited(operation: Operation, fact: Fact) -> Fact | None:
    """Return the fact that suits a body from a caller of another org; None where it takes what the owner alone sees."""
    resource = find_resource_in_path(operation)
    declared = resource.fields if resource else {}
    return None if any(name in declared and declared[name].owner_knows for name in list_fields(operation)) else fact


def _build_unchanging(operation: Operation, fact: Fact) -> Request:
    """Return an update to the object's present values; NotProvoked where the operation has no such body."""
    resource = find_resource_in_path(operation)
    has = resource.list_unchanged_fields(fact) if resource else {}
    body = {name: has.get(name) for name in list_fields(operation)}
    if operation.method == "DELETE" or not body or not all(body.values()):
        raise NotProvoked(
            f"{operation} would change {fact.id!r} if it were served, and the run did not make it; "
            f"known.expendable names what may be changed and deleted, or {REMEDY}",
            EXPENDABLE,
            WORLDS,
        )
    request = with_json(operation, choose_path_values(operation, fact), body)
    return replace(request, changes_nothing=True)


def choose_path_values(operation: Operation, fact: Fact | None) -> dict[str, str]:
    """Return a value for each path parameter: the id of the object, and of what is in it the usual one.

    None for the name of what is to be made.
    """
    values = {}
    made = find_resource_set(operation)
    for parameter in operation.path_parameters:
        if parameter.is_own_org or (made is not None and (fact is None or fact.resource != made.name)):
            continue
        name = parameter.resource.name if parameter.resource else made.name if made else parameter.name
        values[parameter.name] = fact.id if fact is not None and name == fact.resource else choose_part(name, fact)
    return values


def on_nothing(harness: Harness, operation: Operation) -> Request:
    """Return a request right in its form, on ids that cannot exist."""
    values = {}
    named = (parameter for parameter in operation.path_parameters if not parameter.is_own_org)
    for parameter in named if find_resource_set(operation) is None else ():
        name = parameter.resource.name if parameter.resource else parameter.name
        resource = find_resource(name)
        is_part = resource is not None and resource.is_part
        values[parameter.name] = choose_part(name, None) if is_part else harness.make_absent_id(name)
    return with_right_body(harness, operation, None, values, None)


def choose_part(name: str, fact: Fact | None) -> str:
    """Return the usual value of the path parameter that names a part of an object.

    NotProvoked where no recipe gives one.
    """
    resource = find_resource(name)
    found = resource.list_parts(fact) if resource else ()
    if not found:
        raise NotProvoked(f"no recipe makes a {name}")
    return found[0]


def with_right_body(
    harness: Harness, operation: Operation, caller: Caller | None, values: Mapping[str, str], fact: Fact | None
) -> Request:
    """Return the request with a body if the operation takes one, and a new name in its path for what it makes.

    Without a caller it is right in its form, and nothing is asked of the target for it.
    """
    if made := find_resource_set(operation):
        new = (p.name for p in operation.path_parameters if p.name not in values and not p.is_own_org)
        values = {**values, **{name: str(made.fields[name].value(harness, caller, fact)) for name in new}}
    if operation.body is None:
        return build(operation, values)
    resource = find_resource_of(operation)
    media_type, schema = next(iter(operation.body.schemas.items()))
    if media_type == JSON:
        return with_json(operation, values, _choose_fields(harness, operation, schema, caller, fact))
    if media_type == multipart.MEDIA_TYPE:
        named = _choose_fields(harness, operation, schema, caller, fact).items()
        parts = [v if isinstance(v, multipart.Part) else multipart.Part(name, str(v).encode()) for name, v in named]
        return with_parts(operation, values, parts)
    content = resource.make_new_content(fact, values) if resource else b"made by the conformance suite\n"
    return build(operation, values, content=content, media_type=media_type)


def _choose_fields(
    harness: Harness, operation: Operation, schema: JsonObject, caller: Caller | None, fact: Fact | None
) -> dict[str, Any]:
    """Return a right value for every field that has a recipe, and for each required one besides."""
    required = schema.get("required", ())
    examples = [e for media in (operation.body.examples.values() if operation.body else ()) for e in media]
    resource = find_resource_of(operation)
    body = resource.choose_right_body(harness, caller) if resource else None
    if body is not None:
        return dict(body)
    declared = resource.fields if resource else {}
    values = {}
    for name in schema.get("properties", {}):
        if name in declared:
            if (value := declared[name].value(harness, caller, fact)) is not None:
                values[name] = value
        elif name in required:
            example = next((e for e in examples if isinstance(e, Mapping) and name in e), None)
            if example is None:
                raise NotProvoked(f"no recipe and no example gives a {name} for {operation}")
            values[name] = example[name]
    return values
