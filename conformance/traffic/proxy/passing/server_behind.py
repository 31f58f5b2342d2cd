"""The server behind the proxy: where it is, what a request to it looks like, and why it could not be reached."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from conformance.errors import SuiteError
from conformance.http.connection import Connection, build_tls, explain_tls, is_loopback
from conformance.http.reader import GZIP
from conformance.traffic.proxy.passing.heads import Head, RequestHead
from conformance.traffic.recording.entry import TEST

CONNECT_S = 10.0
"""Seconds that a connection to the server may take."""
DECODED = frozenset({*GZIP, "identity"})
"""Content codings that are read."""
KEEP, OF_TARGET = "keep", "target"
"""The choice of the `Host` that the server is sent: that of the client, or of --to."""
_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_PORTS = {"http": 80, "https": 443}
P = TypeVar("P", bound=asyncio.BaseProtocol)


class NoServer(SuiteError):
    """--to or --host-header cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ServerBehind:
    """The server to which requests pass."""

    origin: str
    """Scheme, host and port, as they were given."""
    prefix: str
    """The path before that of each request; empty, or with a slash at its beginning and none at its end."""
    host: str
    port: int
    context: ssl.SSLContext | None
    named: str | None
    """The `Host` that each request has; None: the one that it came with."""

    @staticmethod
    def from_url(url: str, connection: Connection, host_header: str | None = None) -> ServerBehind:
        """Return the server at a URL, and the `Host` that it is sent; NoServer where one of them is none."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise NoServer(f"--to {url}: its host or port cannot be read; give a URL like https://host:8443") from None
        if parts.scheme not in _PORTS or not parts.hostname or not url.isascii():
            raise NoServer(f"--to {url}: is no URL of a server; give one like https://staging.example")
        if parts.query or parts.fragment or parts.username is not None:
            raise NoServer(
                f"--to: has a user, a query or a fragment; give scheme, host and path alone, without {url!r}"
            )
        context = build_tls(connection) if parts.scheme == "https" else None
        prefix = parts.path.rstrip("/")
        named = _choose_host(host_header, parts.hostname, parts.netloc)
        origin = f"{parts.scheme}://{parts.netloc}"
        return ServerBehind(origin, prefix, parts.hostname, port or _PORTS[parts.scheme], context, named)

    @property
    def url(self) -> str:
        return self.origin + self.prefix

    @property
    def names(self) -> str:
        """Return what becomes of the `Host` of requests, as the user is told."""
        return "the client's Host" if self.named is None else f"Host: {self.named}"

    def find_path(self, target: str) -> str | None:
        """Return the path and query that a request asks for; None where it names another server."""
        if not target.lower().startswith(("http://", "https://")):
            return target if target.startswith("/") or target == "*" else None
        scheme, _, rest = target.partition("://")
        authority, slash, path = rest.partition("/")
        same = f"{scheme}://{authority}".lower() == self.origin.lower()
        return (slash + path or "/") if same else None

    def build_head(self, request: RequestHead, path: str) -> bytes:
        """Return the head of a request as the server is sent it."""
        head = request.head
        first = head.first
        wanted = path if path == "*" else self.prefix + path
        if wanted != request.target:
            method, _, rest = first.partition(b" ")
            first = method + b" " + wanted.encode("latin-1") + rest[len(request.target.encode("latin-1")) :]
        return first + b"".join(self._build_lines(head)) + head.end

    def _build_lines(self, head: Head) -> list[bytes]:
        lines = []
        for line in head.lines:
            if line.key == "host" and self.named is not None:
                lines.append(f"{line.name}: {self.named}\r\n".encode("latin-1"))
            elif line.key == "accept-encoding" and narrow_codings(line.value) != line.value:
                lines.append(f"{line.name}: {narrow_codings(line.value)}\r\n".encode("latin-1"))
            elif line.key != TEST:
                lines.append(line.raw)
        return lines

    async def connect(self, protocol: Callable[[], P]) -> P:
        """Connect to it; OSError or TimeoutError where that fails."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_S):
            _, made = await loop.create_connection(
                protocol, self.host, self.port, ssl=self.context, server_hostname=self.host if self.context else None
            )
        return made


def _choose_host(asked: str | None, host: str, authority: str) -> str | None:
    """Return the `Host` of each request; None: the one that it came with.

    A server on loopback hardly tells them apart.
    """
    if asked is None:
        asked = KEEP if is_loopback(host) else OF_TARGET
    if asked == KEEP:
        return None
    if asked != OF_TARGET and not _HOST.fullmatch(asked):
        raise NoServer(f"--host-header {asked}: has to be {KEEP}, {OF_TARGET}, or a host such as api.example:8443")
    return authority if asked == OF_TARGET else asked


def narrow_codings(accepted: str) -> str:
    """Return the Accept-Encoding with the codings alone that are read."""
    kept = [each for each in accepted.split(",") if each.partition(";")[0].strip().lower() in DECODED]
    return ",".join(kept).strip() or "identity"


def explain_error(error: Exception) -> str:
    """Return why no connection could be made, and what to do."""
    if isinstance(error, ssl.SSLError):
        return explain_tls(error)
    if isinstance(error, TimeoutError):
        return f"no connection within {CONNECT_S:g} s"
    if isinstance(error, socket.gaierror):
        return "the name of its host is not known"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return (isinstance(error, OSError) and error.strerror) or "no connection"
