"""Heads of HTTP/1.1 messages, read without changing a byte of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
