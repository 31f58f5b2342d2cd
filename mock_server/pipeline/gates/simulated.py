"""The gates of preferences and faults."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.contract.forced import ForcedAnswer
from mock_server.pipeline.prefer import read_preference
from mock_server.worlds.call import Call
from mock_server.worlds.faults import ConnectionDropped, FaultOutcome, pause


def apply_preference(call: Call) -> Awaitable[None] | None:
    """The answer that the client prefers, and when; 400 where it cannot be had."""
    header = call.headers.get(b"prefer")
    if header is None or call.faults is None or call.passes_again:
        return None
    if (wanted := read_preference(header, call.operation)) is None:
        return None
    if wanted.delay_ms:
        call.fault_outcome = FaultOutcome(applied=wanted.applied)
        return _apply_late(wanted.delay_ms, wanted.answer)
    if wanted.answer is not None:
        raise wanted.answer
    return None


def apply_fault(call: Call) -> Awaitable[None] | None:
    """Apply the faults of the world to a call; those of the upstream apply when the operation reaches it."""
    faults = call.faults
    if faults is None or not faults.armed or call.passes_again:
        return None
    outcome = call.fault_outcome = faults.apply(call.operation, call.fault_outcome)
    if outcome.delay_ms:
        return _apply_late(outcome.delay_ms, outcome.end)
    if outcome.end is not None:
        raise outcome.end
    return None


async def _apply_late(delay_ms: int, end: ForcedAnswer | ConnectionDropped | None) -> None:
    await pause(delay_ms)
    if end is not None:
        raise end
