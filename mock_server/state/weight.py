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
_PLAIN = frozenset({bool, int, float, datetime})


def count_texts(value: Value) -> bool:
    """Count the texts of an object, where they are long and were not counted before; return whether they are long."""
    size = _sum_sizes(astuple(value))  # type: ignore[arg-type]  # a Struct at run time
    if size <= _LONG:
        return False
    if _NAME not in value.__dict__:
        count_room(value, size)
    return True


def count_room(value: Value, size: int) -> None:
    """Count the bytes that a new value takes, which is no object of a collection itself."""
    value.__dict__[_NAME] = Share(CONTENTS, size)


def _sum_sizes(parts: Iterable[Any]) -> int:
    size = 0
    for part in parts:  # most are None, or a text
        if part is not None:
            kind = type(part)
            if kind is str:
                size += len(part)
            elif kind not in _PLAIN:
                size += _measure(part)
    return size


def _measure(part: Any) -> int:
    if isinstance(part, Struct):
        parts = astuple(part)
        counted = Share in map(type, parts)  # such as a blob: it is counted by itself
        return 0 if counted else _sum_sizes(parts)
    if isinstance(part, str | bytes):
        return len(part)
    if isinstance(part, Mapping):
        return _NODE * len(part) + _sum_sizes(part.keys()) + _sum_sizes(part.values())
    if isinstance(part, tuple | list | frozenset):
        return _NODE * len(part) + _sum_sizes(part)
    return 0
