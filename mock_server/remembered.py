"""What is found out of a text that clients send again and again, such as a path or a header."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Text = TypeVar("Text", str, bytes)
Found = TypeVar("Found")

_MOST = 1024
_LONGEST = 1024
"""Texts and their length. So whoever sends what nobody sends again makes a mock no larger than this times that."""


def remembered(function: Callable[[Text], Found]) -> Callable[[Text], Found]:
    """The function, which finds out each short text once, the last thousand of them; what it raises each time."""
    known = lru_cache(maxsize=_MOST)(function)

    def find_out(text: Text) -> Found:
        return known(text) if len(text) <= _LONGEST else function(text)

    return find_out
