"""One side of a connection: reads whole messages of HTTP/1.1, and keeps their bytes as they came."""

from __future__ import annotations

import select
import socket
import time

from tests.proxy.messages import BODILESS, FRAMING, Answer, Headers, Request

PIECE = 256 * 1024
EVENTS = "text/event-stream"
QUIET_S = 0.3
"""So long nothing has come of a stream that brings what was missed: then all of that is there."""


class Dropped(ConnectionError):
    """Raised where a connection is over, and by a function that wants it to be."""


class Stream:
    """A socket, and what was read of it and not yet used."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._read = bytearray()
        self.idle_since = time.monotonic()
        self.goes_on = False
        """Whether the answer that was read last is a stream, of which the beginning was read."""

    def request(self) -> tuple[Request, bytes] | None:
        """Read the next request; with its bytes. None where the other side has closed instead."""
        head = self._head()
        if head is None:
            return None
        at = time.monotonic()
        line, headers = _parsed(head)
        method, _, rest = line.partition(" ")
        target, _, _ = rest.rpartition(" ")
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body, sent = (
            self._body(headers) if "content-length" in headers or "transfer-encoding" in headers else (b"", b"")
        )
        return Request(method, target, headers, body, at), head + sent

    def answer(self, method: str, *, missed: bool = False) -> tuple[Answer, bytes, bool]:
        """Read the answer to a request of this method; with its bytes, and whether the connection stays open.

        Interim answers are left out. Of a stream the beginning is read: what comes at once, and where something was
        `missed` that too. Dropped where the other side closes before the answer is whole.
        """
        while True:
            head = self._head()
            if head is None:
                raise Dropped
            line, headers = _parsed(head)
            version, status = line.split(" ", 2)[:2]
            if status[0] != "1":
                break
        open_after = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        if method == "HEAD" or int(status) in BODILESS:
            return Answer(int(status), headers), head, open_after
        if not any(name in headers for name in FRAMING):
            body = self._rest()
            return Answer(int(status), headers, body), head + body, False
        self.goes_on = headers.get("content-type", "").startswith(EVENTS) and "transfer-encoding" in headers
        body, sent = self._beginning(missed=missed) if self.goes_on else self._body(headers)
        return Answer(int(status), headers, body), head + sent, open_after and not self.goes_on

    def relay(self, client: Stream) -> None:
        """Pass on what else comes of a stream, until either side closes."""
        poll = select.poll()
        for each in (self.connection, client.connection):
            poll.register(each, select.POLLIN)
        while not any(number == client.connection.fileno() for number, _ in poll.poll()):
            if not (piece := self.connection.recv(PIECE)):
                return
            client.connection.sendall(piece)

    def _beginning(self, *, missed: bool) -> tuple[bytes, bytes]:
        body, sent = b"", b""
        while not body or (missed and self.readable(QUIET_S)):
            line = self._line()
            chunk = self._exactly(int(line, 16) + 2)
            body, sent = body + chunk[:-2], sent + line + chunk
            if chunk == b"\r\n":
                self.goes_on = False
                break
        return body, sent

    def send(self, content: bytes) -> bool:
        """Send all of it, of a long one no more once the other side answers; whether it was all."""
        for start in range(0, len(content), PIECE):
            if start and self.readable():
                return False
            self.connection.sendall(content[start : start + PIECE])
        return True

    def readable(self, timeout: float | None = 0.0) -> bool:
        """Whether something can be read, or the other side has closed; None waits for it."""
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        return bool(self._read) or bool(poll.poll(timeout if timeout is None else timeout * 1000))

    def discard(self) -> None:
        """Read what is there, and forget it."""
        self._more()
        self._read.clear()

    def close(self, *, abruptly: bool = False) -> None:
        """Close it; abruptly: so that the other side is told that its bytes came to nothing."""
        if abruptly:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()

    def _more(self) -> bool:
        piece = self.connection.recv(PIECE)
        self._read += piece
        return bool(piece)

    def _head(self) -> bytes | None:
        looked = 0
        while (end := self._read.find(b"\r\n\r\n", looked)) < 0:
            looked = max(0, len(self._read) - 3)
            if not self._more():
                if self._read:
                    raise Dropped
                return None
        return self._taken(end + 4)

    def _body(self, headers: Headers) -> tuple[bytes, bytes]:
        """Read a body; without and with its transfer coding."""
        if "transfer-encoding" not in headers:
            body = self._exactly(int(headers["content-length"]))
            return body, body
        body, sent = b"", b""
        while True:
            line = self._line()
            length = int(line.partition(b";")[0], 16)
            if not length:
                break
            chunk = self._exactly(length + 2)
            body, sent = body + chunk[:-2], sent + line + chunk
        while line != b"\r\n":  # the last chunk's line, then trailers
            sent, line = sent + line, self._line()
        return body, sent + line

    def _line(self) -> bytes:
        while (end := self._read.find(b"\r\n")) < 0:
            if not self._more():
                raise Dropped
        return self._taken(end + 2)

    def _exactly(self, length: int) -> bytes:
        while len(self._read) < length:
            if not self._more():
                raise Dropped
        return self._taken(length)

    def _rest(self) -> bytes:
        while self._more():
            pass
        return self._taken(len(self._read))

    def _taken(self, length: int) -> bytes:
        taken = bytes(self._read[:length])
        del self._read[:length]
        return taken


def _parsed(head: bytes) -> tuple[str, Headers]:
    line, *lines = head[:-4].decode("latin-1").split("\r\n")
    pairs = [each.partition(":") for each in lines]
    return line, Headers((name, value.strip()) for name, _, value in pairs)
