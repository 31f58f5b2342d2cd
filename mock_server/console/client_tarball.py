"""The package for front ends, as npm installs it: `npm install http://127.0.0.1:4010/_mock/client.tgz`."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

PACKAGE = Path(__file__).parent / "client_package"
"""The files of `clients/typescript` as npm packs them; `make client` makes them anew."""
_LONGEST_BLOCK = 0xFFFF


@cache
def pack_client() -> bytes:
    """Return the package as a tarball, with the same bytes on every machine: lock files hold its digest."""
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(PACKAGE.rglob("*.*")):
            content = path.read_bytes()
            entry = tarfile.TarInfo(f"package/{path.relative_to(PACKAGE).as_posix()}")
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
    return _wrap_in_gzip(archive.getvalue())


def _wrap_in_gzip(content: bytes) -> bytes:
    """Return the content in the format of gzip, not compressed: what compresses differs between releases of zlib."""
    trailer = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"".join(_store_blocks(content)) + trailer


def _store_blocks(content: bytes) -> Iterator[bytes]:
    """The content in blocks of RFC 1951 that are stored as they are, the last one marked."""
    for start in range(0, len(content), _LONGEST_BLOCK):
        block = content[start : start + _LONGEST_BLOCK]
        is_last = start + _LONGEST_BLOCK >= len(content)
        length = len(block)
        yield bytes([is_last]) + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + block
