"""Faults that a client arms: what goes wrong with the next calls of an operation."""

from __future__ import annotations

import asyncio
from hashlib import sha256

from msgspec import Struct, field

from mock_server.contract.compiled import Operation
from mock_server.contract.forced import ForcedAnswer, choose, make_undeclared

EVERY_OPERATION = "*"
MOST_FAULTS = 1000

_UPSTREAM = 502
_EARLY_S = 0.002
"""The seconds by which the timers of event loops may be early."""


class ConnectionDropped(Exception):
    """The connection is to end without an answer."""


class Fault(Struct, eq=False, omit_defaults=True):
    """A fault of the next `times` calls of an operation, or of all of them."""

    id: int
    operation_id: str
    status: int | None = None
    code: str | None = None
    delay_ms: int = 0
    drop: bool = False
    truncate: int | None = None
    times: int | None = 1  # None: always
    undeclared: bool = False  # its error is one that the contract does not declare
    html: bool = False  # that one is the page of a gateway
    jitter_ms: int = 0  # by how much more, at most, it delays
    happened: int = 0
    removed: bool = False

    @property
    def left(self) -> int | None:
        """The number of calls that it still is to happen to; None where it always happens."""
        if self.removed:
            return 0
        return None if self.times is None else self.times - self.happened

    @property
    def answers(self) -> bool:
        """Whether it answers with an error."""
        return self.status is not None or self.code is not None

    @property
    def ends(self) -> bool:
        """Whether it does more than delay."""
        return self.answers or self.drop or self.truncate is not None

    def make_error(self, operation: Operation) -> ForcedAnswer | None:
        """Return the error that it answers a call of this operation with, if any."""
        if self.undeclared and self.status is not None:
            return make_undeclared(self.status, code=self.code, html=self.html)
        found = choose(operation, status=self.status, code=self.code) if self.answers else None
        return None if found is None or found[0] < 400 else ForcedAnswer(*found)

    def concerns(self, operation: Operation) -> bool:
        """Whether it can happen to a call of this operation."""
        if self.operation_id not in {EVERY_OPERATION, operation.id}:
            return False
        return not self.answers or self.make_error(operation) is not None

    def draw_delay(self, seed: int) -> int:
        """Return by how many milliseconds it delays the next call: the same for the same seed and the same calls."""
        if not self.jitter_ms:
            return self.delay_ms
        drawn = sha256(f"{seed} {self.operation_id} {self.jitter_ms} {self.happened}".encode()).digest()
        return self.delay_ms + int.from_bytes(drawn[:8]) % (self.jitter_ms + 1)


class UpstreamFailed(Exception):
    """A fault of the upstream, raised when an operation reaches it."""

    def __init__(self, fault: Fault, error: ForcedAnswer) -> None:
        super().__init__(fault.id)
        self.fault = fault
        self.error = error

    def reach(self) -> None:
        """Raise it, unless another call was faster or somebody removed the fault."""
        if self.fault.left != 0:
            raise self


class FaultOutcome(Struct, eq=False):
    """The effects of faults and of the header Prefer on a call."""

    ids: list[int] = field(default_factory=list)  # of those that have happened to it
    delay_ms: int = 0  # that is waited for next
    late_ms: int = 0  # in all
    end: ForcedAnswer | ConnectionDropped | None = None
    truncate: int | None = None
    upstream: UpstreamFailed | None = None
    undeclared: bool = False  # whether it was answered with an error that the contract does not declare
    applied: str | None = None  # the preference that its answer names, whatever that is

    def forget_where(self) -> None:
        """Drop the tracebacks of its errors, which would keep the whole request."""
        for raised in (self.end, self.upstream):
            if raised is not None:
                raised.__traceback__ = None


class Faults:
    """The faults of one world, the oldest first; one that has happened often enough is gone."""

    __slots__ = ("_seed", "armed", "last")

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self.armed: tuple[Fault, ...] = ()
        self.last = 0

    def add(self, fault: Fault) -> None:
        """Arm a fault; its id is one that `next_id` gave."""
        self.armed = (*self.armed, fault)

    def make_id(self) -> int:
        """An id that no fault of this world has had."""
        self.last += 1
        return self.last

    def remove(self, fault_id: int) -> bool:
        """Remove a fault, and say whether there was one of this id."""
        gone = [fault for fault in self.armed if fault.id == fault_id]
        self.armed = tuple(fault for fault in self.armed if fault.id != fault_id)
        for fault in gone:
            fault.removed = True
        return bool(gone)

    def clear(self) -> None:
        """Remove every fault."""
        for fault in self.armed:
            self.remove(fault.id)

    def apply(self, operation: Operation, outcome: FaultOutcome | None = None) -> FaultOutcome:
        """Apply the armed faults to a call; delays add up, and of the rest the oldest counts.

        How the upstream fails is only said: it has not happened before a call has come as far as there (`failed`).
        """
        outcome, ended = outcome or FaultOutcome(), False
        for fault in self.armed:
            if not fault.concerns(operation) or (ended and fault.ends):
                continue
            error = fault.make_error(operation)
            if error is not None and error.status == _UPSTREAM and not error.undeclared:
                outcome.upstream = outcome.upstream or UpstreamFailed(fault, error)
                continue
            self._happen(fault, outcome)
            if fault.ends:
                ended = True
                outcome.end = ConnectionDropped() if fault.drop else error
        return outcome

    def fail(self, failure: UpstreamFailed, outcome: FaultOutcome) -> None:
        """Apply the fault of the upstream to a call that has reached it."""
        outcome.delay_ms = 0
        outcome.end = failure.error
        self._happen(failure.fault, outcome)

    def _happen(self, fault: Fault, outcome: FaultOutcome) -> None:
        outcome.ids.append(fault.id)
        delay_ms = fault.draw_delay(self._seed)
        outcome.delay_ms += delay_ms
        outcome.late_ms += delay_ms
        if fault.truncate is not None:
            outcome.truncate = fault.truncate
        fault.happened += 1
        if fault.left == 0:
            self.remove(fault.id)


async def pause(delay_ms: int) -> None:
    """Wait so long, and no less."""
    await asyncio.sleep(delay_ms / 1000 + _EARLY_S)
