"""The connection itself, below what ASGI can say: it ends without an answer, or in the middle of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

KEY = "evershell.connection"
"""Where the server puts the connection into the state of a scope."""


class Connection(Protocol):
    """What can be done to a connection."""

    def answer(self, status: int, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        """Send a whole answer at once; False, and nothing is sent, where it must go by ASGI."""

    def arrived(self) -> bytes | None:
        """Return the body of the request in flight, where it is there as a whole, and not large; else None."""

    def drop(self) -> None:
        """End it at once, whatever was not sent yet."""

    def finish(self) -> None:
        """End it when what was written is sent."""


class ConnectionEnded(ConnectionResetError):
    """What a client in the same process is told, since it has no connection that could end."""


class _InProcess:
    """In the place of a connection, where there is none."""

    def drop(self) -> None:
        raise ConnectionEnded(
            "the mock ended the connection: a fault did, or its world was reset, restored, imported, rewound or deleted"
        )

    finish = drop

    def arrived(self) -> bytes | None:
        return None

    def answer(self, _status: int, _headers: Mapping[bytes, bytes], _body: bytes) -> bool:
        return False


def connection_of(scope: Mapping[str, Any]) -> Connection:
    """The connection of a request; without one, its end is a ConnectionEnded."""
    connection: Connection = scope.get("state", {}).get(KEY) or _InProcess()
    return connection
