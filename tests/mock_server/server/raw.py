"""Bytes to a server, and whatever it sends back until it closes the connection."""

import re
import socket
from contextlib import suppress
from urllib.parse import urlsplit

HOST = b"host: localhost\r\n"
KEY = b"authorization: Bearer sk_mock_acme_full_access_1001\r\n"
JSON = b"content-type: application/json\r\n"
_PATIENCE_S = 30


def connected(origin: str) -> socket.socket:
    """A connection to the server."""
    where = urlsplit(origin)
    return socket.create_connection((where.hostname, where.port), timeout=_PATIENCE_S)


def until_closed(connection: socket.socket) -> bytes:
    """Everything that comes, up to the end of the connection, here too; an abrupt end is an end as well."""
    received = b""
    with connection, suppress(ConnectionResetError):
        while part := connection.recv(65536):
            received += part
    return received


def told(origin: str, sent: bytes) -> bytes:
    """What a server answers to these bytes until it closes; they must make it do so."""
    with connected(origin) as connection:
        connection.sendall(sent)
        return until_closed(connection)


def request(method: str, path: str, *lines: bytes, body: bytes = b"") -> bytes:
    """A request of somebody who may do everything in his org; with a body only where there is one."""
    length = b"content-length: %d\r\n" % len(body) if body else b""
    return b"".join([f"{method} {path} HTTP/1.1\r\n".encode(), HOST, KEY, *lines, length, b"\r\n", body])


def statuses(received: bytes) -> list[int]:
    """The statuses of several answers."""
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


CLOSE = request("GET", "/v1/me/session", b"connection: close\r\n")
"""A last request, after whose answer the server closes."""
