"""A .tar.gz of a pack, taken apart within limits."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from typing import IO

from examples.second_server.limits import MIB, Limits

_HEADERS = 32 * MIB
"""What tar's own headers and padding may come to beside the files."""
FILES = frozenset({"pack.yaml", "behavior.md"})
FOLDERS = frozenset({"guides", "scripts", "data", "templates"})


class Unpackable(Exception):
    """The archive is refused; the text says why."""


def unpack(packed: IO[bytes], limits: Limits) -> dict[str, bytes]:
    """The files by their paths in the pack; Unpackable where the contract refuses the archive."""
    with tempfile.TemporaryFile() as tar:
        _inflate(packed, tar, limits.unpacked)
        tar.seek(0)
        entries = dict(_entries(tar, limits))
    return _closed(_unwrapped(entries))


def _inflate(packed: IO[bytes], tar: IO[bytes], most: int) -> None:
    written = 0
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as stream:
            while piece := stream.read(MIB):
                written += len(piece)
                if written > most + _HEADERS:
                    raise Unpackable(f"unpacks to more than {most // MIB} MiB")
                tar.write(piece)
    except EOFError:
        raise Unpackable("is cut short") from None
    except (OSError, zlib.error):
        raise Unpackable("is not compressed with gzip") from None
    if not written:
        raise Unpackable("is empty")


def _entries(tar: IO[bytes], limits: Limits) -> Iterator[tuple[str, bytes | None]]:
    """Path and content of each entry once; None for a folder."""
    seen: set[str] = set()
    unpacked = 0
    try:
        with tarfile.open(fileobj=tar, mode="r:") as archive:
            for info in archive:
                path = _path(info, limits.path)
                if path in seen:
                    raise Unpackable(f"has the entry {path!a} twice")
                seen.add(path)
                if len(seen) > limits.entries:
                    raise Unpackable(f"has more than {limits.entries:,} entries")
                unpacked += info.size
                if info.size > limits.file:
                    raise Unpackable(f"has a file of more than {limits.file // MIB} MiB: {path!a}")
                if unpacked > limits.unpacked:
                    raise Unpackable(f"unpacks to more than {limits.unpacked // MIB} MiB")
                content = archive.extractfile(info) if info.isreg() else None
                if path:
                    yield path, content.read() if content else None
    except (tarfile.TarError, EOFError, OSError, ValueError):
        raise Unpackable("holds no tar archive, or half of one") from None


def _path(info: tarfile.TarInfo, longest: int) -> str:
    if len(info.name) > longest:
        raise Unpackable(f"has a path of more than {longest:,} characters: {info.name[:80]!a}...")
    if info.issym() or info.islnk():
        raise Unpackable(f"has a link: {info.name!a}")
    if not (info.isreg() or info.isdir()):
        raise Unpackable(f"has a device or a pipe: {info.name!a}")
    if info.name.startswith("/"):
        raise Unpackable(f"has an absolute path: {info.name!a}")
    segments = [segment for segment in info.name.split("/") if segment not in ("", ".")]
    if ".." in segments:
        raise Unpackable(f"has a path that leads upwards: {info.name!a}")
    return "/".join(segments)


def _unwrapped(entries: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Without the one folder that stands around everything, where there is one."""
    tops = {path.partition("/")[0] for path in entries}
    if len(tops) != 1 or "pack.yaml" in entries:
        return entries
    (top,) = tops
    if f"{top}/pack.yaml" not in entries:
        return entries
    return {path.removeprefix(f"{top}/"): content for path, content in entries.items() if path != top}


def _closed(entries: dict[str, bytes | None]) -> dict[str, bytes]:
    """The files, once every entry is known to be where one may be."""
    if entries.get("pack.yaml") is None:
        raise Unpackable("has no pack.yaml at its top")
    for path, content in entries.items():
        top, _, below = path.partition("/")
        is_folder = content is None or bool(below)
        if not (top in FOLDERS if is_folder else top in FILES):
            raise Unpackable(f"has an entry that no pack has: {top!a}")
    return {path: content for path, content in entries.items() if content is not None}
