"""Time the events of a database, in an order that their ids keep."""

from __future__ import annotations

import os
import uuid


class EventClock:
    """Count the events of each millisecond, and never go back in time; whoever writes uses it, so one at a time."""

    def __init__(self) -> None:
        self._moment = 0
        self._count = 0

    def next(self, moment: int) -> tuple[int, str]:
        """Return a moment and a UUIDv7 that come after all that were returned before."""
        if moment > self._moment:
            self._moment, self._count = moment, 0
        else:
            self._count += 1
            if self._count > 0xFFF:
                self._moment, self._count = self._moment + 1, 0
        value = self._moment << 80 | 0x7 << 76 | self._count << 64
        value |= 0b10 << 62 | int.from_bytes(os.urandom(8)) >> 2
        return self._moment, str(uuid.UUID(int=value))
