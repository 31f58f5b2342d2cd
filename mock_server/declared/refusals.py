"""Refusals of derived operations beside those of the gates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.declared.collections import ORGS
from mock_server.declared.derivation import CONFLICT, CannotDeriveError, Source, find_status
from mock_server.declared.resource_types import OWNER
from mock_server.errors import PermissionDenied, make_error, make_not_found
from mock_server.operation import Request
from mock_server.state.state import State

Require = Callable[[State, Request], None]
Find = Callable[[State, Request], Any]

_DISABLED = 503


def make_enabled_requirement(source: Source) -> Require:
    """Return what refuses a request of an org for which the resource is switched off.

    To be called last: whatever else is wrong with a request is told first.
    """
    said = source.of.said.get("switched_off")
    if said is None:
        return lambda _state, _request: None
    subsystem, code = said["subsystem"], said["code"]
    text = f"{source.of.noun.capitalize()}s are switched off for the org."

    def require(state: State, request: Request) -> None:
        if subsystem in (state.tables[ORGS].objects[request.caller.org_id].disabled or ()):
            raise make_error(code, _DISABLED, text)

    return require


def make_parent_finder(source: Source) -> Callable[[State, Request], dict[str, Any]]:
    """Return what finds the objects that the path is below, or refuses with their 404, by the fields that name them.

    CannotDeriveError where the type has no such field.
    """
    parents = [(source.of.find_field_naming(name), source.find_collection(name)) for name in source.part.above]
    for field, collection in parents:
        if field is None:
            raise CannotDeriveError(f"no field of {source.of.said['schema']} names the {collection.noun} of its path")
    if not parents:
        return lambda _state, _request: {}
    return lambda state, request: {
        str(field): collection.key_of(request.find(state, collection)) for field, collection in parents
    }


def make_finder(source: Source, *, to_change: bool) -> Find:
    """Return what finds the object that a path names, or refuses: with 404, or 403 where it is not theirs to change.

    Of personal objects those of the org itself are changed by whoever may see those of others.
    """
    collection, personal, noun = source.collection, source.of.personal, source.of.noun
    is_shared, find_parents = to_change and source.of.is_seen_by_others, make_parent_finder(source)
    if not is_shared and (personal is None or not to_change) and not source.part.above:
        return lambda state, request: request.find(state, collection)

    def find(state: State, request: Request) -> Any:
        parents = find_parents(state, request)
        value = request.find(state, collection)
        if any(getattr(value, field) != key for field, key in parents.items()):
            raise make_not_found(str(source.part.not_found), f"There is no {noun} of this {collection.key[-1]}.")
        if is_shared and getattr(value, OWNER) != request.caller.org_id:
            raise PermissionDenied(f"The {noun} belongs to another org.")
        if personal and getattr(value, personal["field"]) is None and personal["all"] not in request.caller.permissions:
            raise PermissionDenied(f"The {noun} is the org's; that needs {personal['all']}.")
        return value

    return find


def make_in_use_requirement(source: Source) -> Callable[[State, Mapping[str, Any]], None]:
    """Return what refuses fields that name an archived object, where it is declared that they may not.

    CannotDeriveError where the operation does not declare the code.
    """
    checks, is_back = [], source.part.name == "unarchive"
    for field, to in source.of.refers.items():
        target = source.types.get(to["to"])
        if "archived" not in to or target is None or target.archive is None:
            continue
        if is_back or field in source.body_fields:
            text = f"The {target.noun} of the {source.of.noun} is archived."
            refusal = to["archived"], find_status(source.part, to["archived"]), text
            checks.append((field, source.find_collection(to["to"]), target.archive["field"], refusal))

    def require(state: State, fields: Mapping[str, Any]) -> None:
        for field, collection, archived_at, refusal in checks:
            named = state.get(collection, fields[field]) if fields.get(field) is not None else None
            if named is not None and getattr(named, archived_at) is not None:
                raise make_error(*refusal)

    return require


def make_free_requirement(source: Source, code: str | None) -> Callable[[State, Mapping[str, Any], Any], None]:
    """Return what refuses values of unique fields that another object has; without a code nothing is unique here."""
    if code is None:
        return lambda _state, _values, _own: None
    collection, noun, named = source.collection, source.of.noun, source.of.unique[-1]

    def require(state: State, values: Mapping[str, Any], own: Any) -> None:
        taken = state.select(collection, **{name: values.get(name) for name in collection.unique})
        if taken and taken[0] is not own:
            told = f"named {values[named]}" if named == "name" else f"with this {named.replace('_', ' ')}"
            raise make_error(code, CONFLICT, f"The org already has a {noun} {told}.")

    return require
