"""Archives that are small on the wire and large when unpacked."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Mapping
from functools import cache

from conformance.archive import LARGEST_FILE

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def many_entries(files: Mapping[str, bytes], count: int) -> bytes:
    """The files and as many empty ones as make up the count."""
    plain = [_entry(path, content) for path, content in files.items()]
    empty = map(_empty_file, range(count - len(plain)))
    return _gzip([b"".join((*plain, *empty)), bytes(1024)])


def unpacks_to(files: Mapping[str, bytes], total: int) -> bytes:
    """The files and as many bytes more, none of them in a file past its own limit, as make up the total."""
    zeros = bytes(LARGEST_FILE)
    pieces = [b"".join(_entry(path, content) for path, content in files.items())]
    full, rest = divmod(total - sum(map(len, files.values())), LARGEST_FILE)
    for number in range(full):
        pieces += [_header(f"data/zeros-{number}.bin", LARGEST_FILE), zeros]
    return _gzip([*pieces, _entry("data/rest.bin", bytes(rest)), bytes(1024)])


@cache
def _empty_file(number: int) -> bytes:
    return _entry(f"data/{number:05}", b"")


def _entry(path: str, content: bytes) -> bytes:
    padding = bytes(-len(content) % tarfile.BLOCKSIZE)
    return _header(path, len(content)) + content + padding


def _header(path: str, size: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)


def _gzip(pieces: list[bytes]) -> bytes:
    """One gzip member. A piece that is there several times is compressed once: flushed in full, its
    compressed form stands for itself wherever it is put.
    """
    packed, known = io.BytesIO(), dict[int, bytes]()
    checksum, length = 0, 0
    for piece in pieces:
        if id(piece) not in known:
            deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
            known[id(piece)] = deflater.compress(piece) + deflater.flush(zlib.Z_FULL_FLUSH)
        packed.write(known[id(piece)])
        checksum, length = zlib.crc32(piece, checksum), length + len(piece)
    end = zlib.compressobj(1, zlib.DEFLATED, -15).flush()
    return _GZIP_HEADER + packed.getvalue() + end + struct.pack("<II", checksum, length & 0xFFFFFFFF)
