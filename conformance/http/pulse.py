"""Whether the target is still there, and such that it can be judged.

Five requests in a row without an answer, or with a slow one, and it is not; nor where its answers are larger than any
of the contract's could be.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from conformance.http.limiter import LimitReached

IN_A_ROW = 5
SLOW = 0.25
"""Of the longest wait for an answer: an answer that takes longer than this part of it is a slow one."""
LARGE = 4 * 1024 * 1024
"""JSON of this size is no answer of the contract's, a list of thousands aside."""
MOST_HELD = 256 * 1024 * 1024
"""What the answers within one case may come to, which are held until it is judged."""
TIME_LIMIT = "--time-limit"


class Gone(LimitReached):
    """Nothing more is sent to a target that does not answer, or not in time."""


@dataclass(slots=True)
class Pulse:
    """Looks at every answer."""

    url: str = ""
    timeout_s: float = 10.0
    ends_at: float | None = None
    """When the run's time is over, on the monotonic clock."""
    limit_s: float = 0.0
    gone: str | None = None
    """Why nothing more is sent."""
    over: str = ""
    """That the run's time is over, once something could not be sent for it."""
    silent: int = 0
    """So many requests in a row had no answer."""
    _slow: int = field(default=0)
    _held: int = field(default=0)
    _large: int = field(default=0)

    def check(self) -> None:
        """Gone where the target is, LimitReached where the run's time is over."""
        if self.gone:
            raise Gone(self.gone)
        if self.ends_at is not None and time.monotonic() > self.ends_at:
            self.over = f"{TIME_LIMIT}: the {self.limit_s:g} s are over"
            raise LimitReached(self.over)

    def let_go(self) -> None:
        """The answers so far are held no longer."""
        self._held = 0

    def felt(self, failure: str | None, elapsed_ms: float, size: int = 0, *, json: bool = False) -> None:
        """One more request was answered, or was not."""
        self._held += size
        self._large = self._large + 1 if json and size > LARGE else 0
        slow_s = SLOW * self.timeout_s
        self.silent = self.silent + 1 if failure is not None else 0
        self._slow = self._slow + 1 if elapsed_ms > 1000 * slow_s else 0
        if self._large >= IN_A_ROW:
            self.gone = f"{self.url}: its answers are larger than any of the contract's could be"
        elif self._held > MOST_HELD:
            self.gone = f"{self.url}: its answers within one case are more than can be held"
        elif self.silent >= IN_A_ROW:
            self.gone = f"{self.url}: stopped answering ({failure})"
        elif self._slow >= IN_A_ROW:
            self.gone = (
                f"{self.url}: too slow, {IN_A_ROW} answers in a row took over {slow_s:g} s; "
                f"a longer --timeout than {self.timeout_s:g} s waits for them"
            )
