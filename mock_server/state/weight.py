"""The bytes that long texts of objects take, counted for as long as anything holds the object.

An object is held by the state of its world, by snapshots, and by the states that entries of a journal lead back to: so
it counts once, and until the last of them lets go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from mock_server.state.blobs import CONTENTS
from mock_server.state.tally import Share
from mock_server.state.value import Value

_LONG = 512
"""The bytes of texts that are counted with the object itself, which everybody has some of."""
_NAME = "texts"
_NODE = 96
"""The bytes that a member of a list or an object takes beside its text, about."""
_PLAIN = frozenset({type(None), bool, int, float, datetime})


def count_texts(value: Value) -> None:
    """Count the texts of an object, where they are long and were not counted before."""
    size = _size_of_all(astuple(value))  # type: ignore[arg-type]  # a Struct at run time
    if size > _LONG and _NAME not in value.__dict__:
        count_room(value, size)


def count_room(value: Value, size: int) -> None:
    """Count the bytes that a new value takes, which is no object of a collection itself."""
    value.__dict__[_NAME] = Share(CONTENTS, size)


def has_long_texts(value: Value) -> bool:
    """Return whether an object was counted for its long texts."""
    return _NAME in value.__dict__


def _size_of_all(parts: Iterable[Any]) -> int:
    return sum(len(part) if type(part) is str else 0 if type(part) in _PLAIN else _size_of(part) for part in parts)


def _size_of(part: Any) -> int:
    if isinstance(part, str | bytes):
        return len(part)
    if isinstance(part, Struct):
        parts = astuple(part)
        counted = any(isinstance(each, Share) for each in parts)  # such as a blob: it is counted by itself
        return 0 if counted else _size_of_all(parts)
    if isinstance(part, Mapping):
        return _NODE * len(part) + _size_of_all(part.keys()) + _size_of_all(part.values())
    if isinstance(part, tuple | list | frozenset):
        return _NODE * len(part) + _size_of_all(part)
    return 0
