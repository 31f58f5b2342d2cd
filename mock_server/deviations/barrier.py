"""A barrier that makes a race certain: requests that run at once go on together."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from mock_server.deviations.memory import DeviationMemory

_PATIENCE_S = 0.03  # the longest wait for a second request


class Barrier:
    """A barrier of a world that holds a request until a second one comes."""

    def __init__(self, memory: DeviationMemory) -> None:
        self._memory = memory

    async def meet(self) -> None:
        """Wait until another request comes, or for the longest wait."""
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
