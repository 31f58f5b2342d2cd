"""Answers that are asked for, in the place of those that the state would give."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.call import Call
from mock_server.faults import Met, pause
from mock_server.prefer import preferred


def preference(call: Call) -> None:
    """The answer that the client prefers, or 400 where the operation declares none such."""
    header = call.headers.get(b"prefer")
    if header is None or call.faults is None:
        return
    if (forced := preferred(header, call.operation)) is not None:
        raise forced


def fault(call: Call) -> Awaitable[None] | None:
    """What the faults of the world have in store for the operation; of those of the upstream only that they are."""
    faults = call.faults
    if faults is None or not faults.armed:
        return None
    met = call.met = faults.meet(call.operation)
    if met.delay_ms:
        return _late(met)
    if met.end is not None:
        raise met.end
    return None


async def _late(met: Met) -> None:
    await pause(met.delay_ms)
    if met.end is not None:
        raise met.end
