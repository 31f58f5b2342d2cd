"""Messages of HTTP/1.1, read as they pass without changing a byte: their heads, and where their bodies end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from conformance.http.exchange import Headers, find_header

LONGEST_HEAD = 512 * 1024
"""Bytes without an end of the head from which on what comes is taken for no HTTP."""
_END = re.compile(rb"\r?\n\r?\n")
_REQUEST = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.[01]")
_ANSWER = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)(?: .*)?", re.DOTALL)


class NotHttp(Exception):
    """Raised where a message cannot be read as HTTP/1.1. It is passed on all the same, and not judged."""


@dataclass(frozen=True, slots=True)
class Line:
    """A header field, with its bytes."""

    raw: bytes
    """The line with its end, and the lines that it was folded into."""
    name: str
    value: str

    @property
    def key(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a message, with its end, and its header fields."""

    first: bytes
    lines: tuple[Line, ...]
    end: bytes
    """The empty line."""

    @property
    def headers(self) -> Headers:
        return tuple((line.name, line.value) for line in self.lines)

    def find_header(self, name: str) -> str | None:
        """Return the first value of a header, whose name is given in lower case."""
        return find_header(self.headers, name)

    @property
    def raw(self) -> bytes:
        return self.first + b"".join(line.raw for line in self.lines) + self.end


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The head of a request."""

    head: Head
    method: str
    target: str
    """The target as it was sent: to a proxy, some clients send a whole URL."""


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The head of an answer."""

    head: Head
    status: int


def measure_head(content: bytes | bytearray) -> int:
    """Return the bytes of the head that the content begins with; 0 where it is not there as a whole yet."""
    found = _END.search(content)
    if found is None and len(content) > LONGEST_HEAD:
        raise NotHttp
    return found.end() if found else 0


def request_head(content: bytes) -> RequestHead:
    """Return the head of a request; NotHttp where it is none."""
    head = _parse_head(content)
    match = _REQUEST.fullmatch(head.first.rstrip(b"\r\n"))
    if match is None:
        raise NotHttp
    return RequestHead(head, match[1].decode("ascii"), match[2].decode("latin-1"))


def answer_head(content: bytes) -> AnswerHead:
    """Return the head of an answer; NotHttp where it is none."""
    head = _parse_head(content)
    match = _ANSWER.fullmatch(head.first.rstrip(b"\r\n"))
    if match is None:
        raise NotHttp
    return AnswerHead(head, int(match[1]))


def _parse_head(content: bytes) -> Head:
    first, *rest = (part + b"\n" for part in content.split(b"\n")[:-1])
    lines: list[bytes] = []
    for raw in rest[:-1]:
        if raw[:1] in (b" ", b"\t") and lines:
            lines[-1] += raw
        else:
            lines.append(raw)
    return Head(first, tuple(map(_parse_line, lines)), rest[-1])


def _parse_line(raw: bytes) -> Line:
    name, separator, value = raw.partition(b":")
    if not separator:
        raise NotHttp
    return Line(raw, name.decode("latin-1").strip(), " ".join(value.decode("latin-1").split("\n")).strip())


_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_LONGEST_LINE = 64 * 1024
_MOST_DIGITS = 18
"""Digits of a length: no body is longer, and Python refuses to read a number of thousands of them."""


class Framing(Protocol):
    """A body that passes."""

    @property
    def is_done(self) -> bool:
        """Return whether its last byte has passed."""

    def take(self, content: bytes) -> tuple[int, bytes]:
        """Return how many bytes of what comes next belong to the body, and which of them are no framing."""


@dataclass(slots=True)
class SizedBody:
    """A body of so many bytes."""

    left: int

    @property
    def is_done(self) -> bool:
        return self.left == 0

    def take(self, content: bytes) -> tuple[int, bytes]:
        piece = content[: self.left]
        self.left -= len(piece)
        return len(piece), piece


@dataclass(slots=True)
class UnsizedBody:
    """A body that ends with its connection."""

    is_done: bool = False

    def take(self, content: bytes) -> tuple[int, bytes]:
        return len(content), content


class _PartOfChunked(Enum):
    SIZE = auto()
    DATA = auto()
    END = auto()
    """The empty line behind a chunk."""
    TRAILER = auto()
    NOTHING = auto()


@dataclass(slots=True)
class ChunkedBody:
    """A body in chunks."""

    _part: _PartOfChunked = _PartOfChunked.SIZE
    _left: int = 0
    """Bytes of the chunk that have not passed yet."""
    _line: bytes = b""

    @property
    def is_done(self) -> bool:
        return self._part is _PartOfChunked.NOTHING

    def take(self, content: bytes) -> tuple[int, bytes]:
        at, pieces = 0, []
        while at < len(content) and not self.is_done:
            if self._part is _PartOfChunked.DATA:
                piece = content[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                self._part = _PartOfChunked.END if self._left == 0 else _PartOfChunked.DATA
            else:
                end = content.find(b"\n", at) + 1 or len(content)
                self._line += content[at:end]
                at = end
                self._read_line()
        return at, b"".join(pieces)

    def _read_line(self) -> None:
        if len(self._line) > _LONGEST_LINE:
            raise NotHttp
        if not self._line.endswith(b"\n"):
            return
        line, self._line = self._line.rstrip(b"\r\n"), b""
        if self._part is _PartOfChunked.TRAILER:
            self._part = _PartOfChunked.TRAILER if line else _PartOfChunked.NOTHING
        elif self._part is _PartOfChunked.END:
            self._part = _PartOfChunked.SIZE
            if line:
                raise NotHttp
        else:
            self._begin(line)

    def _begin(self, line: bytes) -> None:
        match = _SIZE.fullmatch(line)
        if match is None:
            raise NotHttp
        self._left = int(match[1], 16)
        self._part = _PartOfChunked.DATA if self._left else _PartOfChunked.TRAILER


def from_request(request: RequestHead) -> Framing:
    """Return the body of a request; NotHttp where its end cannot be told."""
    return _read_framing(request.head) or SizedBody(0)


def from_answer(answer: AnswerHead, method: str) -> Framing:
    """Return the body of an answer to a request with this method; NotHttp where its end cannot be told."""
    if method == "HEAD" or answer.status in (204, 304):
        return SizedBody(0)
    return _read_framing(answer.head) or UnsizedBody()


def _read_framing(head: Head) -> Framing | None:
    coding = head.find_header("transfer-encoding")
    if coding is not None:
        return ChunkedBody() if coding.lower().rpartition(",")[2].strip() == "chunked" else UnsizedBody()
    length = head.find_header("content-length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit() and len(length) <= _MOST_DIGITS):
        raise NotHttp
    return SizedBody(int(length))
