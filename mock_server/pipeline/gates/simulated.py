"""Answers that are asked for, in the place of those that the state would give."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.contract.forced import Forced
from mock_server.pipeline.prefer import preferred
from mock_server.worlds.call import Call
from mock_server.worlds.faults import Dropped, Met, pause


def preference(call: Call) -> Awaitable[None] | None:
    """The answer that the client prefers, and when; 400 where it cannot be had."""
    header = call.headers.get(b"prefer")
    if header is None or call.faults is None:
        return None
    if (wanted := preferred(header, call.operation)) is None:
        return None
    if wanted.delay_ms:
        call.met = Met(applied=wanted.applied)
        return _late(wanted.delay_ms, wanted.answer)
    if wanted.answer is not None:
        raise wanted.answer
    return None


def fault(call: Call) -> Awaitable[None] | None:
    """What the faults of the world have in store for the operation; of those of the upstream only that they are."""
    faults = call.faults
    if faults is None or not faults.armed:
        return None
    met = call.met = faults.meet(call.operation, call.met)
    if met.delay_ms:
        return _late(met.delay_ms, met.end)
    if met.end is not None:
        raise met.end
    return None


async def _late(delay_ms: int, end: Forced | Dropped | None) -> None:
    await pause(delay_ms)
    if end is not None:
        raise end
