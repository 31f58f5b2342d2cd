"""The health of a target: several requests in a row without an answer, or with a slow or huge one, end a run."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field

from conformance.http.exchange import Exchange
from conformance.http.gateways import FURTHER_PAUSES_S, is_throttled
from conformance.http.limiter import LimitReached
from conformance.http.patience import Patience
from conformance.values import weigh_json

IN_A_ROW = 5
SLOW = 0.25
"""The part of the longest wait from which on an answer is a slow one."""
LARGE = 4 * 1024 * 1024
"""Bytes of JSON that no answer of the contract has, a list of thousands aside."""
MOST_HELD = 64 * 1024 * 1024
"""Bytes of all answers within one case, which are held until it is judged: eight of the largest files."""
JSON_WEIGHS = 4
"""The weight of JSON in that at most: what it says is held beside it, as a case knows it of an object."""
LONG = 64 * 1024
"""Bytes of JSON from which on it is weighed: most of it may be one text, of escapes that take little memory."""
FEW_LOST = 3
"""The number of requests answered at a later try from which on any answer is taken to be lost now and then."""
MOST_LEFT = 32 * 1024 * 1024
"""Bytes of answers after which garbage is looked for: what a case that raised held is held in circles until then."""
TIME_LIMIT = "--time-limit"


class TargetGone(LimitReached):
    """The target no longer answers, or not in time, so nothing more is sent to it."""


@dataclass(slots=True)
class TargetHealth:
    """The health of the target, by the answers so far."""

    url: str = ""
    timeout_s: float = 10.0
    ends_at: float | None = None
    """The end of the run's time, on the monotonic clock."""
    limit_s: float = 0.0
    gone: str | None = None
    """The reason for which nothing more is sent."""
    time_over: str = ""
    """The reason why a request was not sent, once the run's time is over."""
    unanswered: int = 0
    """Requests without an answer since the last answer."""
    answered_later: int = 0
    """Requests that got an answer after a try that was heard and got none."""
    patience: Patience = field(default_factory=Patience)
    """The time to wait for what goes on by itself."""
    _late: dict[str, int] = field(default_factory=dict)
    """The late requests in a row of each operation, whatever others were answered between."""
    _latest: str = ""
    """The last of them, in words."""
    _slow: int = 0
    _slow_s: float = 0.0
    """The seconds that the slow answers in a row took together: a target may be slow for a while."""
    _held: int = 0
    _left: int = 0
    _large: int = 0

    @property
    def further_tries(self) -> int:
        """The number of further tries that a request without an answer is worth, since others get none by chance."""
        return len(FURTHER_PAUSES_S) if self.answered_later >= FEW_LOST else 0

    def check(self) -> None:
        """Raise TargetGone where the target is, LimitReached where the run's time is over."""
        if self.gone:
            raise TargetGone(self.gone)
        if self.ends_at is not None and time.monotonic() > self.ends_at:
            late = f"; no answer came to {self._latest}" if self._late else ""
            self.time_over = f"{TIME_LIMIT}: the {self.limit_s:g} s are over{late}"
            raise LimitReached(self.time_over)

    def release(self, *, raised: bool) -> None:
        """Count the answers so far as held no longer; look for what cases that raised left, where that may be much."""
        self._left += self._held if raised else 0
        self._held = 0
        if self._left > MOST_LEFT:
            self._left = 0
            gc.collect()

    def record(self, exchange: Exchange) -> None:
        """Take note of a request's answer, or of its failure."""
        failure, slow_s = exchange.failure, SLOW * self.timeout_s
        if not failure and is_throttled(exchange):
            failure = f"a limit or a gateway answers {exchange.status}"
        # A header takes some two hundred bytes of memory beside its own.
        size = len(exchange.body) + sum(len(name) + len(value) + 200 for name, value in exchange.headers)
        self._held += _weigh(exchange, size)
        self._large = self._large + 1 if size > LARGE and "json" in exchange.media_type else 0
        self.unanswered = self.unanswered + 1 if failure else 0
        late = self._count_late(exchange)
        took_s = exchange.elapsed_ms / 1000
        self._slow, self._slow_s = (self._slow + 1, self._slow_s + took_s) if took_s > slow_s else (0, 0.0)
        if self._large >= IN_A_ROW:
            self.gone = f"{self.url}: its answers are larger than any of the contract's could be"
        elif self._held > MOST_HELD:
            self.gone = f"{self.url}: its answers within one case are more than can be held"
        elif self.unanswered >= IN_A_ROW or late >= IN_A_ROW:
            self.gone = f"{self.url}: stopped answering ({failure}), {exchange.asked} last"
        elif self._slow >= IN_A_ROW and self._slow_s > IN_A_ROW * self.timeout_s:
            self.gone = (
                f"{self.url}: too slow, {self._slow} answers in a row took over {slow_s:g} s; "
                f"a longer --timeout than {self.timeout_s:g} s waits for them"
            )

    def _count_late(self, exchange: Exchange) -> int:
        """Count an answer that was too late, and return how often in a row that was so of its operation."""
        asked = exchange.asked
        if not exchange.is_late:
            self._late.pop(asked, None)
            return 0
        self._late[asked] = self._late.get(asked, 0) + 1
        self._latest = f"{asked} ({exchange.failure})"
        return self._late[asked]


def _weigh(exchange: Exchange, size: int) -> int:
    """Return the bytes of memory that an answer of this size takes while its case goes on, about."""
    if "json" not in exchange.media_type:
        return size
    most = JSON_WEIGHS * size
    return most if size < LONG else min(most, size + weigh_json(exchange.body))
