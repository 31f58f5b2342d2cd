"""A multipart body, parsed as it arrives and kept in memory."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from mock_server.contract.schema import shorten
from mock_server.errors import ValidationFailed
from mock_server.pipeline.gates.parameters import read
from mock_server.pipeline.gates.target import make_too_large

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# It warns of each form that cannot be read; the answer says so, and whoever runs the mock can do nothing about it.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_MOST_PARTS = 1000
_BINARY = frozenset({"bytes", "files"})


class FormFile(NamedTuple):
    """One of several files of a form: the name that it was sent under, empty without one, and its bytes."""

    name: str
    content: bytes


class Form:
    """A multipart body in the making: the parts whose names are known, the others ignored."""

    def __init__(self, boundary: bytes, known: Mapping[str, str], limit: int) -> None:
        self._known = known  # name → type
        self._parts = _Parts(known, limit)
        try:
            self._parser = MultipartParser(boundary, self._parts.make_callbacks())
        except FormParserError as error:
            raise _refuse_form(error) from error

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises PayloadTooLarge for a part over the limit; ValidationFailed for what is not multipart
        or holds a part twice.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _refuse_form(error) from error

    def finish(self) -> dict[str, Any]:
        """The parts as their types say; ValidationFailed when the body was cut short."""
        found = self._parts.take()
        return {name: self._read_part(name, found.pop(name)) for name in list(found)}

    def _read_part(self, name: str, sent: list[_SentPart]) -> Any:
        if self._known[name] == "files":
            return [FormFile(each.filename, bytes(each.content)) for each in sent]
        content = bytes(sent[0].content)
        if self._known[name] == "bytes":
            return content
        try:
            return read(content.decode(), self._known[name])
        except UnicodeDecodeError as error:
            raise _make_refusal(name, "It is not UTF-8 text.") from error


class _SentPart(NamedTuple):
    """A part as it was sent."""

    filename: str
    content: bytearray


class _Parts:
    """The parts that a parser has found so far.

    It does not know its parser, which knows it: else neither would go, with all that was sent, before the collector
    of garbage looks for such, and it seldom does.
    """

    def __init__(self, known: Mapping[str, str], limit: int) -> None:
        self._known = known
        self._limit = limit
        self._found: dict[str, list[_SentPart]] = {}
        self._binary = 0  # bytes of files so far
        self._ended = False
        # Of the part that is being read.
        self._count = 0
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._current: bytearray | None = None
        self._is_file = False

    def make_callbacks(self) -> MultipartCallbacks:
        """Return the functions that the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_header,
            "on_header_value": self._on_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._finish_headers,
            "on_part_data": self._on_data,
            "on_end": self._end,
        }

    def take(self) -> dict[str, list[_SentPart]]:
        """All parts, which are kept no longer; ValidationFailed when the body was cut short."""
        if not self._ended:
            raise _make_refusal("body", "It ends before its last boundary.")
        found, self._found, self._current = self._found, {}, None
        return found

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_PARTS:
            raise _make_refusal("body", f"It has more than {_MOST_PARTS} parts.")
        self._disposition = b""
        self._current = None

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _finish_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name not in self._known:
            return
        if name in self._found and self._known[name] != "files":
            raise _make_refusal(name, "It stands there more than once.")
        part = _SentPart(options.get(b"filename", b"").decode("utf-8", "replace"), bytearray())
        self._found.setdefault(name, []).append(part)
        self._current, self._is_file = part.content, self._known[name] in _BINARY

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._current is None:
            return
        self._current += data[start:end]
        self._binary += (end - start) * self._is_file
        if max(self._binary, len(self._current)) > self._limit:
            raise make_too_large(self._limit)

    def _end(self) -> None:
        self._ended = True


def _make_refusal(name: str, text: str) -> ValidationFailed:
    return ValidationFailed(fields={name: text})


def _refuse_form(error: FormParserError) -> ValidationFailed:
    return _make_refusal("body", f"It is not multipart: {shorten(str(error))}.")
