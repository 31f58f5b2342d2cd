"""The server: uvicorn's, on uvloop, which ends when it is told to, however its clients behave.

The only module that imports uvicorn. Its server opens sockets, makes and ends connections, heeds signals and ticks;
HTTP is spoken by a protocol of our own (`connection.py`).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, cast

import uvicorn
from uvicorn.server import ServerState

from mock_server.server.connection import HttpConnection
from mock_server.server.forwarded import Forwarded
from mock_server.server.limits import Limits, open_files
from mock_server.server.watch import ConnectionWatch

log = logging.getLogger(__name__)

_LEAVE_S = 0.25
_PATIENCE_S = 5.0
"""How long a server that is to end goes on answering what was asked before."""
_A_LOOK_S = 0.05
_IDLE_GO_S = 0.1
"""After so long no connection is left that waits for nothing."""
_TICKS_A_SECOND = 10  # uvicorn's


def _nothing() -> None: ...


class Server(uvicorn.Server):
    """A server that ends every connection at its end, and calls back at its start and its end."""

    def __init__(
        self,
        config: uvicorn.Config,
        watch: ConnectionWatch,
        *,
        ending: Callable[[], None],
        at_start: Callable[[], None],
        at_end: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._watch = watch
        self._ending = ending
        self._at_start = at_start
        self._at_end = at_end
        self._leaving = False
        self.interrupted = False  # by Ctrl-C

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at SIGINT or SIGTERM. SIGINT is no error, and one more of them stops nothing that is still to be done."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # uvicorn raises each signal again once the server has ended, for the handler that stood there before its own.
        before = signal.signal(signal.SIGINT, self.handle_exit)
        try:
            with super().capture_signals():
                yield
        finally:
            if not self.interrupted:
                signal.signal(signal.SIGINT, before)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal; a second SIGINT ends what is still being answered."""
        self.interrupted = self.interrupted or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    def leave(self) -> None:
        """End as one whose socket another process serves next: nobody who is connected is turned away.

        May be called from another thread.
        """
        self._leaving = True
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        # Not before the first tick: only from here on a signal ends it in order.
        at_start, self._at_start = self._at_start, _nothing
        at_start()
        if counter % _TICKS_A_SECOND == 0:
            self._watch.look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        if self._leaving:
            await self._take_leave()
        waiting = asyncio.create_task(self._wait())
        await super().shutdown(sockets)
        waiting.cancel()
        self._give_up()
        self._at_end()

    async def _take_leave(self) -> None:
        """Take no more connections, and answer what those that there are ask just now, as their last request."""
        for server in self.servers:
            server.close()
        for protocol in self.server_state.connections:
            cast("HttpConnection", protocol).end_after_next_answer()
        await asyncio.sleep(_LEAVE_S)

    async def _wait(self) -> None:
        """Wait for the answers that are due, but not for ever, nor for longer than somebody wants."""
        until = asyncio.get_running_loop().time() + _PATIENCE_S
        await asyncio.sleep(_IDLE_GO_S)
        if self.server_state.connections:
            log.info("Waiting for connections that are still being answered; Ctrl-C ends them at once")
        while not self.force_exit and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - a flag, no event
            await asyncio.sleep(_A_LOOK_S)
        self._give_up()

    def _give_up(self) -> None:
        """End every connection that there still is, and whatever was to answer it."""
        if self.server_state.tasks:
            log.warning("gave up %d requests that were not answered yet", len(self.server_state.tasks))
        for protocol in list(self.server_state.connections):
            cast("HttpConnection", protocol).give_up()
        for task in self.server_state.tasks:
            task.cancel()


def server_of(
    app: Any,
    limits: Limits | None = None,
    *,
    at_start: Callable[[], None] = _nothing,
    at_rest: Callable[[], None] = _nothing,
    at_end: Callable[[], None] = _nothing,
) -> Server:
    """The server of a mock's application; its `run(sockets=[listener])` serves until it is told to exit.

    `at_start` is called when it takes connections and heeds signals, `at_rest` now and then while nobody asks for
    anything, `at_end` after the last answer, on whatever signal it ends.
    """
    limits = (limits or Limits()).within(open_files())
    watch = ConnectionWatch(limits, at_rest=at_rest)
    application = Forwarded(app) if limits.proxy_headers else app

    def connection(*, server_state: ServerState, **_: Any) -> HttpConnection:
        return HttpConnection(application, watch, server_state.connections, server_state.tasks)

    config = uvicorn.Config(
        application,
        http=cast("type[asyncio.Protocol]", connection),
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        # That it starts and ends is said by whoever runs it.
        log_level=max(logging.WARNING, log.getEffectiveLevel()),
        server_header=False,
        date_header=False,  # a world has its own clock: the application sends the date
        proxy_headers=False,  # see Forwarded
    )
    return Server(config, watch, ending=app.context.worlds.end, at_start=at_start, at_end=at_end)
