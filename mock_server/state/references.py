"""Finds what an object names of others and what it must not share, and says so alike to all who read objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mock_server.state.collection import Collection, Key, read_noun
from mock_server.state.state import State

Target = Collection[Any] | str
"""A collection that is referred to, by itself or by its name."""


def list_named(targets: Iterable[tuple[str, Target]], fields: Mapping[str, Any]) -> Iterator[tuple[str, Target, Any]]:
    """Yield the keys that fields name, each with its field and with the collection that it is of."""
    for field, target in targets:
        named = fields.get(field)
        for each in named if isinstance(named, list) else () if named is None else (named,):
            yield field, target, each


def describe_missing(target: Target, key: str) -> str:
    """Return the sentence that an object is not there."""
    return f"There is no {read_noun(target)} {key}."


def describe_taken(other: Key, unique: Mapping[str, Any]) -> str:
    """Return the sentence that another object has these values, which are unique."""
    return f"{other} has the same {' and '.join(unique)}: {', '.join(map(str, unique.values()))}."


def find_taken(state: State, collection: Collection[Any], key: Key, value: Any) -> str | None:
    """Return a sentence about another object that has what must be unique in an object; None without one."""
    if not collection.unique:
        return None
    unique = {field: getattr(value, field) for field in collection.unique}
    others = (collection.key_of(each) for each in state.select(collection, **unique))
    other = next((each for each in others if each != key), None)
    return None if other is None else describe_taken(other, unique)
