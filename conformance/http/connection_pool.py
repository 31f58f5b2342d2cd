"""A pool of connections that carry HTTP/1.1 byte for byte as asked: no redirect, cookie, retry or normalised path."""

from __future__ import annotations

import base64
import math
import re
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from urllib.parse import SplitResult, unquote, urlsplit

import httpcore

from conformance.http.connection import CONNECT_S, Connection, PlainStream, build_tls, explain_no_answer, find_proxy
from conformance.http.event_stream import POLL_S, Following, StreamReading
from conformance.http.exchange import Headers
from conformance.http.reader import ConnectionClosed, NoAnswer, NotSent, Response, ResponseReader, TooLate

TIMED_OUT = 408
WHOLE_ANSWER = 3
"""The timeouts that an answer may take as a whole."""
READ_SIZE = 64 * 1024
WRITE_SIZE = 1024 * 1024
"""Bytes of a body that are sent before the next look whether the answer is there already."""
SHORT_CHUNK, MOST_CHUNKS = 64, 32
"""Bytes of a chunk, and chunks of a body at most: each is sent, and so read, by itself. A short body has two."""
PAUSE_S = 0.001
"""Seconds before each of them, in which a server reads the one before."""
MOST_BASE_URLS = 1000
"""Base URLs that are remembered, the latest."""
_PORTS = {"http": 80, "https": 443}
_TARGET = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE_BREAKING = re.compile(rb"[\r\n\0]")
_WITH_BODY = ("POST", "PUT", "PATCH")


@dataclass(slots=True)
class _Kept:
    """The connections to an origin that are kept, and what became of those before."""

    streams: list[httpcore.NetworkStream] = field(default_factory=list)
    are_unsafe: bool = False
    """Whether one was closed as a request was sent on it, so that nobody knows whether that was done."""


@dataclass(slots=True)
class _Origin:
    """The way to an origin, with the idle connections to it."""

    url: SplitResult
    proxy: SplitResult | None
    idle: _Kept = field(default_factory=_Kept)

    @property
    def is_absolute(self) -> bool:
        """Return whether requests use the absolute form of their target, as a proxy takes it."""
        return self.proxy is not None and self.url.scheme == "http"


class ConnectionPool:
    """The connections that are kept, by base URL. Several threads may use it at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._backend = httpcore.SyncBackend()
        self._origins: dict[str, _Origin] = {}

    def exchange(
        self,
        method: str,
        base_url: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        content: bytes | None,
        *,
        reading: StreamReading = StreamReading(),  # noqa: B008  # a constant
        until: float = math.inf,
    ) -> Response:
        """Return the answer to a request for this target below the base URL; NoAnswer where none comes.

        Of a stream so much is read as `reading` says. After `until`, on the monotonic clock, an answer that is under
        way is waited for no longer than one that begins.

        After a kept connection proved to be closed none of those to its origin is used again, and none at all for a
        POST: sent once more, it might be done twice.
        """
        origin = self._parse_origin(base_url)
        sent = _write_request(origin, method, find_path(base_url) + target or "/", headers, content)
        try:
            is_apart = method == "POST" and origin.idle.are_unsafe
            kept = None if is_apart else self._take_idle(origin)
            stream = kept or self._connect(origin)
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise NotSent(explain_no_answer(error)) from None
        reader = ResponseReader(bodiless=method == "HEAD", reading=reading)
        try:
            self._converse(stream, sent, reader, until)
            if reader.keep_alive and is_apart and origin.idle.streams:
                stream.close()  # each POST makes one more
            elif reader.keep_alive:
                origin.idle.streams.append(stream)
        except httpcore.TimeoutException as error:
            raise TooLate(explain_no_answer(error)) from None
        except (httpcore.NetworkError, ConnectionClosed) as error:
            closed = ConnectionClosed(str(error) if isinstance(error, ConnectionClosed) else explain_no_answer(error))
            closed.unheard = kept is not None and not reader.has_begun
            origin.idle.are_unsafe |= closed.unheard
            raise self._close_others(origin, closed) from None
        finally:
            if not reader.keep_alive:
                stream.close()
        response = reader.response
        if response.status == TIMED_OUT and not reader.keep_alive:
            # Whoever closes a connection on which no request came in time says so (RFC 9110, 15.5.9).
            closed = ConnectionClosed(f"the connection was closed with a {TIMED_OUT}")
            closed.unheard = True
            raise self._close_others(origin, closed)
        return response

    @staticmethod
    def _close_others(origin: _Origin, closed: ConnectionClosed) -> ConnectionClosed:
        """Close the other kept connections, which are as old."""
        while closed.unheard and origin.idle.streams:
            origin.idle.streams.pop().close()
        return closed

    def close(self) -> None:
        """Close every connection."""
        for origin in self._origins.values():
            while origin.idle.streams:
                origin.idle.streams.pop().close()

    def _parse_origin(self, base_url: str) -> _Origin:
        if base_url not in self._origins:
            if len(self._origins) >= MOST_BASE_URLS:
                # Of a load each case has one of its own. Those that are left share their connections.
                del self._origins[next(iter(self._origins))]
            url = urlsplit(base_url)
            try:
                url.port  # noqa: B018  # an invalid port raises
            except ValueError:
                raise NotSent(f"{base_url}: has no valid port") from None
            # Base URLs of one origin share its proxy and its connections.
            known = next((other for other in self._origins.values() if other.url[:2] == url[:2]), None)
            origin = _Origin(url, known.proxy if known else self._find_proxy(url))
            origin.idle = known.idle if known else origin.idle
            return self._origins.setdefault(base_url, origin)
        return self._origins[base_url]

    def _find_proxy(self, url: SplitResult) -> SplitResult | None:
        proxy = find_proxy(f"{url.scheme}://{url.netloc}") if self._connection.is_proxied else None
        return urlsplit(proxy) if proxy else None

    def _take_idle(self, origin: _Origin) -> httpcore.NetworkStream | None:
        """Return an open connection; one that can be read was closed by the other side."""
        with suppress(IndexError):
            while True:
                stream = origin.idle.streams.pop()
                if not stream.get_extra_info("is_readable"):
                    return stream
                stream.close()
        return None

    def _connect(self, origin: _Origin) -> httpcore.NetworkStream:
        first = origin.proxy or origin.url
        timeout = min(CONNECT_S, self._connection.timeout_s)
        stream = self._backend.connect_tcp(_find_host(first), _find_port(first), timeout=timeout)
        try:
            if origin.proxy is not None and origin.proxy.scheme == "https":
                stream = stream.start_tls(self._context, _find_host(origin.proxy), timeout)
            if origin.url.scheme == "https":
                if origin.proxy is not None:
                    self._tunnel(stream, origin.url, origin.proxy)
                stream = stream.start_tls(self._context, _find_host(origin.url), timeout)
        except BaseException:
            stream.close()
            raise
        return PlainStream(stream) if origin.proxy is None and origin.url.scheme == "http" else stream

    def _tunnel(self, stream: httpcore.NetworkStream, url: SplitResult, proxy: SplitResult) -> None:
        place = f"{url.netloc.rpartition('@')[2].removesuffix(f':{url.port}')}:{_find_port(url)}"
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *map(": ".join, _build_credentials(proxy)), "", ""]
        reader = ResponseReader(bodiless=True)
        self._converse(stream, ("\r\n".join(lines).encode(),), reader)
        if not 200 <= reader.response.status < 300:
            raise NotSent(f"the proxy refuses ({reader.response.status})")

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return build_tls(self._connection)

    def _converse(
        self,
        stream: httpcore.NetworkStream,
        sent: Iterable[bytes],
        reader: ResponseReader,
        until: float = math.inf,
    ) -> None:
        timeout, started = self._connection.timeout_s, time.monotonic()
        deadline = min(started + WHOLE_ANSWER * timeout, max(started + timeout, until))
        with suppress(httpcore.WriteError):
            # A server may answer and close before it has read a whole body: the answer counts.
            self._write(stream, sent, reader)
        while reader.goes_on():
            reader.take(stream.read(READ_SIZE, timeout=timeout))
            if time.monotonic() > deadline and reader.goes_on():
                raise TooLate(f"the answer took longer than {round(deadline - started, 1):g} s")
        if not reader.done or reader.is_followed:  # its end may have come with its head
            self._follow(stream, reader)

    @staticmethod
    def _follow(stream: httpcore.NetworkStream, reader: ResponseReader) -> None:
        """Read a stream for as long as it is to be read."""
        following = reader.reading.following
        if following is not None:
            ConnectionPool._tell(stream, reader, following)
            return
        until = time.monotonic() + reader.reading.seconds
        while not reader.done and (left := until - time.monotonic()) > 0:
            with suppress(httpcore.ReadTimeout):
                reader.take(stream.read(READ_SIZE, timeout=left))
        if not reader.done:
            reader.leave()

    @staticmethod
    def _tell(stream: httpcore.NetworkStream, reader: ResponseReader, following: Following) -> None:
        """Read a stream to its end, or until whoever follows it has enough."""
        following.begin()
        following.take(reader.response.body)
        while not reader.done:
            try:
                reader.take(stream.read(READ_SIZE, timeout=POLL_S))
            except httpcore.ReadTimeout:
                if not following.take(reader.response.body):
                    reader.leave()
            except (httpcore.ReadError, NoAnswer):
                reader.cut = True
                reader.leave()
        following.take(reader.response.body)
        following.end(cut=reader.cut)

    def _write(self, stream: httpcore.NetworkStream, sent: Iterable[bytes], reader: ResponseReader) -> None:
        """Send the parts until the answer is there: nobody reads the rest of a body that is answered."""
        timeout = self._connection.timeout_s
        for place, part in enumerate(sent):
            for start in range(0, len(part), WRITE_SIZE):
                if (place or start) and stream.get_extra_info("is_readable"):
                    reader.take(stream.read(READ_SIZE, timeout=timeout))
                    if reader.done:
                        reader.keep_alive = False
                        return
                stream.write(part[start : start + WRITE_SIZE], timeout=timeout)


@lru_cache(maxsize=64)
def find_path(base_url: str) -> str:
    """Return path and query of a base URL, behind which the target of a request is put."""
    url = urlsplit(base_url)
    return url.path.rstrip("/") + (f"?{url.query}" if url.query else "")


def _write_request(
    origin: _Origin, method: str, target: str, headers: Iterable[tuple[str, str]], content: bytes | None
) -> Iterable[bytes]:
    """Return the bytes of the request; a long body is kept apart from its head so that it need not be copied."""
    host = origin.url.netloc.rpartition("@")[2]
    if origin.is_absolute:
        target = f"http://{host}{target}"
    if not _TARGET.fullmatch(target):
        raise NotSent("the request cannot be sent: its target has characters that HTTP does not allow there")
    lines, has_length, in_chunks = _format_headers(tuple(headers))
    if origin.proxy is not None and origin.is_absolute:
        lines += b"".join(f"{name}: {value}\r\n".encode() for name, value in _build_credentials(origin.proxy))
    if (content or method in _WITH_BODY) and not has_length:
        lines += b"Content-Length: %d\r\n" % len(content or b"")
    head = b"%s%s\r\n" % (f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n".encode(), lines)
    if in_chunks:
        return chain((head,), _split_in_chunks(content or b""))
    if content is None or len(content) > READ_SIZE:
        return (head, content) if content else (head,)
    return (head + content,)


@lru_cache(maxsize=256)  # a caller's requests have the same ones
def _format_headers(headers: Headers) -> tuple[bytes, bool, bool]:
    """Return headers as they are sent, whether they say how long the body is, and whether it comes in chunks."""
    lines, has_length, in_chunks = [], False, False
    for given, text in headers:
        name, value = given.encode("latin-1", "replace"), text.encode(errors="surrogateescape")
        if not _NAME.fullmatch(name) or _LINE_BREAKING.search(value):
            raise NotSent(f"the request cannot be sent: HTTP does not allow its header {name.decode('latin-1')!r}")
        lines.append(b"%s: %s\r\n" % (name, value))
        in_chunks = in_chunks or (name.lower(), value) == (b"transfer-encoding", b"chunked")
        has_length = has_length or in_chunks or name.lower() == b"content-length"
    return b"".join(lines), has_length, in_chunks


def _split_in_chunks(content: bytes) -> Iterator[bytes]:
    """Yield a body in chunks of one length and the last one, which is empty, each when it is time to send it."""
    length = max(math.ceil(len(content) / MOST_CHUNKS), min(SHORT_CHUNK, math.ceil(len(content) / 2)), 1)
    for start in (*range(0, len(content), length), len(content)):
        time.sleep(PAUSE_S)
        part = content[start : start + length]
        yield b"%x\r\n%b\r\n" % (len(part), part)


def _build_credentials(proxy: SplitResult) -> list[tuple[str, str]]:
    if proxy.username is None:
        return []
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [("Proxy-Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")]


def _find_host(url: SplitResult) -> str:
    return url.hostname or ""


def _find_port(url: SplitResult) -> int:
    return url.port or _PORTS[url.scheme]
