"""A cache, bounded in number and length, of what is computed from texts that clients send, such as paths."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

Text = TypeVar("Text", str, bytes)
Value = TypeVar("Value")

_MOST = 1024
_LONGEST = 1024
"""Texts and their length. So whoever sends what nobody sends again makes a mock no larger than this times that."""


class _Cache(dict[Text, Value]):
    """Values by text; one that is missing is computed, and kept if the text is short."""

    def __init__(self, function: Callable[[Text], Value]) -> None:
        super().__init__()
        self._compute: Callable[[Text], Value] = function
        self._lock = Lock()  # several mocks may run in one process, each in a thread of its own

    def __missing__(self, text: Text) -> Value:
        value = self._compute(text)
        if len(text) <= _LONGEST:
            with self._lock:
                if len(self) >= _MOST:
                    del self[next(iter(self))]
                self[text] = value
        return value


def bounded_cache(function: Callable[[Text], Value]) -> Callable[[Text], Value]:
    """Cache a function of one text: the last thousand short texts, and nothing that it raises.

    A hit is a look into a dict in C: a request makes seven.
    """
    cache: _Cache[Text, Value] = _Cache(function)
    return cache.__getitem__
