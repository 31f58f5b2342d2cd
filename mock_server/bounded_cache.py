"""What is found out of a text that clients send again and again, such as a path or a header."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

Text = TypeVar("Text", str, bytes)
Found = TypeVar("Found")

_MOST = 1024
_LONGEST = 1024
"""Texts and their length. So whoever sends what nobody sends again makes a mock no larger than this times that."""


class _Known(dict[Text, Found]):
    """What was found out of the texts so far; one that is not there is found out, and stays if it is short."""

    def __init__(self, function: Callable[[Text], Found]) -> None:
        super().__init__()
        self._find_out: Callable[[Text], Found] = function
        self._lock = Lock()  # several mocks may run in one process, each in a thread of its own

    def __missing__(self, text: Text) -> Found:
        found = self._find_out(text)
        if len(text) <= _LONGEST:
            with self._lock:
                if len(self) >= _MOST:
                    del self[next(iter(self))]
                self[text] = found
        return found


def remembered(function: Callable[[Text], Found]) -> Callable[[Text], Found]:
    """The function, which finds out each short text once, the last thousand of them; what it raises each time.

    What comes of a text that is known is a look into a dict, and no call of Python's: a request makes seven.
    """
    known: _Known[Text, Found] = _Known(function)
    return known.__getitem__
