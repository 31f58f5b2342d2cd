"""What derived operations refuse beside what the gates do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.declared.collections import ORGS
from mock_server.declared.derivation import CONFLICT, Source
from mock_server.declared.resource_types import OWNER
from mock_server.errors import PermissionDenied, make_error
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


def make_finder(source: Source, *, to_change: bool) -> Find:
    """Return what finds the object that a path names, or refuses: with 404, or 403 where it is not theirs to change.

    Of personal objects those of the org itself are changed by whoever may see those of others.
    """
    collection, personal, noun = source.collection, source.of.personal, source.of.noun
    is_shared = to_change and source.of.is_seen_by_others
    if not is_shared and (personal is None or not to_change):
        return lambda state, request: request.find(state, collection)

    def find(state: State, request: Request) -> Any:
        value = request.find(state, collection)
        if is_shared and getattr(value, OWNER) != request.caller.org_id:
            raise PermissionDenied(f"The {noun} belongs to another org.")
        if personal and getattr(value, personal["field"]) is None and personal["all"] not in request.caller.permissions:
            raise PermissionDenied(f"The {noun} is the org's; that needs {personal['all']}.")
        return value

    return find


def make_in_use_requirement(source: Source) -> Callable[[State, Mapping[str, Any]], None]:
    """Return what refuses fields that name an archived object, where it is declared that they may not."""
    checks = []
    for field, to in source.of.refers.items():
        target = source.types.get(to["to"])
        if "archived" in to and target is not None and target.archive is not None:
            text = f"The {target.noun} of the {source.of.noun} is archived."
            checks.append((field, source.collection_of(to["to"]), target.archive["field"], to["archived"], text))

    def require(state: State, fields: Mapping[str, Any]) -> None:
        for field, collection, archived_at, code, text in checks:
            named = state.get(collection, fields[field]) if fields.get(field) is not None else None
            if named is not None and getattr(named, archived_at) is not None:
                raise make_error(code, CONFLICT, text)

    return require


def make_free_requirement(source: Source, code: str | None) -> Callable[[State, Mapping[str, Any], Any], None]:
    """Return what refuses values of unique fields that another object has; without a code nothing is unique here."""
    if code is None:
        return lambda _state, _values, _own: None
    collection, noun, named = source.collection, source.of.noun, source.of.unique[-1]

    def require(state: State, values: Mapping[str, Any], own: Any) -> None:
        taken = state.where(collection, **{name: values.get(name) for name in collection.unique})
        if taken and taken[0] is not own:
            told = f"named {values[named]}" if named == "name" else f"with this {named.replace('_', ' ')}"
            raise make_error(code, CONFLICT, f"The org already has a {noun} {told}.")

    return require
