"""Faults of a world: what goes wrong with the next calls of an operation, because somebody asked for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from mock_server.contract import Operation
from mock_server.forced import Forced, choose

EVERY_OPERATION = "*"
MOST_FAULTS = 1000

_UPSTREAM = 502
_EARLY_S = 0.002
"""By how much the timers of event loops may be early."""


class Dropped(Exception):
    """The connection is to end without an answer."""


@dataclass(slots=True, eq=False)
class Fault:
    """What happens to the next `times` calls; each part of it is optional, but for the operation."""

    id: int
    operation_id: str
    status: int | None = None
    code: str | None = None
    delay_ms: int = 0
    drop: bool = False
    truncate: int | None = None
    times: int = 1
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.times

    @property
    def answers(self) -> bool:
        """Whether it answers with a declared error."""
        return self.status is not None or self.code is not None

    @property
    def ends(self) -> bool:
        """Whether it does more than delay."""
        return self.answers or self.drop or self.truncate is not None

    def error(self, operation: Operation) -> Forced | None:
        """What it answers a call of this operation with, if anything."""
        found = choose(operation, status=self.status, code=self.code) if self.answers else None
        return None if found is None or found[0] < 400 else Forced(*found)

    def concerns(self, operation: Operation) -> bool:
        """Whether it can happen to a call of this operation."""
        if self.operation_id not in {EVERY_OPERATION, operation.id}:
            return False
        return not self.answers or self.error(operation) is not None


class UpstreamFailed(Exception):
    """The upstream answers with an error, where a call comes as far as there."""

    def __init__(self, fault: Fault, error: Forced) -> None:
        super().__init__(fault.id)
        self.fault = fault
        self.error = error

    @property
    def due(self) -> bool:
        """Whether it still is to happen: another call may have been faster, or somebody removed the fault."""
        return self.fault.left > 0


@dataclass(slots=True, eq=False)
class Met:
    """What a call meets of its world's faults."""

    ids: list[int] = field(default_factory=list)  # of those that have happened to it
    delay_ms: int = 0  # that is waited for next
    late_ms: int = 0  # in all
    end: Forced | Dropped | None = None
    truncate: int | None = None
    upstream: UpstreamFailed | None = None

    def forget_where(self) -> None:
        """Let go of the place in the program where each was raised, which would keep the whole request."""
        for raised in (self.end, self.upstream):
            if raised is not None:
                raised.__traceback__ = None


class Faults:
    """The faults of one world, the oldest first; one that has happened often enough is gone."""

    __slots__ = ("armed", "last")

    def __init__(self) -> None:
        self.armed: tuple[Fault, ...] = ()
        self.last = 0

    def add(self, fault: Fault) -> None:
        """Let a fault happen from now on; its id is one that `next_id` gave."""
        self.armed = (*self.armed, fault)

    def next_id(self) -> int:
        """An id that no fault of this world has had."""
        self.last += 1
        return self.last

    def remove(self, fault_id: int) -> bool:
        """Let a fault happen no more, and say whether there was one of this id."""
        gone = [fault for fault in self.armed if fault.id == fault_id]
        self.armed = tuple(fault for fault in self.armed if fault.id != fault_id)
        for fault in gone:
            fault.left = 0
        return bool(gone)

    def clear(self) -> None:
        """Let nothing happen any more."""
        for fault in self.armed:
            self.remove(fault.id)

    def meet(self, operation: Operation) -> Met:
        """Let happen what is to happen to a call of this operation; delays add up, and of the rest the oldest counts.

        How the upstream fails is only said: it has not happened before a call has come as far as there (`failed`).
        """
        met, ended = Met(), False
        for fault in self.armed:
            if not fault.concerns(operation) or (ended and fault.ends):
                continue
            error = fault.error(operation)
            if error is not None and error.status == _UPSTREAM:
                met.upstream = met.upstream or UpstreamFailed(fault, error)
                continue
            self._happen(fault, met)
            if fault.ends:
                ended = True
                met.end = Dropped() if fault.drop else error
        return met

    def failed(self, failure: UpstreamFailed, met: Met) -> None:
        """Let the failure of the upstream happen to a call that has come as far as there."""
        met.delay_ms = 0
        met.end = failure.error
        self._happen(failure.fault, met)

    def _happen(self, fault: Fault, met: Met) -> None:
        met.ids.append(fault.id)
        met.delay_ms += fault.delay_ms
        met.late_ms += fault.delay_ms
        if fault.truncate is not None:
            met.truncate = fault.truncate
        fault.left -= 1
        if not fault.left:
            self.remove(fault.id)


async def pause(delay_ms: int) -> None:
    """Wait so long, and no less."""
    await asyncio.sleep(delay_ms / 1000 + _EARLY_S)
