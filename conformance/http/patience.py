"""How long is waited for what goes on by itself: less where others stayed as they were for the whole time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

ENOUGH = 2
"""So many in a row that stayed as they were show that the target moves nothing on by itself."""
SHORT_S = 1.0


@dataclass(slots=True)
class Patience:
    """What a target let stay as it was for as long as anything is waited for, by the status that it was in."""

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

    def note_moved(self, status: object) -> None:
        """Note that one has left this status by itself, so that others are waited for as long as ever."""
        self._stayed.pop(str(status), None)
