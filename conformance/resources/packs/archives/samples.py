"""Archives that are small on the wire and large when unpacked."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Iterator, Mapping

from conformance.resources.packs.archives.archive import LARGEST_FILE

_SUM = slice(148, 154)
"""Where a header has the sum of its bytes, in octal digits."""
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def many_entries(files: Mapping[str, bytes], count: int) -> bytes:
    """The files and as many empty ones as make up the count."""
    plain = [_entry(path, content) for path, content in files.items()]
    return _gzip([b"".join((*plain, *_empty_files(count - len(plain)))), bytes(1024)])


def unpacks_to(files: Mapping[str, bytes], total: int) -> bytes:
    """The files and as many bytes more, none of them in a file past its own limit, as make up the total."""
    zeros = bytes(LARGEST_FILE)
    pieces = [b"".join(_entry(path, content) for path, content in files.items())]
    full, rest = divmod(total - sum(map(len, files.values())), LARGEST_FILE)
    for number in range(full):
        pieces += [_header(f"data/zeros-{number}.bin", LARGEST_FILE), zeros]
    return _gzip([*pieces, _entry("data/rest.bin", bytes(rest)), bytes(1024)])


def _empty_files(count: int) -> Iterator[bytes]:
    """Entries that differ in nothing but their name, and so in the sum of their bytes."""
    first = b"data/00000"
    header = _header(first.decode(), 0)
    rest = int(header[_SUM], 8) - sum(first)
    before, after = header[len(first) : _SUM.start], header[_SUM.stop :]
    for number in range(count):
        name = b"data/%05d" % number
        yield b"%b%b%06o%b" % (name, before, rest + sum(name), after)


def _entry(path: str, content: bytes) -> bytes:
    padding = bytes(-len(content) % tarfile.BLOCKSIZE)
    return _header(path, len(content)) + content + padding


def _header(path: str, size: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)


def _gzip(pieces: list[bytes]) -> bytes:
    """One gzip member of all pieces.

    A piece that is there several times is compressed once: after a full flush its compressed form does not
    depend on what stands before it.
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
