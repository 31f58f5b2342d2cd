"""The reader of one HTTP/1.1 answer, which reads no more than an answer of the contract can be."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import httptools

from conformance.http.event_stream import MEDIA_TYPE, StreamReading, is_read
from conformance.http.exchange import Headers

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes: twice the largest file, and headers."""
LARGEST_JSON = 8 * 1024 * 1024
"""JSON takes up to some twenty times its length once it is read."""
LONGEST_HEAD = 512 * 1024
"""Bytes before the body: the headers, and interim answers such as 103 Early Hints."""
GZIP = ("gzip", "x-gzip")


class NoAnswer(Exception):
    """Raised where no complete HTTP answer came; the message says why."""

    repeats = 2
    """The number of times that the request is worth sending again, where that does no harm."""


class TooLate(NoAnswer):
    """Raised where no answer came in time, which is so of every request for a while."""

    repeats = 1


class NotSent(NoAnswer):
    """The request went nowhere, so that the target says nothing by its silence."""

    repeats = 0


class ConnectionClosed(NoAnswer):
    """The other side has closed the connection, which happens to every connection once."""

    repeats = 4
    unheard = False
    """Whether it was a kept connection, and closed before a byte of the answer: servers close such ones unasked."""


@dataclass(frozen=True, slots=True)
class Response:
    """A complete HTTP answer."""

    status: int
    headers: Headers
    body: bytes
    is_reframed: bool = False
    """Whether its length is none that the target gave: of HTTP/1.0, or compressed though nobody had asked for that."""


class ResponseReader:
    """The reader of one answer piece by piece; the `on_` methods are the parser's callbacks."""

    def __init__(self, *, bodiless: bool, reading: StreamReading = StreamReading()) -> None:  # noqa: B008  # a constant
        self.done = self.keep_alive = False
        self.reading = reading
        self.streams = False  # whether it is a stream, which need not end
        self.cut = False  # whether it is one whose connection was closed in its middle
        self._bodiless = bodiless
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._status = 0
        self._read = 0
        self._most = LARGEST_ANSWER
        self._in_head = True

    @property
    def response(self) -> Response:
        zipped = self._coding in GZIP
        reframed = zipped or self._parser.get_http_version() == "1.0"
        body = bytes(self._body)
        return Response(self._status, tuple(self._headers), self._decode_body(body) if zipped else body, reframed)

    @property
    def has_begun(self) -> bool:
        """Return whether anything came."""
        return self._read > 0

    @property
    def is_followed(self) -> bool:
        """Return whether it is a stream that somebody follows, who says what its end means, however that comes."""
        return self.streams and self.reading.following is not None

    @property
    def _coding(self) -> str:
        return next((value.strip().lower() for name, value in self._headers if name == "content-encoding"), "")

    def _decode_body(self, body: bytes) -> bytes:
        """Return the body without a coding that nobody asked for; what cannot be undone, or is too long then, stays."""
        if self._bodiless:
            return body
        decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            decoded = decoder.decompress(body, self._most)
        except zlib.error:
            return body
        return decoded if decoder.eof else body

    def take(self, piece: bytes) -> None:
        """Take the bytes that were read next; none where the other side has closed."""
        if not piece:
            self._close_stream()
            return
        self._read += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.done, self.keep_alive = True, False
        except httptools.HttpParserError as error:
            if not self.done:
                self._tear_stream(error)
            self.keep_alive = False
        if self.streams and not self.done and self._is_enough():
            self.leave()
        if self._in_head and self._read > LONGEST_HEAD and not self.done:
            raise NoAnswer(f"the answer's headers are longer than {LONGEST_HEAD} bytes")
        if self._read > self._most:
            raise NoAnswer(f"the answer is longer than {self._most} bytes")

    def _is_enough(self) -> bool:
        """Return whether no more of a stream is to be read."""
        following = self.reading.following
        return is_read(bytes(self._body), self.reading) if following is None else not following.take(bytes(self._body))

    def _tear_stream(self, error: httptools.HttpParserError) -> None:
        """End a stream that is followed where what comes is no HTTP any more; NoAnswer where it is none."""
        if not self.is_followed:
            raise NoAnswer(f"the connection was closed: what came is no HTTP answer ({error})") from None
        self.cut = True
        self.leave()

    def _close_stream(self) -> None:
        if self.is_followed:
            self.cut = self._is_chunked
            self.leave()
            return
        names = {name for name, _ in self._headers}
        if not self._status or self._status < 200 or names & {"content-length", "transfer-encoding"}:
            raise ConnectionClosed("the connection was closed before the answer was complete")
        self.done = True

    def on_message_begin(self) -> None:
        if not self.done:
            self._headers, self._status = [], 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head and not self.done:  # trailers are not headers
            self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if not self.done:
            self._status = self._parser.get_status_code()
            self._in_head = self._status < 200
            if any(name == "content-type" and "json" in value.lower() for name, value in self._headers):
                self._most = LARGEST_JSON
            self.streams = 200 <= self._status < 300 and any(
                name == "content-type" and value.lower().startswith(MEDIA_TYPE) for name, value in self._headers
            )
            if self._bodiless and self._status >= 200:
                self._end()

    def on_body(self, body: bytes) -> None:
        if not self.done:
            self._body += body

    def goes_on(self) -> bool:
        """Return whether more has to come of an answer that ends by itself."""
        return not self.done and not self.streams

    @property
    def _is_chunked(self) -> bool:
        """Return whether its end would be told, so that it is not where the connection is closed."""
        return any(name in ("content-length", "transfer-encoding") for name, _ in self._headers)

    def leave(self) -> None:
        """Read no more of a stream."""
        self.done, self.keep_alive = True, False

    def on_message_complete(self) -> None:
        # An interim answer such as 103 Early Hints is not the answer.
        if not self.done and self._status >= 200:
            self._end()

    def _end(self) -> None:
        self.done, self.keep_alive = True, self._parser.should_keep_alive()
