"""One HTTP/1.1 answer as it comes in, and no more of it than an answer of the contract can be."""

from __future__ import annotations

from dataclasses import dataclass

import httptools

from conformance.http.exchange import Headers

LARGEST_ANSWER = 16 * 1024 * 1024
"""Twice the largest file, with all that goes around a body."""
LARGEST_JSON = 8 * 1024 * 1024
"""JSON takes up to some twenty times its length once it is read."""
LONGEST_HEAD = 512 * 1024
"""Whatever stands before the body: the headers, and answers that announce it, such as 103 Early Hints."""


class NoAnswer(Exception):
    """Nothing came that can be judged; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes


class Reader:
    """One answer on its way in; what the parser calls back with."""

    def __init__(self, *, bodiless: bool) -> None:
        self.done = self.keeps = False
        self._bodiless = bodiless
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._status = 0
        self._read = 0
        self._most = LARGEST_ANSWER
        self._in_head = True

    @property
    def answer(self) -> Answer:
        return Answer(self._status, tuple(self._headers), bytes(self._body))

    def take(self, piece: bytes) -> None:
        """What was read next; nothing, where the other side has closed."""
        if not piece:
            self._closed()
            return
        self._read += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.done, self.keeps = True, False
        except httptools.HttpParserError as error:
            if not self.done:
                raise NoAnswer(f"the connection was closed: what came is no HTTP answer ({error})") from None
            self.keeps = False
        if self._in_head and self._read > LONGEST_HEAD and not self.done:
            raise NoAnswer(f"the answer's headers are longer than {LONGEST_HEAD} bytes")
        if self._read > self._most:
            raise NoAnswer(f"the answer is longer than {self._most} bytes")

    def _closed(self) -> None:
        names = {name for name, _ in self._headers}
        if not self._status or self._status < 200 or names & {"content-length", "transfer-encoding"}:
            raise NoAnswer("the connection was closed before the answer was complete")
        self.done = True

    def on_message_begin(self) -> None:
        if not self.done:
            self._headers, self._status = [], 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head and not self.done:  # what trails a body is none of the answer's headers
            self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if not self.done:
            self._status = self._parser.get_status_code()
            self._in_head = self._status < 200
            if any(name == "content-type" and "json" in value.lower() for name, value in self._headers):
                self._most = LARGEST_JSON
            if self._bodiless and self._status >= 200:
                self._end()

    def on_body(self, body: bytes) -> None:
        if not self.done:
            self._body += body

    def on_message_complete(self) -> None:
        # What comes before the answer itself, like 103 Early Hints, is none.
        if not self.done and self._status >= 200:
            self._end()

    def _end(self) -> None:
        self.done, self.keeps = True, self._parser.should_keep_alive()
