"""Gzip, decompressed as it is read and never beyond what was asked for."""

from __future__ import annotations

import zlib

from mock_server.resources.packs.pack_yaml import ContentError

NOT_GZIP_TAR = "The archive is not a gzip-compressed tar."
CUT_SHORT = "The archive is cut short: it ends before its content does."

SMALL = 1024
"""The bytes of an archive that hold no more than 1 MiB: DEFLATE makes at most 1,032 bytes of one."""

_GZIP_FORMAT = 31  # what zlib calls it: a window of 2**15 bytes and gzip's header and checksum
_INPUT = 64 * 1024
_OUTPUT = 256 * 1024
# Members may follow each other. Empty ones would make megabytes of them slow for nothing.
_MOST_MEMBERS = 10_000


class Gunzip:
    """What a gzip file decompresses to, in order.

    Reading raises ContentError where the bytes are not gzip, damaged, cut short, or more than the
    limit when decompressed.
    """

    def __init__(self, data: bytes, limit: int) -> None:
        self._input = memoryview(data)
        self._left = limit
        self._members = 0
        self._taken = False  # whether there was any input
        self._pending = b""  # input that the present member has not taken
        self._chunk = b""  # output that nobody has read, from the position on
        self._position = 0
        self._start_member()

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes; fewer where the stream ends."""
        end = self._position + size
        if end <= len(self._chunk):
            piece = self._chunk[self._position : end]
            self._position = end
            return piece
        pieces = [self._chunk[self._position :]]
        missing = size - len(pieces[0])
        while missing > 0 and self._next_chunk():
            pieces.append(self._chunk[:missing])
            self._position = len(pieces[-1])
            missing -= self._position
        return b"".join(pieces)

    def skip(self, size: int) -> int:
        """Pass over the next `size` bytes; how many there were, fewer where the stream ends."""
        left = size - (len(self._chunk) - self._position)
        self._position = min(self._position + size, len(self._chunk))
        while left > 0 and self._next_chunk():
            self._position = min(left, len(self._chunk))
            left -= self._position
        return size - max(left, 0)

    def drain(self) -> None:
        """Read to the end, for the checksums and the limit to hold for all of it."""
        while self._next_chunk():
            pass

    def _start_member(self) -> None:
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise ContentError(f"The archive has more than {_MOST_MEMBERS:,} gzip members.")
        self._member = zlib.decompressobj(_GZIP_FORMAT)

    def _next_chunk(self) -> bool:
        """Decompress some more; False at the end of the stream."""
        self._chunk, self._position = b"", 0
        while not self._chunk:
            if self._member.eof:
                if not self._skip_padding():
                    return False
                self._start_member()
            elif not self._pending and not self._fill():
                raise ContentError(CUT_SHORT if self._taken else NOT_GZIP_TAR)
            self._chunk = self._decompress()
        self._left -= len(self._chunk)
        if self._left < 0:
            raise ContentError("The archive unpacks to more bytes than its files may come to.")
        return True

    def _fill(self) -> bool:
        self._pending = bytes(self._input[:_INPUT])
        self._input = self._input[_INPUT:]
        return bool(self._pending)

    def _skip_padding(self) -> bool:
        """Pass over the zeros that may stand after a member; False when nothing else is there."""
        while True:
            self._pending = self._pending.lstrip(b"\0")
            if self._pending:
                return True
            if not self._fill():
                return False

    def _decompress(self) -> bytes:
        try:
            chunk = self._member.decompress(self._pending, _OUTPUT)
        except zlib.error as error:
            raise ContentError(self._damage(error)) from error
        self._taken = True
        left_over = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        self._pending = left_over
        return chunk

    def _damage(self, error: zlib.error) -> str:
        if "incorrect header check" not in str(error):
            return "The archive is damaged: its compressed data or checksum is wrong."
        return NOT_GZIP_TAR if self._members == 1 else "What follows the archive is not gzip."
