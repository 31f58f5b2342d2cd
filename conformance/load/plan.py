"""The plan of a load: what it is asked for, and the pace at which a process sends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conformance.results.load import LoadStep


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


RAMP_FROM, RAMP_BY = 50.0, 2.0
"""The rate at which a ramp begins where none is given, and how much faster each step is until one does not hold."""
CLOSE = 1.15
"""The factor by which one that holds no rate may be faster than one that does, for the ramp to end."""
MOST_STEPS = 16


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The plan of how much is sent, and for how long."""

    users: int = 16
    rate: float | None = None
    """Requests a second of all processes together; None: as many as it goes."""
    duration_s: float = 60.0
    """The seconds of the load; of a ramp, those of each step."""
    ramp: bool = False

    @property
    def first_rate(self) -> float | None:
        """The rate of the first step."""
        return (self.rate or RAMP_FROM) if self.ramp else self.rate

    def find_next_rate(self, steps: Sequence[LoadStep]) -> float | None:
        """Return the rate of the step after these; None where the load is over."""
        if not self.ramp or len(steps) == MOST_STEPS:
            return None
        asked = [(step.asked or 0.0, step.holds) for step in steps]
        failing = min((rate for rate, holds in asked if not holds), default=None)
        holding = max((rate for rate, holds in asked if holds and (failing is None or rate < failing)), default=0.0)
        if failing is None:
            return holding * RAMP_BY
        if failing <= max(holding * CLOSE, 1.0):
            return None
        return (holding + failing) / 2
