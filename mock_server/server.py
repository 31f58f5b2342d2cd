"""The mock on a port: bound to loopback by default, served by uvicorn on uvloop and httptools."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, cast

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_server import connection
from mock_server.contract import StartError
from mock_server.errors import ValidationFailed

_BACKLOG = 2048
_LEAVE_S = 0.25


def listen(host: str, port: int, *, guarded: bool = False) -> socket.socket:
    """A listening socket; StartError where the port is taken, or the host is not loopback.

    `guarded`: the control API asks for a token, so that any address of this machine may be served.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise StartError(f"--host {host}: is not an address of this machine") from error
    if not guarded and not ipaddress.ip_address(str(place[0]).partition("%")[0]).is_loopback:
        raise StartError(
            f"--host {host}: without --control-token TOKEN the mock listens on loopback only, such as 127.0.0.1"
        )
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise StartError(
            f"--port {port}: cannot listen on {host}: {error.strerror}; name another port, or 0 for any that is free"
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The URL at which a listening socket is reached."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Protocol(HttpToolsProtocol):
    """What is no HTTP never reaches the application: its refusal has the envelope all the same.

    The application can end the connection, as a fault asks for it (`connection.Connection`).
    """

    _last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {**self.app_state, connection.KEY: self}

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._last:
            _answer_and_close(self.cycle)

    def asks_last(self) -> None:
        """Let its next request be its last, or the one in flight."""
        self._last = True
        _answer_and_close(self.cycle)

    def drop(self) -> None:
        self.cycle.disconnected = True  # so that nobody misses the answer
        self.transport.abort()

    def finish(self) -> None:
        self.cycle.disconnected = True
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        refusal = ValidationFailed(fields={"request": msg})
        request_id = secrets.token_hex(4)  # of no world: nothing says which one was meant
        body = orjson.dumps(refusal.envelope(request_id))
        status = HTTPStatus(refusal.status)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "content-type: application/json\r\n"
            f"content-length: {len(body)}\r\n"
            f"date: {formatdate(usegmt=True)}\r\n"
            f"x-request-id: {request_id}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _answer_and_close(cycle: RequestResponseCycle | None) -> None:
    """Let a connection end with the answer in flight, if there is one."""
    if cycle is not None and not cycle.response_complete:
        cycle.keep_alive = False


class Server(uvicorn.Server):
    """Ends what would never end by itself, and does at its end what is to be done."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None], at_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending
        self._at_end = at_end
        self._leaving = False

    def leave(self) -> None:
        """End as one whose socket another process serves next: nobody who is connected is turned away.

        May be called from another thread.
        """
        self._leaving = True
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        if self._leaving:
            await self._take_leave()
        await super().shutdown(sockets)
        self._at_end()

    async def _take_leave(self) -> None:
        """Take no more connections, and answer what those that there are ask just now, as their last request."""
        for server in self.servers:
            server.close()
        for protocol in self.server_state.connections:
            if isinstance(protocol, _Protocol):
                protocol.asks_last()
        await asyncio.sleep(_LEAVE_S)


def _nothing() -> None: ...


def server_of(app: Any, *, access_log: bool = False, at_end: Callable[[], None] = _nothing) -> Server:
    """The server of a mock's application; its `run(sockets=[listener])` serves until it is told to exit.

    `at_end` is called after the last answer, on whatever signal it ends.
    """
    config = uvicorn.Config(
        app,
        http=_Protocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        access_log=access_log,
        log_config=None,
        server_header=False,
        date_header=False,  # a world has its own clock: the application sends the date
        proxy_headers=False,
        timeout_keep_alive=75,  # longer than clients keep idle connections, so that they close first
        timeout_graceful_shutdown=2,
    )
    return Server(config, app.desk.worlds.end, at_end)
