"""The time to wait for what goes on by itself: less where others stayed as they were for the whole of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

ENOUGH = 2
"""The number of those in a row after which the target is taken to move nothing on by itself."""
SHORT_S = 1.0


@dataclass(slots=True)
class Patience:
    """The statuses in which objects of a target stayed for as long as any is waited for."""

    _stayed: Counter[str] = field(default_factory=Counter)

    def is_over(self, status: object) -> bool:
        """Return whether so many stayed in this status that no other one is waited for as long."""
        return self._stayed[str(status)] >= ENOUGH

    def choose_seconds(self, status: object, longest_s: float) -> float:
        """Return for how many seconds one in this status is waited for."""
        return min(SHORT_S, longest_s) if self.is_over(status) else longest_s

    def note_stayed(self, status: object) -> None:
        """Note that one was in this status for the whole time."""
        self._stayed[str(status)] += 1

    def note_moved(self, before: object, now: object) -> None:
        """Note in which status one was and is: once it has left that, others are waited for as long as ever."""
        if now != before:
            self._stayed.pop(str(before), None)
