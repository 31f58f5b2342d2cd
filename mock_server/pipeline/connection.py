"""The connection of a request, for what ASGI has no message for: answers in one write, and ends in their middle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mock_server.worlds.listeners import Listener, OpenStream

KEY = "evershell.connection"
"""The key under which the server puts the connection into the state of a scope."""


class ClientConnection(Protocol):
    """A connection of the server, as the pipeline uses it."""

    def answer(self, status: int, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        """Send a whole answer at once; False, and nothing is sent, where it must go by ASGI."""

    def begin_stream(self, status: int, headers: Mapping[bytes, bytes], events: OpenStream) -> Listener | None:
        """Send the head of an answer without end, and return who takes its parts; None where it must go by ASGI.

        The stream is told when more of it may be sent, and that nobody listens any more.
        """

    def read_arrived(self) -> bytes | None:
        """Return the body of the request in flight, where it is there as a whole, and not large; else None."""

    def drop(self) -> None:
        """End it at once, whatever was not sent yet."""

    def finish(self, last: bytes = b"") -> None:
        """End it when what was written is sent, and after it these bytes."""


class ConnectionEnded(ConnectionResetError):
    """Raised to a client in the same process in the place of a connection that ends."""

    def __init__(self) -> None:
        super().__init__(
            "the mock ended the connection: a fault did, or its world was reset, restored, imported, rewound or deleted"
        )
