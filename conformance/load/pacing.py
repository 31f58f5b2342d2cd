"""The pace at which a process sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """The dealer of the moments at which the users of a process may send."""

    rate: float | None = None
    """Requests a second; None: as fast as it goes."""
    sleep: Callable[[float], None] = time.sleep
    _next: float = field(default=0.0)

    def wait(self) -> None:
        """Wait until it is the turn of one more request."""
        if self.rate is None:
            return
        now = time.monotonic()
        turn = max(now, self._next)
        self._next = turn + 1 / self.rate
        if turn > now:
            self.sleep(turn - now)
