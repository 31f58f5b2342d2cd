"""Read multipart forms while they arrive, and keep no more of them than is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from examples.third_server.errors import ApiError, refuse_field

FRAMING_LIMIT = 64 * 1024
IGNORED_PARTS_LIMIT = 1000


@dataclass
class Form:
    """Hold the parts of a form that the operation has."""

    texts: dict[str, Any] = field(default_factory=dict)
    files: list[tuple[str | None, bytes]] = field(default_factory=list)


class FormReader:
    """Parse a form piece by piece, and refuse it as soon as it is too large."""

    def __init__(self, content_type: str, limit: int, file_part: str, text_parts: tuple[str, ...]) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary or len(boundary) > 256:
            raise refuse_field("body", "The form has no boundary.")
        self._limit = limit
        self._file_part = file_part
        self._text_parts = text_parts
        self._form = Form()
        self._total = 0
        self._content = 0
        self._file_bytes = 0
        self._part_bytes = 0
        self._ended = False
        self._data = bytearray()
        self._header_name = b""
        self._header_value = b""
        self._name = ""
        self._file_name: str | None = None
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_part_data": self._take_data,
                    "on_part_end": self._end_part,
                    "on_header_field": self._take_header_name,
                    "on_header_value": self._take_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._begin_content,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise refuse_field("body", "The form has no boundary.") from None

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        self._total += len(chunk)
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise refuse_field("body", "It is not a multipart form.") from None
        if self._total - self._content > FRAMING_LIMIT:
            raise self._too_large()

    def finish(self) -> Form:
        """Return the form, once all of it was taken."""
        if not self._ended:
            raise refuse_field("body", "The multipart form is cut short.")
        return self._form

    def _too_large(self) -> ApiError:
        """Make the error of a part that is too large."""
        return ApiError("payload_too_large", f"The parts may have at most {self._limit} bytes.")

    def _begin_part(self) -> None:
        """Forget the part before."""
        self._data = bytearray()
        self._part_bytes = 0
        self._name = ""
        self._file_name = None

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of the name of a header."""
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of the value of a header."""
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        """Read how a part and its file are named."""
        if self._header_name.strip().lower() == b"content-disposition":
            _, options = parse_options_header(self._header_value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            if b"filename" in options:
                self._file_name = options[b"filename"].decode("utf-8", "replace")
        self._header_name = self._header_value = b""

    def _begin_content(self) -> None:
        """Refuse a text that was sent before."""
        if self._name in self._text_parts and self._name in self._form.texts:
            raise refuse_field(self._name, "It may be sent once only.")

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of a part, and keep it where the operation has such a part."""
        count = end - start
        self._content += count
        self._part_bytes += count
        if self._name == self._file_part:
            self._file_bytes += count
            if self._file_bytes > self._limit:
                raise self._too_large()
        elif self._part_bytes > self._limit:
            raise self._too_large()
        if self._name == self._file_part or self._name in self._text_parts:
            self._data += data[start:end]

    def _end_part(self) -> None:
        """Keep a part that is complete."""
        if self._name == self._file_part:
            self._form.files.append((self._file_name, bytes(self._data)))
            if len(self._form.files) > IGNORED_PARTS_LIMIT:
                raise refuse_field(self._name, "There are too many of it.")
        elif self._name in self._text_parts:
            try:
                self._form.texts[self._name] = self._data.decode("utf-8")
            except UnicodeDecodeError:
                raise refuse_field(self._name, "It is not text in UTF-8.") from None
        self._data = bytearray()

    def _end(self) -> None:
        """Note that the form is complete."""
        self._ended = True
