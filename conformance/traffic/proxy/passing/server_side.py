"""The connection to the server: what it answers passes as it comes, and is read only then."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Protocol, cast

from conformance.traffic.proxy.passing.exchange import PassingExchange, Teller
from conformance.traffic.proxy.passing.messages import (
    Framing,
    NotHttp,
    UnsizedBody,
    answer_head,
    from_answer,
    measure_head,
)

_SWITCHED, _FINAL = 101, 200
_AT_ONCE = struct.pack("ii", 1, 0)


class Receiver(Protocol):
    """The receiver of what the server answers."""

    transport: asyncio.Transport
    exchange: PassingExchange | None
    """The one that passes."""

    def answer_ended(self) -> None:
        """Take note that the answer has passed."""

    def pass_unread(self) -> None:
        """Pass on whatever comes from here on, both ways, and read none of it."""

    def close_as_server(self, *, abruptly: bool) -> None:
        """Close as the server has closed."""

    def hold(self, why: str) -> None:
        """Read nothing more for now."""

    def release(self, why: str) -> None:
        """Read on."""


class ServerSide(asyncio.Protocol):
    """The connection to the server, for one of a client."""

    def __init__(self, client: Receiver, teller: Teller) -> None:
        self._client = client
        self._teller = teller
        self._came = b""
        self._body: Framing | None = None  # of the answer that passes
        self._unread = False  # whether what comes is no HTTP that can be read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._client.transport.is_closing():
            self._client.transport.write(data)
        if self._unread:
            return
        self._came += data
        try:
            while self._step():
                pass
        except NotHttp:
            self._give_up()

    def _step(self) -> bool:
        """Read the next part of what has come; whether there may be more."""
        exchange = self._client.exchange
        if exchange is None or exchange.is_answered:
            self._came = b""  # nobody asked for it
            return False
        if self._body is None:
            return self._read_head(exchange)
        used, piece = self._body.take(self._came)
        self._came = self._came[used:]
        exchange.answer.take(piece)
        if not self._body.is_done:
            return False
        self._body = None
        exchange.is_answered = True
        self._client.answer_ended()
        return True

    def _read_head(self, exchange: PassingExchange) -> bool:
        length = measure_head(self._came)
        if not length:
            return False
        answer = answer_head(self._came[:length])
        self._came = self._came[length:]
        if answer.status == _SWITCHED:
            exchange.status, exchange.answer_headers = answer.status, answer.head.headers
            self._give_up()
            return False
        if answer.status >= _FINAL:  # an interim one is not the answer
            self._body = from_answer(answer, exchange.method)
            self._teller.tell_answer(exchange, answer, self._body)
        return True

    def _give_up(self) -> None:
        """Read nothing of what comes from here on."""
        self._unread, self._came = True, b""
        self._client.pass_unread()

    def write(self, data: bytes) -> None:
        """Send what the client sends."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def end_sending(self) -> None:
        """Tell the server that the client sends no more, where the connection can say that."""
        end_sending(self._transport)

    def close(self, *, abruptly: bool) -> None:
        """Close, as the client has closed."""
        if abruptly:
            reset(self._transport)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        exchange = self._client.exchange
        if exc is None and isinstance(self._body, UnsizedBody) and exchange is not None:
            exchange.is_answered = True
            self._teller.end(exchange)
        self._client.close_as_server(abruptly=exc is not None)

    def pause_writing(self) -> None:
        self._client.hold("server")

    def resume_writing(self) -> None:
        self._client.release("server")

    def hold(self) -> None:
        """Read nothing more for now."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def release(self) -> None:
        """Read on."""
        if not self._transport.is_closing():
            self._transport.resume_reading()


def end_sending(transport: asyncio.Transport) -> None:
    """Tell the other side that nothing more comes, where the connection can say that and is still there."""
    if transport.can_write_eof() and not transport.is_closing():
        with contextlib.suppress(OSError):  # it has been reset, of which asyncio tells only later
            transport.write_eof()


def reset(transport: asyncio.Transport) -> None:
    """Close a connection so that the other side sees a reset, once it has been sent what is there."""
    under = transport.get_extra_info("socket")
    if under is not None and not transport.is_closing():
        under.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.close()
