"""What operations on kept objects refuse since others are there, or are not: what is unique, and what a field names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.declared.derivation import CONFLICT
from mock_server.declared.documents.kinds import Kind, join_key
from mock_server.errors import DeclaredError, ValidationFailed, make_error
from mock_server.state.collection import Collection
from mock_server.state.state import State

Require = Callable[[State, str, Mapping[str, Any], str | None], None]
"""Refuses the content of an object within something; the last is its key, where it is there already."""

_BAD = 400


def make_others_requirement(
    kind: Kind, collections: Mapping[str, Collection[Any]], kinds: Mapping[str, Kind]
) -> Require:
    """Return what refuses values that another object has, and names of what is not there."""
    unique, own = _read_unique(kind), collections[kind.name]
    references = [
        (field, to, kinds[to["to"]], collections[to["to"]])
        for field, to in kind.said.get("refers", {}).items()
        if to["to"] in kinds
    ]

    def require(state: State, within: str, content: Mapping[str, Any], key: str | None) -> None:
        for field, to, target, collection in references:
            named = content.get(field)
            for each in named if isinstance(named, list) else () if named is None else (named,):
                if not _is_there(state, collection, to.get("by"), each):
                    _refuse_name(field, target, to.get("code"))
        values = [content.get(name) for name in unique]
        if unique and None not in values:
            for other in state.where(own, within=within):
                if other.key != key and [other.content.get(name) for name in unique] == values:
                    text = f"Another {kind.noun} has this {' and '.join(unique)}."
                    raise make_error(f"{kind.name}_exists", CONFLICT, text)

    return require


def _read_unique(kind: Kind) -> tuple[str, ...]:
    found = kind.said.get("unique", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _is_there(state: State, collection: Collection[Any], by: str | None, named: Any) -> bool:
    """Whether there is an object of this key, or with this value in a field."""
    if by is None:
        return join_key("", named) in state.all(collection)
    return any(each.content.get(by) == named for each in state.where(collection))


def _refuse_name(field: str, target: Kind, code: str | None) -> None:
    fields = {field: f"There is no {target.noun} of this {target.key}."}
    if code is None:
        raise ValidationFailed(fields=fields)
    raise DeclaredError(code, _BAD, "The request is not valid.", details={"fields": fields})
