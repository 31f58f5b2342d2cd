"""Targets that mean harm: what each does with a connection, and how the suite is to name it."""

from __future__ import annotations

import gzip
import socketserver
from collections.abc import Callable, Mapping
from functools import cache

from tests.conformance.targets import response

MIB = 1024 * 1024
Behaviour = Callable[[socketserver.StreamRequestHandler], object]
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CLOSING = b"Connection: close\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"


def endless(head: bytes, piece: bytes) -> Behaviour:
    """A head, and then the same piece as long as anybody listens."""

    def go_on(connection: socketserver.StreamRequestHandler) -> None:
        connection.wfile.write(head)
        while True:
            connection.wfile.write(piece)

    return go_on


def once(raw: bytes) -> Behaviour:
    return lambda connection: connection.wfile.write(raw)


ENDLESS: Mapping[str, tuple[Behaviour, str]] = {
    "a body in chunks": (endless(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"), "the answer is longer than"),
    "a body without a length": (endless(JSON + b"\r\n", b"x" * 65536), "the answer is longer than"),
    "a body of bytes": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), "the answer is longer than"),
    "trailers": (endless(CHUNKED + b"0\r\n", b"a:b\r\n" * 9999), "the answer is longer than"),
    "an extension of a chunk": (endless(CHUNKED + b"1;", b"x" * 65536), "the answer is longer than"),
    "headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"b" * 999 + b"\r\n"), "headers are longer than"),
    "a header": (endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"b" * 65536), "headers are longer than"),
    "hints": (endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), "headers are longer than"),
}
NO_HTTP: Mapping[str, bytes] = {
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": CHUNKED + b"five\r\nabcde\r\n",
    "HTTP/0.9": b"<html>Hello</html>",
    "HTTP/9.9": b"HTTP/9.9 200 OK\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 42 No\r\nContent-Length: 2\r\n\r\n{}",
    "a NUL in a header": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}",
    "an escape in a header": b"HTTP/1.1 200 OK\r\nX: \x1b[2J\r\nContent-Length: 2\r\n\r\n{}",
    "a folded header": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a name": b"HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 2\r\n\r\n{}",
    "bytes": bytes(range(256)) * 9,
}


@cache
def compressed() -> bytes:
    """64 MiB of zeros in 64 KiB."""
    return gzip.compress(bytes(64 * MIB), mtime=0)


def _headers(count: int) -> bytes:
    return b"".join(b"X-Header-%d: %d\r\n" % (number, number) for number in range(count))


JUDGED: Mapping[str, Callable[[], bytes]] = {
    "a bomb in gzip": lambda: response("200 OK", compressed(), "Content-Encoding: gzip"),
    "a bomb in several codings": lambda: response("200 OK", compressed(), "Content-Encoding: gzip, br, deflate"),
    "10,000 headers": lambda: b"HTTP/1.1 200 OK\r\n" + _headers(10_000) + CLOSING + b"Content-Length: 2\r\n\r\n{}",
    "JSON of megabytes, unfinished": lambda: response("200 OK", b"[" * 3 * MIB),
    "JSON nested as deeply as it can be read": lambda: response("200 OK", b"[" * 900 + b"]" * 900),
    "a number of 100,000 digits": lambda: response("200 OK", b'{"id":' + b"9" * 100_000 + b"}"),
    "halves of characters": lambda: response("400 Bad Request", b'{"error":{"code":"\\ud800","request_id":"\\udfff"}}'),
    "another charset": lambda: response("200 OK", '{"id":1}'.encode("utf-16"), media_type="application/json"),
    "a body where there is none": lambda: (
        b"HTTP/1.1 204 No Content\r\n" + CLOSING + b"Content-Length: 20000\r\n\r\n" + b"x" * 20_000
    ),
    "an upgrade": lambda: b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
    "a status that there is not": lambda: b"HTTP/1.1 999 Well\r\n" + CLOSING + b"Content-Length: 2\r\n\r\n{}",
    "a second answer that nobody asked for": lambda: response("200 OK", {}) + response("200 OK", {"id": "forged"}),
    "a megabyte of bytes each time": lambda: response("200 OK", bytes(MIB), media_type="application/octet-stream"),
}
"""Answers that are read, and wrong: a run goes through with them."""


def lists_of_nothing() -> bytes:
    """JSON that takes twenty times its eight megabytes once it is read."""
    return response("200 OK", b"[" + b",".join([b"{}"] * (2_700_000)) + b"]")
