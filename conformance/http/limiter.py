"""How much of the suite a target bears: a rate, a number of requests and of objects, for a run's processes together."""

from __future__ import annotations

import fcntl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import TargetError
from conformance.needs import WRITING
from conformance.profile import Limits

SAFE = ("GET", "HEAD", "OPTIONS")
_FORM = struct.Struct("<QQQd")


class LimitReached(TargetError):
    """The profile's own limits forbid the request; the message says which."""

    def __init__(self, reason: str, *lines: str) -> None:
        super().__init__(reason)
        self.lines = lines
        """Of a profile: what would have let the request go out."""


@dataclass(slots=True)
class Count:
    """What a run has sent, and what it still owes."""

    sent: int = 0
    owed: int = 0
    """Requests that removing what was made will take."""
    created: int = 0
    """Objects that were made, or that a request under way may make."""
    not_before: float = 0.0
    """When the next request may go out, on the machine's monotonic clock."""


class Limiter:
    """Lets a request pass, makes it wait, or refuses it."""

    def __init__(self, limits: Limits, shared: Path | None = None) -> None:
        self.exhausted = ""
        """Why the run cannot send all that it would, once that is so."""
        self._limits = limits
        self._shared = shared
        self._own = Count()

    def admit(self, method: str, *, cleaning: bool = False, creates: bool = False) -> None:
        """Return when the request may go out; LimitReached where it may not.

        Of max_requests so many are kept back as it takes to remove what was made. `creates`: the request makes an
        object if it succeeds; where it did not, `created_nothing` gives its place in max_creations back.
        """
        limits = self._limits
        if limits.read_only and method not in SAFE:
            raise LimitReached(f"limits.read_only: no {method} is sent", WRITING.line)
        if not limits.counted:
            return
        with self._count() as count:
            kept = 0 if cleaning else count.owed
            if limits.max_requests is not None and count.sent + kept >= limits.max_requests:
                reason = f"limits.max_requests: {limits.max_requests} are sent"
                if not cleaning:
                    self.exhausted = reason
                raise LimitReached(reason, "a higher limits.max_requests")
            if creates and limits.max_creations is not None and count.created >= limits.max_creations:
                raise LimitReached(
                    f"limits.max_creations: {limits.max_creations} objects are made", "a higher limits.max_creations"
                )
            count.sent += 1
            count.created += creates
            wait = 0.0
            if limits.requests_per_second:
                now = time.monotonic()
                wait = count.not_before - now
                count.not_before = max(now, count.not_before) + 1 / limits.requests_per_second
        if wait > 0:
            # The limit is a rate, so the only thing to wait for is the time.
            time.sleep(wait)

    def created_nothing(self) -> None:
        """A request that was admitted as one that creates was refused."""
        if self._limits.max_creations is not None:
            with self._count() as count:
                count.created = max(0, count.created - 1)

    def owe(self, more: int) -> None:
        """So many more, or fewer, requests are needed to remove what was made."""
        if self._limits.max_requests is not None:
            with self._count() as count:
                count.owed = max(0, count.owed + more)

    @contextmanager
    def _count(self) -> Iterator[Count]:
        """The count, which no other process changes meanwhile."""
        if self._shared is None:
            yield self._own
            return
        with self._shared.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            stored = file.read(_FORM.size)
            count = Count(*_FORM.unpack(stored)) if stored else Count()
            try:
                yield count
            finally:
                file.seek(0)
                file.write(_FORM.pack(count.sent, count.owed, count.created, count.not_before))
                file.flush()
