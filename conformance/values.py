"""Changed copies of frozen values and their fields by name, and JSON as Python reads it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import fields
from typing import Any, TypeVar

import msgspec

_Value = TypeVar("_Value")


def copy_with(value: _Value, /, **changes: Any) -> _Value:
    """Return the value with other contents of some fields; TypeError where it has no such field.

    As `dataclasses.replace`, in a sixth of its time: for a frozen dataclass without slots and `__post_init__`.
    """
    copy: _Value = object.__new__(type(value))
    known, fields = vars(value), vars(copy)
    fields.update(known)
    fields.update(changes)
    if len(fields) != len(known):
        raise TypeError(f"{type(value).__name__} has no fields {', '.join(sorted(changes.keys() - known.keys()))}")
    return copy


def read_fields(value: Any, *, leaving: Collection[str] = ()) -> dict[str, Any]:
    """Return what a dataclass has, by the names of its fields, but for those in `leaving`."""
    return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in leaving}


_DECODE = msgspec.json.Decoder().decode

MOST_MEMORY = 192 * 1024 * 1024
"""Bytes that a value may take once it is read."""
_ALWAYS_READ = 1024 * 1024
_BYTES_EACH = {b"{": 210, b"[": 96, b",": 75}
"""The bytes that an object, a list, and a value in one of them take, about."""
_BYTES_A_CHARACTER = 4
_LENGTH_OF_ESCAPE = len(r"\u00e9")


def read_json(body: bytes) -> Any:
    """Return the value of a body; None where it is no JSON, or takes too much memory."""
    if takes_too_much(body):
        return None
    try:
        return _DECODE(body)
    except (ValueError, RecursionError):
        return _read_otherwise(body)


def takes_too_much(body: bytes) -> bool:
    """Return whether a body would take more memory than a value may, were it read as JSON."""
    return len(body) >= _ALWAYS_READ and _weigh_values(body) + _BYTES_A_CHARACTER * len(body) > MOST_MEMORY


def weigh_json(body: bytes) -> int:
    """Return the bytes of memory that a body takes at most once it is read as JSON, about."""
    escapes = body.count(b"\\u") - body.count(b"\\\\u")  # after a backslash it may be a backslash and a letter
    characters = max(0, len(body) - (_LENGTH_OF_ESCAPE - 1) * escapes)
    return _weigh_values(body) + _BYTES_A_CHARACTER * characters


def _weigh_values(body: bytes) -> int:
    """Return the bytes that the objects, lists and values of a body take, about, beside their texts."""
    return sum(body.count(sign) * each for sign, each in _BYTES_EACH.items())


def _read_otherwise(body: bytes) -> Any:
    """Return the value of a body that only Python's parser takes for JSON, such as NaN or UTF-16; else None."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
