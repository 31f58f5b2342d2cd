"""Answers that are asked for, in the place of those that the state would give."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.call import Call
from mock_server.prefer import preferred


def preference(call: Call) -> None:
    """The answer that the client prefers, or 400 where the operation declares none such."""
    header = call.headers.get(b"prefer")
    if header is None or call.faults is None:
        return
    if (forced := preferred(header, call.operation)) is not None:
        raise forced


def fault(call: Call) -> Awaitable[None] | None:
    """What the faults of the world have in store for the operation, those of the upstream aside."""
    faults = call.faults
    return None if faults is None or not faults.armed else faults.meet(call)
