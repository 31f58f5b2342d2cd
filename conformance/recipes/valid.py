"""A request that is right in every respect, for any operation of the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.custody.guard import REMEDY
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.needs import EXPENDABLE, WORLDS
from conformance.oracle.bodies import fields
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.requests import JSON, build, with_json
from conformance.resources.packs import factory as packs
from conformance.resources.packs.factory import Kind
from conformance.resources.packs.facts import PackFact
from conformance.session.harness import Harness


def valid(
    harness: Harness,
    operation: Operation,
    caller: Caller,
    *,
    kind: Kind = packs.OWN_PRIVATE,
    fact: PackFact | None = None,
) -> Request:
    """A request that nothing speaks against, but perhaps that the pack is of this kind."""
    if fact is None and names_pack(operation):
        fact = packs.pack(harness, kind, caller, origin=origin_for(operation))
    return about(harness, operation, caller, fact, like=fact)


def about(
    harness: Harness, operation: Operation, caller: Caller, fact: PackFact | None, *, like: PackFact | None
) -> Request:
    """A right request about this pack; about one that is not to be changed, one that changes nothing if it is served.

    `like`: what the values of its body have to suit.
    """
    guard = harness.guard
    if fact is not None and not (operation.safe or guard.may_change(fact.id) or guard.may_probe(fact.id, caller.name)):
        return _unchanging(harness, operation, fact)
    return with_right_body(harness, operation, caller, path_values(harness, operation, fact), like)


def _unchanging(harness: Harness, operation: Operation, fact: PackFact) -> Request:
    """A request whose body is what the pack has already; not provoked where the operation has no such body."""
    has = {"visibility": fact.visibility, "image_ref": fact.image_ref}
    body = {name: has.get(name) for name in fields(operation)}
    if operation.method == "DELETE" or not body or not all(body.values()):
        raise NotProvoked(
            f"{operation} would change {fact.id!r} if it were served, and the run did not make it; "
            f"known.expendable names what may be changed and deleted, or {REMEDY}",
            EXPENDABLE,
            WORLDS,
        )
    request = with_json(operation, path_values(harness, operation, fact), body)
    return replace(request, changes_nothing=True)


def names_pack(operation: Operation) -> bool:
    """Whether the path names a pack."""
    return any(resource.name == "pack" for resource in operation.resources)


def origin_for(operation: Operation) -> str:
    """Where a pack has to come from so that the operation is allowed on it."""
    return "image_ref" if "image_ref" in _properties(operation) else "upload"


def path_values(harness: Harness, operation: Operation, fact: PackFact | None) -> dict[str, str]:
    """A value for each path parameter, by the resource that it names."""
    values = {}
    for parameter in operation.path_parameters:
        resource = parameter.resource.name if parameter.resource else None
        if resource == "pack" and fact is not None:
            values[parameter.name] = fact.id
        elif resource == "file":
            values[parameter.name] = file_of(fact)
        else:
            raise NotProvoked(f"no recipe makes a {resource or parameter.name} for {operation}")
    del harness
    return values


def file_of(fact: PackFact | None) -> str:
    """A file that the pack has; pack.yaml is certain in every one."""
    known = fact.files if fact else None
    return packs.FILE if known and packs.FILE in known else "pack.yaml"


def with_right_body(
    harness: Harness,
    operation: Operation,
    caller: Caller,
    values: Mapping[str, str],
    fact: PackFact | None,
) -> Request:
    """The request with a body that the operation takes, if it takes one."""
    if operation.body is None:
        return build(operation, values)
    media_type, schema = next(iter(operation.body.schemas.items()))
    if media_type == JSON:
        body = _fields(harness, operation, schema, caller, fact)
        return build(operation, values, content=json.dumps(body).encode(), media_type=JSON)
    if media_type == multipart.MEDIA_TYPE:
        parts = [_part(name, value) for name, value in _fields(harness, operation, schema, caller, fact).items()]
        return build(operation, values, content=multipart.encode(parts), media_type=multipart.content_type())
    return build(operation, values, content=new_content(fact, values), media_type=media_type)


def new_content(fact: PackFact | None, values: Mapping[str, str]) -> bytes:
    """Other bytes than the file has, and a pack.yaml that may stand in its place."""
    if "pack.yaml" in values.values() and fact is not None:
        return packs.pack_yaml(fact.name, fact.version, category="changed")
    return b"changed by the conformance suite\n"


def _fields(
    harness: Harness,
    operation: Operation,
    schema: JsonObject,
    caller: Caller,
    fact: PackFact | None,
) -> dict[str, Any]:
    """A right value for every field that has a recipe, and for each required one besides."""
    required = schema.get("required", ())
    examples = [e for media in (operation.body.examples.values() if operation.body else ()) for e in media]
    values = {}
    for name in schema.get("properties", {}):
        if name in packs.FIELDS:
            values[name] = packs.FIELDS[name](harness, caller, fact)
        elif name in required:
            values[name] = _exemplary(operation, name, examples)
    return values


def _exemplary(operation: Operation, name: str, examples: list[Any]) -> Any:
    for example in examples:
        if isinstance(example, Mapping) and name in example:
            return example[name]
    raise NotProvoked(f"no recipe and no example gives a {name} for {operation}")


def _part(name: str, value: Any) -> multipart.Part:
    if isinstance(value, bytes):
        return multipart.Part(name, value, "pack.tar.gz", "application/gzip")
    return multipart.Part(name, str(value).encode())


def _properties(operation: Operation) -> Mapping[str, Any]:
    if operation.body is None:
        return {}
    return {k: v for schema in operation.body.schemas.values() for k, v in schema.get("properties", {}).items()}
