"""Bodies of multipart/form-data, written part by part, so that a part may be wrong, and read back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

# The parser logs what it refuses as warnings; here a refusal is an exception.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks  # there for type checkers alone

BOUNDARY = "evershell-conformance-part"
MEDIA_TYPE = "multipart/form-data"


class NotMultipart(Exception):
    """The content is not a multipart body of this content type."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form."""

    name: str
    content: bytes
    filename: str | None = None
    media_type: str | None = None


def content_type(boundary: str = BOUNDARY) -> str:
    """Return the Content-Type of what `encode` returns."""
    return f"{MEDIA_TYPE}; boundary={boundary}"


def encode(parts: Iterable[Part], boundary: str = BOUNDARY) -> bytes:
    """Return the body; its bytes depend on the arguments alone."""
    lines: list[bytes] = []
    for part in parts:
        filename = f'; filename="{part.filename}"' if part.filename is not None else ""
        lines.append(f"--{boundary}\r\n".encode())
        lines.append(f'Content-Disposition: form-data; name="{part.name}"{filename}\r\n'.encode())
        if part.media_type is not None:
            lines.append(f"Content-Type: {part.media_type}\r\n".encode())
        lines.extend((b"\r\n", part.content, b"\r\n"))
    return b"".join((*lines, f"--{boundary}--\r\n".encode()))


def decode(content: bytes, header: str) -> tuple[Part, ...]:
    """Return the parts of a body, in order; NotMultipart where header or content are malformed."""
    _, options = parse_options_header(header)
    boundary = options.get(b"boundary")
    if not boundary:
        raise NotMultipart("the content type names no boundary")
    collector = _Collector()
    try:
        parser = MultipartParser(boundary, collector.callbacks)
        parser.write(content)
        parser.finalize()
    except FormParserError as error:
        raise NotMultipart(str(error)) from None
    if not collector.ended:
        raise NotMultipart("the closing boundary is missing")
    return tuple(collector.parts)


class _Collector:
    """The parser's callbacks, which collect the parts."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False
        self._field = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._content: list[bytes] = []
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._headers, self._content = {}, []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def _part_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        media_type = self._headers.get(b"content-type")
        self.parts.append(
            Part(
                name,
                b"".join(self._content),
                filename.decode("utf-8", "replace") if filename is not None else None,
                media_type.decode("latin-1") if media_type is not None else None,
            )
        )

    def _end(self) -> None:
        self.ended = True
