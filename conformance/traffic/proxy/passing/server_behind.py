"""The server behind the proxy: where it is, what a request to it looks like, and the answers in its place."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

from conformance.errors import SuiteError
from conformance.http.connection import Connection, build_tls, explain_tls, is_loopback
from conformance.http.reader import GZIP
from conformance.traffic.proxy.passing.messages import Head, RequestHead
from conformance.traffic.recording.entry import TEST

BY = "X-Conformance-Proxy"
"""The header that no answer of the server's gets."""
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer of the proxy's own."""

    status: int
    said: str
    """The reason for which the proxy answers; a value of its header."""
    content: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def render(self, method: str, *, close: bool) -> bytes:
        """Return its bytes."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", f"{BY}: {self.said}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.status != HTTPStatus.NO_CONTENT:
            lines += [f"Content-Type: {self.media_type}", f"Content-Length: {len(self.content)}"]
        lines += ["Cache-Control: no-store", *(["Connection: close"] if close else [])]
        head = "\r\n".join([*lines, "", ""]).encode("ascii", "replace")
        return head if method == "HEAD" else head + self.content


def make_problem(status: int, title: str, detail: str, headers: Mapping[str, str] | None = None) -> OwnAnswer:
    """Return the proxy's own refusal, as RFC 9457 has it."""
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": f"{detail} The proxy of evershell-conformance says so, and not the server.",
    }
    return OwnAnswer(status, title, json.dumps(document).encode(), PROBLEM, headers or {})


def make_unreached(url: str, why: str) -> OwnAnswer:
    """Return the answer that the server could not be reached."""
    return make_problem(502, "server not reached", f"{url} could not be reached: {why}.")


NOT_HERE = make_problem(
    421, "another server", "The request names another server than the one behind this proxy; --to names that one."
)
NO_TUNNEL = make_problem(
    501, "no tunnel", "The proxy makes no tunnels: give its own URL as the base URL of the API, not as an HTTPS proxy."
)


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
