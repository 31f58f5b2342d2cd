"""The end of a message's body, told from the bytes as they pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from conformance.traffic.proxy.passing.heads import AnswerHead, Head, NotHttp, RequestHead

_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_LONGEST_LINE = 64 * 1024
_MOST_DIGITS = 18
"""Digits of a length: no body is longer, and Python refuses to read a number of thousands of them."""


class Framing(Protocol):
    """A body that passes."""

    @property
    def done(self) -> bool:
        """Return whether its last byte has passed."""

    def take(self, content: bytes) -> tuple[int, bytes]:
        """Return how many bytes of what comes next belong to the body, and which of them are no framing."""


@dataclass(slots=True)
class SizedBody:
    """A body of so many bytes."""

    left: int

    @property
    def done(self) -> bool:
        return self.left == 0

    def take(self, content: bytes) -> tuple[int, bytes]:
        piece = content[: self.left]
        self.left -= len(piece)
        return len(piece), piece


@dataclass(slots=True)
class UnsizedBody:
    """A body that ends with its connection."""

    done: bool = False

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
    def done(self) -> bool:
        return self._part is _PartOfChunked.NOTHING

    def take(self, content: bytes) -> tuple[int, bytes]:
        at, pieces = 0, []
        while at < len(content) and not self.done:
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
