"""What the last answer of a connection is written to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class LastWord:
    """A transport whose closing is somebody else's business: as much of one as an answer needs."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close
