"""The ends that a connection may come to, and the requests of it that they concern."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from mock_server.server.foundation import Config, HttpToolsProtocol, RequestResponseCycle, ServerState
from mock_server.server.whole import write_whole

_SMALL = 64 * 1024  # bytes of a body that is worth copying
_SILENT = logging.getLogger(f"{__name__}.given_up")
_SILENT.disabled = True


class Ends(HttpToolsProtocol):
    """A connection that knows which request it answers, and which it reads."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._answering: RequestResponseCycle | None = None
        self._last = False  # no request after this one
        self._deaf = False  # nothing more is read
        self._told = False  # nothing more is said

    def _latest(self) -> RequestResponseCycle | None:
        """The latest request of which the head is whole."""
        return self.cycle  # uvicorn leaves it None until there is one, and does not say so

    def _being_read(self) -> RequestResponseCycle | None:
        """The request that is being read, or was last; None while its head is not whole, and before the first."""
        cycle = self._latest()
        return None if cycle is None or cycle.scope is not self.scope else cycle

    def _has_begun(self) -> bool:
        return bool(self.scope)

    def _hear_out(self) -> None:
        """Say no more, and let the client say the rest, which nobody reads.

        Were the connection closed on what has come, whoever is still sending would lose the answer.
        """
        self._deaf = self._told = True
        self.transport.write_eof()
        self.flow.resume_reading()

    def end_gently(self) -> None:
        """End it after the last answer, of which nothing is lost."""
        cycle = self._being_read()
        if cycle is not None and cycle.more_body and not self.transport.is_closing():
            self._hear_out()
        else:
            self.transport.close()

    def _answer_and_close(self) -> None:
        """Let the connection end with the answer in flight, if there is one."""
        cycle = self._latest()
        if cycle is not None and not cycle.response_complete:
            cycle.keep_alive = False

    def asks_last(self) -> None:
        """Let its next request be its last, or the one in flight."""
        self._last = True
        self._answer_and_close()

    def answer(self, status: int, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        """Write a whole answer to the request in flight, and say whether that could be."""
        cycle = self._answering
        return cycle is not None and write_whole(cycle, status, headers, body)

    def arrived(self) -> bytes | None:
        """Return the whole body of the request in flight, without taking it away; None for what must be waited for."""
        cycle = self._answering
        if cycle is None or cycle.more_body or cycle.disconnected or cycle.waiting_for_100_continue:
            return None
        return bytes(cycle.body) if len(cycle.body) <= _SMALL else None

    def drop(self) -> None:
        """End it at once, whatever was not sent yet."""
        self._misses_nothing()
        self.transport.abort()

    def give_up(self) -> None:
        """End it at once, and with it what was to answer: whose failing is no news."""
        if self._answering is not None:
            self._answering.logger = _SILENT
        self.drop()

    def finish(self) -> None:
        """End it when what was written is sent."""
        self._misses_nothing()
        self.transport.close()

    def _misses_nothing(self) -> None:
        for cycle in (self._answering, self._latest()):
            if cycle is not None:
                cycle.disconnected = True


def abandon(cycle: RequestResponseCycle) -> None:
    """Let who answers a request know that nobody waits for it."""
    if not cycle.response_complete:
        cycle.disconnected = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()


class LastWord:
    """A transport whose closing is somebody else's business: as much of one as an answer needs."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close
