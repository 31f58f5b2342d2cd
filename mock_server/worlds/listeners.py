"""Listeners of streams: what is sent to them, and one that hands it on as it is asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Protocol

from mock_server.state.blobs import CONTENTS
from mock_server.state.tally import Share


class Part:
    """A part of a stream, as it is sent to whoever listens: as a chunk of a body of HTTP/1.1 (RFC 9112, 7.1).

    Many streams hold one part while it waits, and it counts in what the server keeps.
    """

    __slots__ = ("__weakref__", "_share", "chunk", "shown")

    def __init__(self, content: bytes, shown: object = None) -> None:
        self.chunk = b"%x\r\n%b\r\n" % (len(content), content)
        self.shown = shown
        """The event that it shows, which lives as long."""
        self._share = Share(CONTENTS, len(self.chunk))

    @property
    def content(self) -> bytes:
        """The content of the part, without the frame of the chunk."""
        return self.chunk[self.chunk.index(b"\n") + 1 : -2]


HEARTBEAT = b": heartbeat\n\n"


class Listener(Protocol):
    """The receiver of a stream; one that was full asks for more by `EventStream.go_on`."""

    @property
    def is_full(self) -> bool:
        """Whether something that was sent waits still, so that nothing more should be."""

    def take(self, part: Part) -> bool:
        """Send a part; False where the listener has gone."""

    def end(self) -> None:
        """Send the end of the stream."""

    def drop(self) -> None:
        """End the connection in the middle of the stream."""

    def give_up(self) -> None:
        """End the connection at once, whatever waits still."""


class OpenStream(Protocol):
    """A stream, as whoever listens to it knows it."""

    def go_on(self) -> None:
        """Send more, if there is more: what was sent waits no longer."""

    def close(self) -> None:
        """Send nothing more."""


class WaitingParts:
    """A listener that hands on what it takes as it is asked for."""

    def __init__(self) -> None:
        self._waiting: deque[Part] = deque()
        self._news = asyncio.Event()
        self._ended = self._dropped = False

    @property
    def is_full(self) -> bool:
        """Whether a part was not asked for yet."""
        return bool(self._waiting)

    def take(self, part: Part) -> bool:
        """Keep a part; False after the end."""
        if not self._ended:
            self._waiting.append(part)
            self._news.set()
        return not self._ended

    def drop(self) -> None:
        """Hand on what is kept, and then the end of the connection."""
        self._dropped = True
        self.end()

    def end(self) -> None:
        """Take nothing more; what is kept is still handed on."""
        self._ended = True
        self._news.set()

    def give_up(self) -> None:
        """Take nothing more."""
        self.end()

    async def read_stream(self, stream: OpenStream) -> AsyncGenerator[bytes, None]:
        """Yield what the stream sends, which has begun with this listener, to its end."""
        try:
            while self._waiting or not self._ended:
                while self._waiting:
                    yield self._waiting.popleft().content
                    if not self._waiting:
                        stream.go_on()
                self._news.clear()
                if not self._ended:
                    await self._news.wait()
            if self._dropped:
                raise ConnectionResetError("the stream was cut")
        finally:
            stream.close()
