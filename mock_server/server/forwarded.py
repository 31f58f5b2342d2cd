"""What a proxy says of the request that it passes on; believed only where somebody says that there is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

_HOST = b"x-forwarded-host"
_FORWARDED = b"forwarded"


class Forwarded:
    """An application behind a proxy, which is given the host that the client asked for.

    Of several the last counts, which the nearest proxy wrote; the others may be anybody's.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Hand on a request with the host that its client asked for."""
        if scope["type"] == "http" and (host := _host(scope["headers"])):
            scope["headers"] = [each for each in scope["headers"] if each[0] != b"host"] + [(b"host", host)]
        await self._app(scope, receive, send)


def _host(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    said = {name: value for name, value in headers if name in {_HOST, _FORWARDED}}
    if _HOST in said:
        return said[_HOST].rpartition(b",")[2].strip()
    for pair in said.get(_FORWARDED, b"").rpartition(b",")[2].split(b";"):  # RFC 7239, 4
        name, _, value = pair.strip().partition(b"=")
        if name.lower() == b"host":
            return value.strip(b'"')
    return None
