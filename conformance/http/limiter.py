"""The limits on requests that all processes of a run keep together: a rate, and numbers of requests and objects."""

from __future__ import annotations

import fcntl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from conformance.errors import TargetError
from conformance.needs import WRITING
from conformance.profile import Limits

READING = ("GET", "HEAD", "OPTIONS")
"""The methods of a read-only run."""
_FORM = struct.Struct("<QQQQd")


class CreatedObjects(IntEnum):
    """The objects that a request makes if it succeeds."""

    NOTHING = 0
    OBJECT = 1
    LASTING = 2
    """An object that nobody can remove."""


class LimitReached(TargetError):
    """A limit of the run forbids the request; the message says which."""

    def __init__(self, reason: str, *lines: str) -> None:
        super().__init__(reason)
        self.lines = lines
        """Lines of a profile with which the request would be sent."""


@dataclass(slots=True)
class Count:
    """The requests and objects of a run so far."""

    sent: int = 0
    reserved: int = 0
    """Requests that are kept back for removing what was made."""
    created: int = 0
    """Objects that were made, or that a request in flight may make."""
    lasting: int = 0
    """The number of them that stay for good."""
    not_before: float = 0.0
    """The earliest time of the next request, on the machine's monotonic clock."""


class Limiter:
    """The limiter that admits a request, makes it wait, or refuses it."""

    def __init__(self, limits: Limits, shared: Path | None = None) -> None:
        self.exhausted = ""
        """The reason for which the run could not send every request, once that is so."""
        self._limits = limits
        self._shared = shared
        self._own = Count()

    def admit(self, method: str, *, cleaning: bool = False, creates: CreatedObjects = CreatedObjects.NOTHING) -> None:
        """Wait until the request may be sent; LimitReached where it may not.

        Of max_requests as many are reserved as it takes to remove what was made. `creates`: what the request makes if
        it succeeds; where it did not, `note_nothing_created` gives its place in max_creations and max_lasting back.
        """
        limits = self._limits
        if limits.read_only and method not in READING:
            raise LimitReached(f"limits.read_only: no {method} is sent", WRITING.line)
        lasts = creates is CreatedObjects.LASTING
        if not limits.is_counted and not lasts:
            return
        with self._count() as count:
            if reason := self._explain_spent(count, cleaning=cleaning):
                if not cleaning:
                    self.exhausted = reason
                raise LimitReached(reason, "a higher limits.max_requests")
            self._check_creation(count, creates)
            count.sent += 1
            count.created += creates > 0
            count.lasting += lasts
            wait = 0.0
            if limits.requests_per_second:
                now = time.monotonic()
                wait = count.not_before - now
                count.not_before = max(now, count.not_before) + 1 / limits.requests_per_second
        if wait > 0:
            # The limit is a rate, so the only thing to wait for is the time.
            time.sleep(wait)

    def _explain_spent(self, count: Count, *, cleaning: bool) -> str | None:
        """Return why no more requests may be sent; None where one more may."""
        most, reserved = self._limits.max_requests, 0 if cleaning else count.reserved
        spent = most is not None and count.sent + reserved >= most
        return f"limits.max_requests: {most} are sent" if spent else None

    def _check_creation(self, count: Count, creates: CreatedObjects) -> None:
        """Raise LimitReached where no more may be made."""
        most, lasting = self._limits.max_creations, self._limits.max_lasting
        if creates and most is not None and count.created >= most:
            raise LimitReached(f"limits.max_creations: {most} objects are made", "a higher limits.max_creations")
        if creates is CreatedObjects.LASTING and count.lasting >= lasting:
            reason = f"limits.max_lasting: {lasting} objects are made that cannot be removed"
            raise LimitReached(reason, "a higher limits.max_lasting")

    @property
    def lasting_left(self) -> int:
        """Return how many more objects that cannot be removed may be made."""
        with self._count() as count:
            return self._limits.max_lasting - count.lasting

    def note_nothing_created(self, creates: CreatedObjects) -> None:
        """Give back the place of a request that was to create an object and was refused."""
        lasts = creates is CreatedObjects.LASTING
        if self._limits.max_creations is not None or lasts:
            with self._count() as count:
                count.created = max(0, count.created - 1)
                count.lasting = max(0, count.lasting - lasts)

    def reserve(self, more: int) -> None:
        """Keep back more requests for removing what was made, or fewer where the number is negative."""
        if self._limits.max_requests is not None:
            with self._count() as count:
                count.reserved = max(0, count.reserved + more)

    @contextmanager
    def _count(self) -> Iterator[Count]:
        """Yield the count, locked against other processes."""
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
                file.write(_FORM.pack(count.sent, count.reserved, count.created, count.lasting, count.not_before))
                file.flush()
