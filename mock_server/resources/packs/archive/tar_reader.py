"""The entries of a tar in the order in which they come, whatever made it.

Understands ustar, GNU long names and pax headers, as far as names and sizes go; times, owners and
modes mean nothing to a pack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mock_server.resources.packs.archive.gunzip import CUT_SHORT, NOT_GZIP_TAR, Gunzip
from mock_server.resources.packs.pack_yaml import ContentError

FILE, FOLDER = b"0", b"5"

_BLOCK = 512
_END = bytes(_BLOCK)
_LONGEST_EXTENSION = 64 * 1024
_GNU_LONG_NAME, _PAX = b"L", b"x"
_EXTENSIONS = {_GNU_LONG_NAME, _PAX, b"K", b"g"}  # GNU's names of links and pax's global headers say nothing of files
_CHECKSUM = slice(148, 156)
_OCTAL = re.compile(rb" *([0-7]*) *")
_PAX_SIZE = re.compile(rb"[0-9]{1,20}\n")  # what any file can be; more digits cost Python more than they say


@dataclass(frozen=True, slots=True)
class Header:
    """The header before an entry's bytes. `kind` is tar's type flag, plain files all `FILE`."""

    path: str
    kind: bytes
    size: int


@dataclass(slots=True)
class _Extension:
    """The values that extension headers give the entry after them."""

    path: bytes | None = None
    size: int | None = None
    sparse: bool = False


def read_headers(stream: Gunzip) -> Iterator[Header]:
    """Yield the header of each entry; the entry's bytes must be taken with `content` or `pass_over` before the next.

    Raises ContentError where the stream is not a tar, is damaged, or is cut short.
    """
    extension = _Extension()
    first = True
    while (block := stream.read(_BLOCK)) and block != _END:
        kind, size = _read_kind_and_size(block, first=first)
        first = False
        if kind in _EXTENSIONS:
            _extend(extension, kind, stream, size)
            continue
        yield _make_header(block, kind, size, extension)
        extension = _Extension()
    stream.drain()


def read_content(stream: Gunzip, size: int) -> bytes:
    """Return the bytes of the entry whose header came last, of this size."""
    data = stream.read(size)
    padding = -size % _BLOCK
    if len(data) < size or len(stream.read(padding)) < padding:
        raise ContentError(CUT_SHORT)
    return data


def skip_content(stream: Gunzip, size: int) -> None:
    """Go on to behind the bytes of the entry whose header came last, of this size."""
    whole = size + -size % _BLOCK
    if stream.skip(whole) < whole:
        raise ContentError(CUT_SHORT)


def _read_kind_and_size(block: bytes, *, first: bool) -> tuple[bytes, int]:
    """Return type flag and size, once the header's checksum has been found right."""
    # The checksum is taken with its own field as eight spaces.
    total = sum(block) - sum(block[_CHECKSUM]) + 8 * 0x20
    if len(block) < _BLOCK or total != _read_number(block[_CHECKSUM]):
        raise ContentError(NOT_GZIP_TAR if first else "The archive is damaged: a header is wrong.")
    size = _read_number(block[124:136])
    if size is None or size < 0:
        raise ContentError("The archive is damaged: the size of an entry is no number.")
    return block[156:157], size


def _read_number(field: bytes) -> int | None:
    if field[0] in (0x80, 0xFF):  # GNU's binary numbers, for what octal digits cannot hold
        return int.from_bytes(field[1:], signed=field[0] == 0xFF)
    digits = _OCTAL.fullmatch(_read_text(field))
    return None if digits is None else int(digits[1] or b"0", 8)


def _make_header(block: bytes, kind: bytes, size: int, extension: _Extension) -> Header:
    if extension.sparse or kind == b"S":
        raise ContentError("The archive has a sparse file; a pack's files are stored whole.")
    name = extension.path if extension.path is not None else _read_name(block)
    try:
        path = name.decode()
    except UnicodeDecodeError:
        raise ContentError(f"The archive has a name that is not UTF-8: {name[:80]!r}.") from None
    if kind in (b"\0", b"0", b"7"):
        # Before there was a flag for folders, a slash at the end of the name made one.
        kind = FOLDER if kind == b"\0" and path.endswith("/") else FILE
    size = size if extension.size is None else extension.size
    return Header(path, kind, size if kind == FILE else 0)


def _read_name(block: bytes) -> bytes:
    name = _read_text(block[:100])
    prefix = _read_text(block[345:500]) if block[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _read_text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _extend(extension: _Extension, kind: bytes, stream: Gunzip, size: int) -> None:
    if size > _LONGEST_EXTENSION:
        raise ContentError(f"The archive has a name or header of more than {_LONGEST_EXTENSION:,} bytes.")
    data = read_content(stream, size)
    if kind == _GNU_LONG_NAME:
        extension.path = _read_text(data)
    elif kind == _PAX:
        _read_pax(extension, data)


def _read_pax(extension: _Extension, data: bytes) -> None:
    """Take path and size from pax records, each "LENGTH KEY=VALUE" and a line feed."""
    position = 0
    while position < len(data):
        digits, space, _ = data[position : position + 20].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        record = data[position + len(digits) + 1 : position + length]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise ContentError("The archive is damaged: a pax header is wrong.")
        position += length
        if key == b"path":
            extension.path = value[:-1]
        elif key == b"size":
            if not _PAX_SIZE.fullmatch(value):
                raise ContentError("The archive is damaged: the size of an entry is no number.")
            extension.size = int(value)
        elif key.startswith(b"GNU.sparse."):
            extension.sparse = True
