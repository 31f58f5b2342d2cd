"""Gzip, decompressed as it is read and never beyond what was asked for."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from mock_server.resources.packs.pack_yaml import ContentError

NOT_GZIP_TAR = "The archive is not a gzip-compressed tar."
CUT_SHORT = "The archive is cut short: it ends before its content does."

_GZIP_FORMAT = 31  # what zlib calls it: a window of 2**15 bytes and gzip's header and checksum
_INPUT = 64 * 1024
_OUTPUT = 256 * 1024
# Members may follow each other. Empty ones would make megabytes of them slow for nothing.
_MOST_MEMBERS = 10_000
_PADDING = re.compile(rb"\0*")


def is_longer(data: bytes, most: int) -> bool:
    """Return whether a gzip file decompresses to more bytes than these, or to nothing that can be read."""
    size = 0
    try:
        for chunk in _decompress(data):
            size += len(chunk)
            if size > most:
                return True
    except ContentError:
        return True
    return False


class Gunzip:
    """The content of a gzip file, in order.

    Reading raises ContentError where the bytes are not gzip, damaged, cut short, or more than the
    limit when decompressed.
    """

    def __init__(self, data: bytes, limit: int) -> None:
        self._chunks = _decompress(data)
        self._left = limit
        self._chunk = b""  # output that nobody has read, from the position on
        self._position = 0

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes; fewer where the stream ends."""
        pieces = [self._chunk[self._position : self._position + size]]
        self._position += len(pieces[0])
        missing = size - len(pieces[0])
        while missing > 0 and self._read_chunk():
            pieces.append(self._chunk[:missing])
            self._position = len(pieces[-1])
            missing -= self._position
        return b"".join(pieces)

    def skip(self, size: int) -> int:
        """Pass over the next `size` bytes; how many there were, fewer where the stream ends."""
        left = size - (len(self._chunk) - self._position)
        self._position = min(self._position + size, len(self._chunk))
        while left > 0 and self._read_chunk():
            self._position = min(left, len(self._chunk))
            left -= self._position
        return size - max(left, 0)

    def drain(self) -> None:
        """Read to the end, for the checksums and the limit to hold for all of it."""
        while self._read_chunk():
            pass

    def _read_chunk(self) -> bool:
        """Decompress some more; False at the end of the stream."""
        self._chunk, self._position = next(self._chunks, b""), 0
        self._left -= len(self._chunk)
        if self._left < 0:
            raise ContentError("The archive unpacks to more bytes than its files may come to.")
        return bool(self._chunk)


def _decompress(data: bytes) -> Iterator[bytes]:
    """Decompress one member after the other, and the zeros that may stand between them; no chunk is empty."""
    members = position = 0
    while position < len(data) or members == 0:
        members += 1
        if members > _MOST_MEMBERS:
            raise ContentError(f"The archive has more than {_MOST_MEMBERS:,} gzip members.")
        member = zlib.decompressobj(_GZIP_FORMAT)
        pending = b""
        while not member.eof:
            if not pending:
                pending = data[position : position + _INPUT]
                position += len(pending)
            if not pending:
                raise ContentError(CUT_SHORT if data else NOT_GZIP_TAR)
            try:
                chunk = member.decompress(pending, _OUTPUT)
            except zlib.error as error:
                raise ContentError(_describe_damage(error, members)) from error
            pending = member.unconsumed_tail
            if chunk:
                yield chunk
        padding = _PADDING.match(data, position - len(member.unused_data))
        position = position if padding is None else padding.end()


def _describe_damage(error: zlib.error, members: int) -> str:
    if "incorrect header check" not in str(error):
        return "The archive is damaged: its compressed data or checksum is wrong."
    return NOT_GZIP_TAR if members == 1 else "What follows the archive is not gzip."
