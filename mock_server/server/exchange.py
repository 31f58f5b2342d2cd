"""One request and its answer, as ASGI has them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mock_server.errors import ContractBreach
from mock_server.server.refusal import write_refusal
from mock_server.worlds.listeners import OpenStream, Part

if TYPE_CHECKING:
    from mock_server.server.connection import HttpConnection

log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_SMALL = 64 * 1024  # bytes of a body that is worth copying
_LINE_END = b"\r\n"
_WITHIN_LINES = bytes(byte for byte in range(256) if byte == 0x09 or (byte >= 0x20 and byte != 0x7F))
_STATUS_LINES = {each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n".encode() for each in HTTPStatus}
_WITHOUT_BODY = {204, 304}


@dataclass(slots=True, eq=False)
class HttpExchange:
    """A request whose head has come whole, and its answer."""

    _connection: HttpConnection
    scope: dict[str, Any]
    keep_alive: bool
    expects_continue: bool
    body: bytearray = field(default_factory=bytearray)  # as far as it has come and was not received
    more_body: bool = True
    started: bool = False  # its answer
    complete: bool = False  # its answer
    disconnected: bool = False  # nobody waits for its answer
    _news: bool = False  # whether there is anything to receive
    _waiting: asyncio.Future[None] | None = None
    _chunked: bool = False
    _left: int = 0  # bytes of the answer's body that are still to be written
    _events: OpenStream | None = None  # what an answer without end is of

    async def run(self, app: Application) -> None:
        """Let the application answer; what it raises is logged, and ends the connection."""
        try:
            await app(self.scope, self.receive, self.send)
        except asyncio.CancelledError:
            self._connection.transport.close()
        except Exception:
            if not self._connection.given_up:
                log.exception("the application failed")
            self._fail()
        else:
            if not self.complete and not self.disconnected and self._events is None:
                log.error("the application did not complete its answer")
                self._fail()

    def _fail(self) -> None:
        transport = self._connection.transport
        if not self.started and not self.disconnected:
            transport.write(write_refusal(ContractBreach("The mock failed; its log says how.")))
        transport.close()

    def wake(self) -> None:
        """Wake the application that waits in `receive`: more of the body has come, or the client has gone."""
        self._news = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def take(self, body: bytes) -> None:
        """Keep a part of the request's body until it is received; pause reading where that is much."""
        self.body += body
        if len(self.body) > _SMALL:
            self._connection.pause_reading()
        self.wake()

    def abandon(self) -> None:
        """Tell the application that the client has gone."""
        if not self.complete:
            self.disconnected = True
            self.expects_continue = False
            self.wake()
            if self._events is not None:
                self._events.close()

    def read_arrived(self) -> bytes | None:
        """Return the whole body, without taking it away; None for what must be waited for, or is large."""
        if self.more_body or self.disconnected or self.expects_continue or len(self.body) > _SMALL:
            return None
        return bytes(self.body)

    async def receive(self) -> Mapping[str, Any]:
        """Return what has come of the body, once there is more of it, or that the client has gone."""
        connection = self._connection
        if self.expects_continue and not connection.transport.is_closing():
            connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.expects_continue = False
        if not self.disconnected and not self.complete:
            connection.resume_reading()
            if not self._news:
                self._waiting = asyncio.get_running_loop().create_future()
                await self._waiting
            self._news = False
        if self.disconnected or self.complete:
            return {"type": "http.disconnect"}
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Write a part of the answer. RuntimeError where its head or its length is wrong."""
        if self._connection.writable is not None and not self.disconnected:
            await self._connection.writable.wait()
        if self.disconnected:
            return
        if self.complete:
            raise RuntimeError("The answer is complete already.")
        if message["type"] == "http.response.start":
            self._start(message["status"], message["headers"])
        else:
            self._write(message.get("body", b""), more=message.get("more_body", False))

    def _start(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.started = True
        self.expects_continue = False
        headers = list(headers)
        named = dict(headers)
        if b"close" in named.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            headers.append((b"connection", b"close"))
        if self.scope["method"] != "HEAD":
            self._left = int(named.get(b"content-length", 0))
            delimited = b"content-length" in named or self.scope["http_version"] == "1.0"
            self._chunked = not delimited and status not in _WITHOUT_BODY
        if self._chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        head = _make_head(status, headers)
        if head is None:
            raise RuntimeError("A header of the answer holds what would end its line.")
        self._connection.transport.write(head)

    def _write(self, body: bytes, *, more: bool) -> None:
        transport = self._connection.transport
        if self._chunked:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            transport.write(chunk if more else chunk + b"0\r\n\r\n")
        elif self.scope["method"] != "HEAD":
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("The answer's body is not as long as its head says.")
            transport.write(body)
        if not more:
            self._end()

    def respond(self, status: int, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        """Write a whole answer in one system call, and return whether it was: what is unusual is left to ASGI."""
        if self.started or self.disconnected or self._connection.writable is not None:
            return False
        length = len(body)
        if length > _SMALL or headers.get(b"content-length") != b"%d" % length or b"connection" in headers:
            return False
        if not self.keep_alive:
            headers = {**headers, b"connection": b"close"}
        head = _make_head(status, headers.items())
        if head is None or b"transfer-encoding" in headers:
            return False
        self.started = True
        self.expects_continue = False
        self._connection.transport.write(head + body)
        self._end()
        return True

    def begin_stream(self, status: int, headers: Mapping[bytes, bytes], events: OpenStream) -> StreamedAnswer | None:
        """Write the head of an answer without end; None, and nothing is written, where it is left to ASGI."""
        if self.started or self.disconnected or self.scope["http_version"] == "1.0":
            return None
        self._events = events
        self._start(status, headers.items())
        # The client is full as long as anything is on its way: then no stream has more than one part there.
        self._connection.transport.set_write_buffer_limits(high=0)
        return StreamedAnswer(self)

    @property
    def is_endless(self) -> bool:
        """Whether its answer goes on until somebody ends it."""
        return self._events is not None and not self.complete

    @property
    def is_streaming(self) -> bool:
        """Whether its answer comes in parts, of which a client that has ended its side wants no more."""
        return self.is_endless or (self.started and self._chunked and not self.complete)

    def write_chunk(self, chunk: bytes) -> bool:
        """Write a chunk of an answer without end; False where the client has gone."""
        transport = self._connection.transport
        if self.complete or self.disconnected or transport.is_closing():
            return False
        transport.write(chunk)
        return True

    @property
    def is_full(self) -> bool:
        """Whether something that was written waits still."""
        return self._connection.writable is not None

    def go_on(self) -> None:
        """Have more of an answer without end sent: what was written has left."""
        if self._events is not None and not self.complete:
            self._events.go_on()

    def end_chunks(self) -> None:
        """Write the end of an answer without end."""
        if not self.complete and not self.disconnected:
            self._connection.transport.write(b"0\r\n\r\n")
            self._end()

    def cut_chunks(self) -> None:
        """End the connection in the middle of an answer without end."""
        self._connection.finish()

    def give_up(self) -> None:
        """End the connection at once: the client takes too little of an answer without end."""
        self._connection.give_up()

    def _end(self) -> None:
        self.complete = True
        if self._events is not None:
            self._connection.transport.set_write_buffer_limits()
        self.wake()
        if not self.keep_alive:
            self._connection.end_gently()
        self._connection.on_answered()


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """An answer without end, as whoever has something to send knows it."""

    _exchange: HttpExchange

    @property
    def is_full(self) -> bool:
        """Whether something that was sent waits still."""
        return self._exchange.is_full

    def take(self, part: Part) -> bool:
        """Send a part; False where the client has gone."""
        return self._exchange.write_chunk(part.chunk)

    def end(self) -> None:
        """Send the end."""
        self._exchange.end_chunks()

    def drop(self) -> None:
        """End the connection."""
        self._exchange.cut_chunks()

    def give_up(self) -> None:
        """End the connection at once."""
        self._exchange.give_up()


def _make_head(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The head of an answer; None where a header holds what would end its line."""
    lines = [_STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status]
    count = 2
    for name, value in headers:
        lines += (name, b": ", value, _LINE_END)
        count += 1
    lines.append(_LINE_END)
    head = b"".join(lines)
    return head if head.translate(None, _WITHIN_LINES) == _LINE_END * count else None
