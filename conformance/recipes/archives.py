"""Archives that are small on the wire and large when unpacked."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Mapping

from conformance.archive import LARGEST_FILE, LARGEST_UNPACKED

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def many_entries(files: Mapping[str, bytes], count: int) -> bytes:
    """The files and as many empty ones as make up the count."""
    plain = [_entry(path, content) for path, content in files.items()]
    empty = [_entry(f"data/{n:05}", b"") for n in range(count - len(plain))]
    return _gzip([b"".join((*plain, *empty)), bytes(1024)])


def unpacks_to_too_much(files: Mapping[str, bytes]) -> bytes:
    """The files and as many of the largest size as pass the limit together, each within its own."""
    plain = b"".join(_entry(path, content) for path, content in files.items())
    zeros = bytes(LARGEST_FILE)
    pieces = [plain]
    for number in range(LARGEST_UNPACKED // LARGEST_FILE):
        pieces += [_header(f"data/zeros-{number}.bin", LARGEST_FILE), zeros]
    return _gzip([*pieces, bytes(1024)])


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
