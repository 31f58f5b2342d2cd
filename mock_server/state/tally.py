"""Sums of bytes that are counted for as long as somebody holds the values that take them."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Tally:
    """The sum of all shares that are held.

    Values are made in threads, and may go anywhere, even while the lock is held: so a share that goes
    takes no lock, and is subtracted when somebody asks for the sum.
    """

    __slots__ = ("_lock", "_sum", "gone")

    def __init__(self) -> None:
        self.gone: deque[int] = deque()
        self._lock = Lock()
        self._sum = 0

    def add(self, size: int) -> None:
        """Count so many bytes more, until they are among those that are gone."""
        with self._lock:
            self._sum += size

    def compute_total(self) -> int:
        """Return what the shares come to, in bytes."""
        if self.gone:
            with self._lock:
                while self.gone:
                    self._sum -= self.gone.popleft()
        return self._sum


class Share:
    """A share of a tally: so many bytes, which count until the last value that holds the share is gone."""

    __slots__ = ("_gone", "size")

    def __init__(self, tally: Tally, size: int) -> None:
        tally.add(size)
        self._gone = tally.gone
        self.size = size

    def __del__(self) -> None:
        self._gone.append(self.size)
