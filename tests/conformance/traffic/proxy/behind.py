"""A server behind the proxy that answers with given bytes, and keeps those that it was sent."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE_S = 60
RESET = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Served:
    """One connection to it."""

    connection: socket.socket
    read: bytes = b""
    """What came on it so far."""

    def until(self, end: bytes) -> bytes:
        """Read to the end of this; what came before it, and it."""
        while end not in self.read:
            piece = self.connection.recv(65536)
            if not piece:
                raise ConnectionError("the proxy has closed")
            self.read += piece
        return self.read

    def says(self, content: bytes) -> None:
        self.connection.sendall(content)

    def reset(self) -> None:
        """Close with a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.close()


@dataclass(slots=True)
class Behind:
    """The server."""

    origin: str
    connections: list[Served] = field(default_factory=list)

    @property
    def read(self) -> bytes:
        """What came on all of its connections."""
        return b"".join(each.read for each in self.connections)


@contextmanager
def behind(does: Callable[[Served], object]) -> Iterator[Behind]:
    """A server that does this with each connection, and closes it then."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Behind(f"http://127.0.0.1:{listening.getsockname()[1]}")

    def serve(served: Served) -> None:
        with served.connection, contextlib.suppress(OSError):
            does(served)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.settimeout(PATIENCE_S)
                server.connections.append(Served(connection))
                threading.Thread(target=serve, args=(server.connections[-1],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with listening:
        yield server
        listening.shutdown(socket.SHUT_RDWR)


def saying(content: bytes, end: bytes = b"\r\n\r\n") -> Callable[[Served], None]:
    """Say this once a request has come, to its end; then wait until the proxy closes."""

    def does(served: Served) -> None:
        served.until(end)
        served.says(content)
        while piece := served.connection.recv(65536):
            served.read += piece

    return does


def connected(url: str) -> socket.socket:
    """A connection to the proxy."""
    return socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=PATIENCE_S)


def asked(url: str, sent: bytes, end: bytes) -> bytes:
    """What comes back to bytes, up to this end."""
    with connected(url) as connection:
        connection.sendall(sent)
        return came(connection, end)


def came(connection: socket.socket, end: bytes, at_least: int = 0) -> bytes:
    """What comes on a connection, up to this end; it is no end before so many bytes."""
    read = bytearray()
    while len(read) < at_least or not read.endswith(end):
        piece = connection.recv(1024 * 1024)
        if not piece:
            raise ConnectionError(f"closed after {bytes(read[-200:])!r}")
        read += piece
    return bytes(read)


def until_closed(connection: socket.socket) -> tuple[bytes, bool]:
    """What comes until the connection ends, and whether it ends with a reset."""
    read = b""
    try:
        while piece := connection.recv(65536):
            read += piece
    except ConnectionResetError:
        return read, True
    return read, False
