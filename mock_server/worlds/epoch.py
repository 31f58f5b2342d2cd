"""The epochs of a world, from one reset to the next: requests that wait when one ends are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar, cast

R = TypeVar("R")


class Superseded(Exception):
    """The world of a request was reset, or taken to another state, while the request waited."""


class Epoch:
    """The time from one reset, restore, import or rewind of a world to the next one, or to its deletion."""

    __slots__ = ("_ended", "_waiting")

    def __init__(self) -> None:
        self._ended: str | None = None
        self._waiting: set[asyncio.Task[Any]] = set()

    def end(self, how: str) -> None:
        """Interrupt all that waits; `how` is what became of the world, as the end of a sentence."""
        self._ended = how
        for task in self._waiting:
            task.cancel()

    async def wait_for(self, coming: Awaitable[R]) -> R:
        """Wait for something on behalf of a request; Superseded where the epoch ends before it has come."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._waiting.add(task)
        try:
            result = await coming
        except BaseException as end:
            self._check(task, end)
            raise
        finally:
            self._waiting.discard(task)
        self._check(task)
        return result

    def _check(self, task: asyncio.Task[Any], end: BaseException | None = None) -> None:
        """Superseded where the epoch has ended, unless somebody else cancelled the request too."""
        if self._ended is None:
            return
        others = task.uncancel()
        if not (others and isinstance(end, asyncio.CancelledError)):
            raise Superseded(self._ended) from None
