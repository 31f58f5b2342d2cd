"""HTTP/1.1 to the target, byte for byte as it is asked for: no redirect, cookie, retry or tidied path in between."""

from __future__ import annotations

import base64
import re
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

import httpcore

from conformance.http.connection import CONNECT_S, Connection, proxy_of, tls, words
from conformance.http.reader import Answer, NoAnswer, Reader
from conformance.http.timed_stream import IS_POSSIBLE, TimedStream

DEADLINES = 3
"""So many times the timeout an answer may take as a whole."""
PIECE = 64 * 1024
LONG = 1024 * 1024
"""So much of a body is sent before it is looked whether the answer is there already."""
_PORTS = {"http": 80, "https": 443}
_TARGET = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE_BREAKING = re.compile(rb"[\r\n\0]")
_WITH_BODY = ("POST", "PUT", "PATCH")


Thought = Callable[[], object]
"""What can be found out without the answer; it remembers by itself what it found."""


def nothing() -> None:
    """Nothing is to be thought."""


@dataclass(slots=True)
class _Way:
    """How an origin is reached, and the connections that stand."""

    url: SplitResult
    proxy: SplitResult | None
    idle: list[httpcore.NetworkStream] = field(default_factory=list)

    @property
    def absolute(self) -> bool:
        """Whether the request names the whole address: a proxy is told it, a server is told the path alone."""
        return self.proxy is not None and self.url.scheme == "http"


class Wire:
    """Kept connections, each by the way that leads to its host. Several threads may use it at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._backend = httpcore.SyncBackend()
        self._tls: ssl.SSLContext | None = None
        self._ways: dict[str, _Way] = {}

    def exchange(
        self,
        method: str,
        base_url: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        content: bytes | None,
        *,
        meanwhile: Thought = nothing,
    ) -> Answer:
        """The answer to a request for this target below the base URL; NoAnswer where none comes.

        What is to be thought meanwhile is thought between the last byte of the request and the first of the answer.
        """
        way = self._way(base_url)
        sent = _written(way, method, path_of(base_url) + target or "/", headers, content)
        try:
            stream = self._idle(way) or self._connected(way)
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise NoAnswer(words(error)) from None
        reader = Reader(bodiless=method == "HEAD")
        try:
            self._converse(stream, sent, reader, meanwhile)
            if reader.keeps:
                way.idle.append(stream)
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise NoAnswer(words(error)) from None
        finally:
            if not reader.keeps:
                stream.close()
        return reader.answer

    def close(self) -> None:
        """Close every connection."""
        for way in self._ways.values():
            while way.idle:
                way.idle.pop().close()

    def _way(self, base_url: str) -> _Way:
        if base_url not in self._ways:
            url = urlsplit(base_url)
            try:
                url.port  # noqa: B018  # looked at: it raises where it is none
            except ValueError:
                raise NoAnswer(f"{base_url}: has no valid port") from None
            proxy = proxy_of(f"{url.scheme}://{url.netloc}") if self._connection.proxied else None
            origin = _Way(url, urlsplit(proxy) if proxy else None)
            # Base URLs of one origin share its connections.
            known = (way.idle for way in self._ways.values() if way.url[:2] == url[:2])
            origin.idle = next(known, origin.idle)
            return self._ways.setdefault(base_url, origin)
        return self._ways[base_url]

    def _idle(self, way: _Way) -> httpcore.NetworkStream | None:
        """A connection that stands; one that can be read has been closed by the other side."""
        with suppress(IndexError):
            while True:
                stream = way.idle.pop()
                if not stream.get_extra_info("is_readable"):
                    return stream
                stream.close()
        return None

    def _connected(self, way: _Way) -> httpcore.NetworkStream:
        first = way.proxy or way.url
        patience = min(CONNECT_S, self._connection.timeout_s)
        stream = self._backend.connect_tcp(_host(first), _port(first), timeout=patience)
        try:
            if way.proxy is not None and way.proxy.scheme == "https":
                stream = stream.start_tls(self._context(), _host(way.proxy), patience)
            if way.url.scheme == "https":
                if way.proxy is not None:
                    self._tunnel(stream, way.url, way.proxy)
                stream = stream.start_tls(self._context(), _host(way.url), patience)
            elif first.scheme == "http" and IS_POSSIBLE:
                stream = TimedStream(stream, self._connection.timeout_s)
        except BaseException:
            stream.close()
            raise
        return stream

    def _tunnel(self, stream: httpcore.NetworkStream, url: SplitResult, proxy: SplitResult) -> None:
        place = f"{url.netloc.rpartition('@')[2].removesuffix(f':{url.port}')}:{_port(url)}"
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *map(": ".join, _credentials(proxy)), "", ""]
        reader = Reader(bodiless=True)
        self._converse(stream, ("\r\n".join(lines).encode(),), reader)
        if not 200 <= reader.answer.status < 300:
            raise NoAnswer(f"the proxy refuses ({reader.answer.status})")

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = tls(self._connection)
        return self._tls

    def _converse(
        self,
        stream: httpcore.NetworkStream,
        sent: tuple[bytes, ...],
        reader: Reader,
        meanwhile: Thought = nothing,
    ) -> None:
        timeout = self._connection.timeout_s
        deadline = time.monotonic() + DEADLINES * timeout
        with suppress(httpcore.WriteError):
            # A server may answer and close before it has read a whole body: the answer counts.
            for piece in sent:
                self._write(stream, piece, reader)
        meanwhile()
        while not reader.done:
            reader.take(stream.read(PIECE, timeout=timeout))
            if time.monotonic() > deadline and not reader.done:
                raise NoAnswer(f"the answer took longer than {DEADLINES * timeout:.0f} s")

    def _write(self, stream: httpcore.NetworkStream, content: bytes, reader: Reader) -> None:
        """Send it, but no more once the answer is there: nobody reads the rest of a body that is answered."""
        timeout = self._connection.timeout_s
        for start in range(0, len(content), LONG):
            if start and stream.get_extra_info("is_readable"):
                reader.take(stream.read(PIECE, timeout=timeout))
                if reader.done:
                    reader.keeps = False
                    return
            stream.write(content[start : start + LONG], timeout=timeout)


@lru_cache(maxsize=64)
def path_of(base_url: str) -> str:
    """Path and query of a base URL, behind which a target stands."""
    url = urlsplit(base_url)
    return url.path.rstrip("/") + (f"?{url.query}" if url.query else "")


def _written(
    way: _Way, method: str, target: str, headers: Iterable[tuple[str, str]], content: bytes | None
) -> tuple[bytes, ...]:
    """The bytes of the request; a long body apart from its head, for it would have to be copied."""
    host = way.url.netloc.rpartition("@")[2]
    if way.absolute:
        target = f"http://{host}{target}"
    if not _TARGET.fullmatch(target):
        raise NoAnswer("the request cannot be sent: its target has characters that HTTP does not allow there")
    lines = [f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n".encode()]
    named = [(name.encode("latin-1", "replace"), value.encode()) for name, value in headers]
    if way.proxy is not None and way.absolute:
        named += [(name.encode(), value.encode()) for name, value in _credentials(way.proxy)]
    if (content or method in _WITH_BODY) and not any(name.lower() == b"content-length" for name, _ in named):
        named.append((b"Content-Length", b"%d" % len(content or b"")))
    for name, value in named:
        if not _NAME.fullmatch(name) or _LINE_BREAKING.search(value):
            raise NoAnswer(f"the request cannot be sent: HTTP does not allow its header {name.decode('latin-1')!r}")
        lines.append(b"%s: %s\r\n" % (name, value))
    head = b"".join((*lines, b"\r\n"))
    if content is None or len(content) > PIECE:
        return (head, content) if content else (head,)
    return (head + content,)


def _credentials(proxy: SplitResult) -> list[tuple[str, str]]:
    if proxy.username is None:
        return []
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [("Proxy-Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")]


def _host(url: SplitResult) -> str:
    return url.hostname or ""


def _port(url: SplitResult) -> int:
    return url.port or _PORTS[url.scheme]
