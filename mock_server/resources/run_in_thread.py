"""Work that takes long is done in a thread, so that others are answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


async def run_in_thread(work: Callable[[], R], *, size: int, small: int) -> R:
    """What the work gives; done at once where its input is so small that the way to a thread would take longer."""
    return work() if size <= small else await asyncio.to_thread(work)
