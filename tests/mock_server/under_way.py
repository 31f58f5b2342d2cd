"""Requests that are under way: the mock has begun with them, and waits for the rest of their body."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from socket import socket

from benchmarks.hardening.content import build_form, pack_plain
from tests.mock_server.server.raw import connected
from tests.mock_server.serving import Mock

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
UPLOAD = "/v1/packs/upload"
FORM = "multipart/form-data; boundary=x"


@dataclass
class UnderWay:
    """A request of which the head and half of the body have come, and not all of it before `finish`."""

    connection: socket
    rest: bytes

    def finish(self) -> HTTPResponse:
        """Send the rest, and return the answer."""
        self.connection.sendall(self.rest)
        answer = HTTPResponse(self.connection)
        answer.begin()
        return answer

    def end(self) -> bytes:
        """What comes until the mock ends the connection, with nothing more sent."""
        received = b""
        with suppress(ConnectionResetError):
            while part := self.connection.recv(65536):
                received += part
        return received


@contextmanager
def begun(
    mock: Mock, body: bytes, *, method: str = "POST", path: str = UPLOAD, kind: str = FORM, token: str | None = None
) -> Iterator[UnderWay]:
    """A request that the mock has let in so far as to ask for its body."""
    head = [
        f"{method} {path} HTTP/1.1",
        "host: localhost",
        f"x-mock-world: {mock.world}",
        f"authorization: Bearer {token or mock.tokens['acme-owner']}",
        f"content-type: {kind}",
        f"content-length: {len(body)}",
        "expect: 100-continue",
    ]
    with connected(mock.origin) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        received = b""
        while not received.endswith(CONTINUE):
            part = connection.recv(65536)
            assert part, received
            received += part
        half = len(body) // 2
        connection.sendall(body[:half])
        yield UnderWay(connection, body[half:])


@contextmanager
def upload(mock: Mock, name: str = "under-way", *, token: str | None = None) -> Iterator[UnderWay]:
    """An upload that is under way."""
    with begun(mock, build_form({"archive": pack_plain(name), "visibility": b"org"}), token=token) as request:
        yield request


def names(mock: Mock) -> list[str]:
    """The names of the packs that an owner sees."""
    return [pack["name"] for pack in mock.send("GET", "/v1/packs", "acme-owner").json()["packs"]]
