"""Servers on loopback that break off, hang, drip or lie: a function for each says what it does with a connection."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Handle = Callable[[socket.socket, threading.Event], object]
"""The function that handles a connection, with an event that is set when all is over."""
_RESET = struct.pack("ii", 1, 0)
_DRIP_S = 0.05
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@dataclass(slots=True)
class Faulty:
    """A server that runs."""

    port: int
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve_each(handle: Handle) -> Iterator[Faulty]:
    """Serve every connection so, each in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        server = Faulty(listening.getsockname()[1])

        def take(connection: socket.socket) -> None:
            with connection, suppress(OSError, ValueError):
                connection.settimeout(60)
                handle(connection, server.over)

        def accept() -> None:
            with suppress(OSError):  # it listens no longer
                while True:
                    threading.Thread(target=take, args=(listening.accept()[0],), daemon=True).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            server.over.set()
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join()


def reset(connection: socket.socket) -> None:
    """Close a connection so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()


def read_head(connection: socket.socket) -> bytes:
    """Return what comes until an empty line, or until nothing more does."""
    came = b""
    while b"\r\n\r\n" not in came and (piece := connection.recv(65536)):
        came += piece
    return came


def drip(connection: socket.socket, over: threading.Event, piece: bytes) -> None:
    """Send a piece again and again, slowly."""
    while not over.wait(_DRIP_S):
        connection.sendall(piece)


def _answer_with(raw: bytes) -> Handle:
    def handle(connection: socket.socket, _: threading.Event) -> None:
        read_head(connection)
        connection.sendall(raw)

    return handle


def _hang(connection: socket.socket, over: threading.Event) -> None:
    read_head(connection)
    over.wait()


def _reset_early(connection: socket.socket, _: threading.Event) -> None:
    read_head(connection)
    reset(connection)


def _reset_late(connection: socket.socket, _: threading.Event) -> None:
    read_head(connection)
    connection.sendall(HEAD + b"content-length: 1000\r\n\r\n{")
    reset(connection)


def _drip_head(connection: socket.socket, over: threading.Event) -> None:
    read_head(connection)
    connection.sendall(HEAD)
    drip(connection, over, b"x: y\r\n")


def _drip_body(connection: socket.socket, over: threading.Event) -> None:
    read_head(connection)
    connection.sendall(HEAD + b"content-length: 1000000\r\n\r\n")
    drip(connection, over, b" ")


def _flood(beginning: bytes, piece: bytes) -> Handle:
    def handle(connection: socket.socket, over: threading.Event) -> None:
        read_head(connection)
        connection.sendall(beginning)
        while not over.is_set():
            connection.sendall(piece)

    return handle


ANSWERS: Mapping[str, Handle] = {
    "closes": _answer_with(b""),
    "resets": _reset_early,
    "resets within": _reset_late,
    "hangs": _hang,
    "drips a head": _drip_head,
    "drips a body": _drip_body,
    "another protocol": _answer_with(b"220 mail.example ESMTP\r\n"),
    "random bytes": _answer_with(os.urandom(4096)),
    "no status": _answer_with(b"HTTP/1.1 abc\r\n\r\n"),
    "two lengths": _answer_with(HEAD + b"content-length: 2\r\ncontent-length: 7\r\n\r\n{}HTTP/1"),
    "length and chunks": _answer_with(
        HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "a negative length": _answer_with(HEAD + b"content-length: -1\r\n\r\n{}"),
    "a huge length": _answer_with(HEAD + b"content-length: %s\r\n\r\n{}" % (b"9" * 30)),
    "a length without end": _answer_with(HEAD + b"content-length: %s\r\n\r\n{}" % (b"9" * 6000)),
    "a chunk without a size": _answer_with(HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    "a huge chunk": _answer_with(HEAD + b"transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}"),
    "trailers": _answer_with(HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\nstatus: 500\r\n\r\n"),
    "interim answers": _answer_with(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000 + HEAD + b"content-length: 2\r\n\r\n{}"),
    "switches": _answer_with(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n\0\1\2"),
    "answers nobody asked for": _answer_with((HEAD + b"content-length: 2\r\n\r\n{}") * 500),
    "folded headers": _answer_with(HEAD + b"x: y\r\n z\r\n\tq\r\ncontent-length: 2\r\n\r\n{}"),
    "a header of bytes": _answer_with(HEAD + b"x: \xff\x00\x1b[31m\r\n: empty\r\ncontent-length: 2\r\n\r\n{}"),
    "a redirect": _answer_with(b"HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\ncontent-length: 0\r\n\r\n"),
    "deep JSON": _answer_with(HEAD + b"content-length: 1800\r\n\r\n" + b"[" * 900 + b"]" * 900),
    "deeper JSON": _answer_with(HEAD + b"content-length: 200000\r\n\r\n" + b"[" * 100_000 + b"]" * 100_000),
    "a number without end": _answer_with(HEAD + b"content-length: 100000\r\n\r\n" + b"9" * 100_000),
    "10,000 headers": _answer_with(HEAD + b"x: y\r\n" * 10_000 + b"content-length: 2\r\n\r\n{}"),
    "a head without end": _flood(HEAD, b"x: " + b"y" * 8000 + b"\r\n"),
    "a body without end": _flood(HEAD + b"\r\n", b"[" * 65536),
    "chunks without end": _flood(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n[\r\n" * 10_000),
    "trailers without end": _flood(HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n" * 10_000),
}
"""The things that a server may do to whoever has sent it a head, by name."""
