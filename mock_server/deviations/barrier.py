"""Widens a race, so that it is always lost: requests that are under way at once go on together."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from mock_server.deviations.memory import DeviationMemory

_PATIENCE_S = 0.03
"""How long a request that comes alone is held; of two neither waits longer than the other takes to come."""


class Barrier:
    """Holds each first request of a world until a second one has come."""

    def __init__(self, memory: DeviationMemory) -> None:
        self._memory = memory

    async def meet(self) -> None:
        """Return once another request has come here too, or none does."""
        here = self._memory.here
        waiting: asyncio.Event | None = here.pop(self, None)
        if waiting is not None:
            waiting.set()
            return
        here[self] = come = asyncio.Event()
        with suppress(TimeoutError):
            await asyncio.wait_for(come.wait(), _PATIENCE_S)
        if here.get(self) is come:
            del here[self]
