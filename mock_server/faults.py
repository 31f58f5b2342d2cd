"""Faults of a world: what goes wrong with the next calls of an operation, because somebody asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

from mock_server.call import Call
from mock_server.contract import Operation
from mock_server.forced import Forced, choose

EVERY_OPERATION = "*"
MOST_FAULTS = 1000

_UPSTREAM = 502


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
    """What a call met of its world's faults."""

    ids: list[int] = field(default_factory=list)
    truncate: int | None = None
    upstream: UpstreamFailed | None = None


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

    def meet(self, call: Call) -> Awaitable[None] | None:
        """Let happen what is to happen to a call: delays add up, and of the rest the oldest fault counts.

        Raises Forced or Dropped, at once or when the delay is over. How the upstream fails is noted in the
        call, for when it comes as far as there (`failed`).
        """
        met, delay_ms, end = Met(), 0, None
        for fault in self.armed:
            if not fault.concerns(call.operation) or (end is not None and fault.ends):
                continue
            error = fault.error(call.operation)
            if error is not None and error.status == _UPSTREAM:
                met.upstream = met.upstream or UpstreamFailed(fault, error)
                continue
            self._happen(fault, met)
            delay_ms += fault.delay_ms
            end = fault if fault.ends else end
        if met.ids or met.upstream:
            call.met = met
        if delay_ms:
            return _after(delay_ms, call, end)
        _end(call, end)
        return None

    async def failed(self, call: Call, failure: UpstreamFailed) -> None:
        """Let the failure of the upstream count, now that a call has come as far as there."""
        if call.met is not None:
            self._happen(failure.fault, call.met)
        if failure.fault.delay_ms:
            await asyncio.sleep(failure.fault.delay_ms / 1000)

    def _happen(self, fault: Fault, met: Met) -> None:
        met.ids.append(fault.id)
        if fault.truncate is not None:
            met.truncate = fault.truncate
        fault.left -= 1
        if not fault.left:
            self.remove(fault.id)


def _end(call: Call, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.drop:
        raise Dropped
    if (error := fault.error(call.operation)) is not None:
        raise error


async def _after(delay_ms: int, call: Call, fault: Fault | None) -> None:
    await asyncio.sleep(delay_ms / 1000)
    _end(call, fault)
