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


def build_content_type(boundary: str = BOUNDARY) -> str:
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
    raw: list[_RawPart] = []
    ended: list[bool] = []
    callbacks: MultipartCallbacks = {
        "on_part_begin": lambda: raw.append(_RawPart()),
        "on_header_begin": lambda: raw[-1].headers.append([b"", b""]),
        "on_header_field": lambda data, start, end: raw[-1].add(0, data[start:end]),
        "on_header_value": lambda data, start, end: raw[-1].add(1, data[start:end]),
        "on_part_data": lambda data, start, end: raw[-1].content.extend(data[start:end]),
        "on_end": lambda: ended.append(True),
    }
    try:
        parser = MultipartParser(boundary, callbacks)
        parser.write(content)
        parser.finalize()
    except FormParserError as error:
        raise NotMultipart(str(error)) from None
    if not ended:
        raise NotMultipart("the closing boundary is missing")
    return tuple(each.part for each in raw)


class _RawPart:
    """A part as the parser reads it, piece by piece."""

    def __init__(self) -> None:
        self.headers: list[list[bytes]] = []
        self.content = bytearray()

    def add(self, place: int, piece: bytes) -> None:
        """Add to the last header's name (0) or value (1)."""
        self.headers[-1][place] += piece

    @property
    def part(self) -> Part:
        headers = {name.lower(): value for name, value in self.headers}
        _, options = parse_options_header(headers.get(b"content-disposition", b""))
        filename, media_type = options.get(b"filename"), headers.get(b"content-type")
        return Part(
            options.get(b"name", b"").decode("utf-8", "replace"),
            bytes(self.content),
            filename.decode("utf-8", "replace") if filename is not None else None,
            media_type.decode("latin-1") if media_type is not None else None,
        )
