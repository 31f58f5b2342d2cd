"""The mock on a port: bound to loopback by default, served by uvicorn on uvloop and httptools."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import secrets
import socket
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, cast

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server import connection
from mock_server.contract import StartError
from mock_server.errors import ValidationFailed

_BACKLOG = 2048


def listen(host: str, port: int, *, guarded: bool = False) -> socket.socket:
    """A listening socket; StartError where the port is taken, or the host is not loopback.

    `guarded`: the control API asks for a token, so that any address of this machine may be served.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise StartError(f"--host {host}: is not an address of this machine") from error
    if not guarded and not ipaddress.ip_address(place[0].partition("%")[0]).is_loopback:
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

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {**self.app_state, connection.KEY: self}

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


class _Server(uvicorn.Server):
    """Ends what would never end by itself, and does at its end what is to be done."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None], at_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending
        self._at_end = at_end

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)
        self._at_end()


def _nothing() -> None: ...


def server_of(app: Any, *, access_log: bool = False, at_end: Callable[[], None] = _nothing) -> uvicorn.Server:
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
    return _Server(config, app.worlds.end, at_end)


def run(app: Any, listener: socket.socket, *, access_log: bool, at_end: Callable[[], None] = _nothing) -> None:
    """Serve until SIGINT or SIGTERM."""
    gc.collect()
    gc.freeze()  # what stands now stands until the end: no collection need look at it again
    server_of(app, access_log=access_log, at_end=at_end).run(sockets=[listener])
