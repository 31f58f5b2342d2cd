"""What the client asks before it sends a request."""

from __future__ import annotations

from typing import Protocol

from conformance.http.exchange import Request


class RequestCheck(Protocol):
    """A check of each request before it is sent."""

    def check(self, request: Request, caller: str) -> None:
        """Raise LimitReached where the request, sent under this caller's name, could do harm."""

    def creates(self, request: Request) -> bool:
        """Return whether the request makes an object if it succeeds."""
