"""The server: uvicorn's, on uvloop, with HTTP by a protocol of our own (`connection.py`).

The only module that imports uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, cast

import uvicorn

from mock_server.server.connection import HttpConnection
from mock_server.server.exchange import Application
from mock_server.server.limits import Limits, open_files
from mock_server.server.watch import ConnectionWatch

log = logging.getLogger(__name__)

_LAST_REQUESTS_S = 0.25
_MOST_WAIT_S = 5.0
"""The seconds for which a server that is to end goes on answering what was asked before."""
_POLL_S = 0.05
_IDLE_ENDED_S = 0.1
"""After so long no connection is left that waits for nothing."""
_TICKS_A_SECOND = 10  # uvicorn's

_HOST = b"x-forwarded-host"
_PROTO = b"x-forwarded-proto"
_FORWARDED = b"forwarded"


def do_nothing() -> None:
    """Do nothing."""


class Server(uvicorn.Server):
    """A server of a mock's application; its `run(sockets=[listener])` serves until it is told to exit.

    `at_start` is called when it takes connections and heeds signals, `at_rest` now and then while nobody asks for
    anything, `at_end` after the last answer, on whatever signal it ends. `has_successor`: another process goes on
    later, so that the next request of each connection is still answered, with `Connection: close`.
    """

    def __init__(
        self,
        app: Any,
        limits: Limits | None = None,
        *,
        at_start: Callable[[], None] = do_nothing,
        at_rest: Callable[[], None] = do_nothing,
        at_end: Callable[[], None] = do_nothing,
        has_successor: bool = False,
    ) -> None:
        limits = (limits or Limits()).fit_to(open_files())
        watch = ConnectionWatch(limits, at_rest=at_rest)
        application = trust_proxy(app) if limits.proxy_headers else app

        def make_connection(**_: Any) -> HttpConnection:
            return HttpConnection(application, watch, self.server_state.connections, self.server_state.tasks)

        config = uvicorn.Config(
            application,
            http=cast("type[asyncio.Protocol]", make_connection),
            loop="uvloop",
            ws="none",
            lifespan="off",
            log_config=None,
            # That it starts and ends is said by whoever runs it.
            log_level=max(logging.WARNING, log.getEffectiveLevel()),
            server_header=False,
            date_header=False,  # a world has its own clock: the application sends the date
            proxy_headers=False,  # see behind_proxy
        )
        super().__init__(config)
        self.interrupted = False  # by Ctrl-C
        self._connection = make_connection
        self._watch = watch
        self._end_worlds: Callable[[], None] = app.context.worlds.end
        self._at_start = at_start
        self._at_end = at_end
        self._has_successor = has_successor

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at SIGINT or SIGTERM. SIGINT is no error, and a second one interrupts nothing that must be done."""
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

    def end_for_successor(self) -> None:
        """End for another process that is ready to serve; may be called from another thread."""
        self._has_successor = True
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        # Not before the first tick: only from here on a signal ends it in order.
        at_start, self._at_start = self._at_start, do_nothing
        at_start()
        if counter % _TICKS_A_SECOND == 0:
            self._watch.look()
        return await super().on_tick(counter)

    async def _take(self, accepted: socket.socket) -> None:
        with suppress(OSError):  # whoever has gone meanwhile
            await asyncio.get_running_loop().connect_accepted_socket(self._connection, accepted)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_worlds()
        if self._has_successor:
            await self._answer_last_requests(sockets or ())
        waiting = asyncio.create_task(self._wait())
        await super().shutdown(sockets)
        waiting.cancel()
        self._give_up()
        self._at_end()

    async def _answer_last_requests(self, listeners: Iterable[socket.socket]) -> None:
        """Take no more connections, and answer one more request of each that is open.

        Those that were made and not taken yet are taken first: the system would reset them, with what they have asked.
        """
        made = [each for listener in listeners for each in _accept_waiting(listener)]
        for server in self.servers:
            server.close()
        for each in made:
            await self._take(each)
        for protocol in self.server_state.connections:
            cast("HttpConnection", protocol).end_after_next_answer()
        await asyncio.sleep(_LAST_REQUESTS_S)

    async def _wait(self) -> None:
        """Wait for the answers that are due, until the time is over or Ctrl-C comes again."""
        until = asyncio.get_running_loop().time() + _MOST_WAIT_S
        await asyncio.sleep(_IDLE_ENDED_S)
        if self.server_state.connections:
            log.info("Waiting for connections that are still being answered; Ctrl-C ends them at once")
        while not self.force_exit and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - a flag, no event
            await asyncio.sleep(_POLL_S)
        self._give_up()

    def _give_up(self) -> None:
        """End every connection that is still open, and the tasks that answer."""
        if self.server_state.tasks:
            log.warning("gave up %d requests that were not answered yet", len(self.server_state.tasks))
        for protocol in list(self.server_state.connections):
            cast("HttpConnection", protocol).give_up()
        for task in self.server_state.tasks:
            task.cancel()


def _accept_waiting(listener: socket.socket) -> Iterator[socket.socket]:
    """The connections that wait for it."""
    with suppress(BlockingIOError):
        while True:
            yield listener.accept()[0]


def trust_proxy(app: Application) -> Application:
    """Return the application for a proxy whose headers say which host the client asked for, and by which scheme.

    The last of several counts, which the nearest proxy wrote; the others may be anybody's.
    """

    async def serve_behind_proxy(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            said = {name: value for name, value in scope["headers"] if name in {_HOST, _PROTO, _FORWARDED}}
            if host := _read_forwarded(said, _HOST, b"host"):
                scope["headers"] = [each for each in scope["headers"] if each[0] != b"host"] + [(b"host", host)]
            if _read_forwarded(said, _PROTO, b"proto") == b"https":
                scope["scheme"] = "https"
        await app(scope, receive, send)

    return serve_behind_proxy


def _read_forwarded(headers: Mapping[bytes, bytes], own: bytes, parameter: bytes) -> bytes | None:
    """Return what a proxy says in a header of its own, or in a parameter of Forwarded."""
    if own in headers:
        return headers[own].rpartition(b",")[2].strip()
    for pair in headers.get(_FORWARDED, b"").rpartition(b",")[2].split(b";"):  # RFC 7239, 4
        name, _, value = pair.strip().partition(b"=")
        if name.lower() == parameter:
            return value.strip(b'"')
    return None
