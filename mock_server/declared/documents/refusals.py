"""Refusals of operations on kept objects: what is unique, and what a field names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.access.callers import Caller
from mock_server.declared.derivation import CONFLICT
from mock_server.declared.documents.kinds import Kind, join_key
from mock_server.declared.documents.ownership import Ownership
from mock_server.declared.documents.stored import StoredDocument
from mock_server.errors import DeclaredError, ValidationFailed, make_error
from mock_server.state.collection import Collection
from mock_server.state.state import State

Require = Callable[[State, StoredDocument, Caller], None]
"""Refuses an object that a caller is about to put into a state, in the place of one with its key."""

_BAD = 400


def make_others_requirement(
    kind: Kind,
    collections: Mapping[str, Collection[Any]],
    kinds: Mapping[str, Kind],
    ownerships: Mapping[str, Ownership],
) -> Require:
    """Return what refuses values that another object of the owner has, and names of what its caller does not find."""
    unique, own = _read_unique(kind), collections[kind.name]
    references = [
        (field, to, kinds[to["to"]], collections[to["to"]], ownerships[to["to"]])
        for field, to in kind.said.get("refers", {}).items()
        if to["to"] in kinds
    ]

    def require(state: State, value: StoredDocument, caller: Caller) -> None:
        for field, to, target, collection, ownership in references:
            named = value.content.get(field)
            for each in named if isinstance(named, list) else () if named is None else (named,):
                found = _find_named(state, collection, to.get("by"), each)
                if not any(ownership.is_seen(other, caller) for other in found):
                    _refuse_name(field, target, to.get("code"))
        values = [value.content.get(name) for name in unique]
        if unique and None not in values:
            for other in state.select(own, within=value.within):
                is_another = other.key != value.key and other.owner == value.owner
                if is_another and [other.content.get(name) for name in unique] == values:
                    text = f"Another {kind.noun} has this {' and '.join(unique)}."
                    raise make_error(f"{kind.name}_exists", CONFLICT, text)

    return require


def _read_unique(kind: Kind) -> tuple[str, ...]:
    found = kind.said.get("unique", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _find_named(state: State, collection: Collection[Any], by: str | None, named: Any) -> list[StoredDocument]:
    """The objects of this key, or with this value in a field."""
    if by is None:
        found = state.get(collection, join_key("", named))
        return [] if found is None else [found]
    return [each for each in state.select(collection) if each.content.get(by) == named]


def _refuse_name(field: str, target: Kind, code: str | None) -> None:
    fields = {field: f"There is no {target.noun} of this {target.key}."}
    if code is None:
        raise ValidationFailed(fields=fields)
    raise DeclaredError(code, _BAD, "The request is not valid.", details={"fields": fields})
