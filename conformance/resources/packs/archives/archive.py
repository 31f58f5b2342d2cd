"""Archives of packs: written entry by entry, right or wrong, and read as the contract reads them."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance.contract.contract import ArchiveSpec, Contract, Provenance
from conformance.resources.packs.archives.manifest import MANIFEST, Refused, read_manifest

_GZIP = 31
"""The window that has zlib write and read the header and the end of gzip."""
_ROOM_OF_ENTRY = 2048
"""The bytes that tar adds to content and path of an entry, at most: its headers and their padding."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an archive to write."""

    path: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    target: str = ""
    """The target of a link."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a pack: its files, and what pack.yaml says."""

    files: Mapping[str, bytes]
    pack_yaml: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The slug, from pack.yaml."""
        return str(self.pack_yaml["name"])

    @property
    def version(self) -> str:
        """The version, from pack.yaml."""
        return str(self.pack_yaml["version"])


def write(entries: Iterable[Entry]) -> bytes:
    """Return a .tar.gz of the entries in their order; its bytes depend on them alone."""
    deflater = zlib.compressobj(1, wbits=_GZIP)
    packed = [deflater.compress(block) for entry in entries for block in _blocks(entry)]
    return b"".join((*packed, deflater.compress(bytes(2 * tarfile.BLOCKSIZE)), deflater.flush()))


def list_folders(paths: Iterable[str]) -> list[str]:
    """Return every folder on the way to a file, the outer ones first."""
    found = (path[:place] for path in paths for place, letter in enumerate(path) if letter == "/")
    return sorted(set(found) - {"", "."})


def _blocks(entry: Entry) -> tuple[bytes, bytes, bytes]:
    """Return header, content and padding of one entry."""
    info = tarfile.TarInfo(entry.path)
    info.type, info.linkname = entry.kind, entry.target
    content = entry.content if entry.kind == tarfile.REGTYPE else b""
    info.size = len(content)
    info.mode = 0o755 if entry.kind == tarfile.DIRTYPE else 0o644
    return info.tobuf(tarfile.GNU_FORMAT), content, bytes(-len(content) % tarfile.BLOCKSIZE)


def write_files(files: Mapping[str, bytes]) -> bytes:
    """Return a .tar.gz of regular files."""
    return write(Entry(path, content) for path, content in files.items())


@lru_cache(maxsize=2)  # one is read before it is sent and when its answer has come
def read(packed: bytes, contract: Contract) -> Content:
    """Return what the archive holds; Refused where the contract refuses it."""
    limits = contract.archive
    files = _rooted(dict(_entries(_unpacked(packed, limits), limits)))
    if files.get(MANIFEST) is None:
        raise Refused("UPLOAD-PACK-YAML", f"no {MANIFEST} at the top")
    _check_closed(files, limits)
    content = {path: data for path, data in files.items() if data is not None}
    return Content(content, read_manifest(content.get(MANIFEST, b"\xff"), contract))


def _check_closed(files: Mapping[str, bytes | None], limits: ArchiveSpec) -> None:
    """Raise Refused where a top-level entry is outside the closed set.

    That its names are those of folders or of files alone is assumed: a reader may go by the name.
    """
    tops = {(top, data is None or bool(rest)) for path, data in files.items() for top, _, rest in [path.partition("/")]}
    if unknown := sorted(top for top, _ in tops if top not in limits.files | limits.folders):
        raise Refused("UPLOAD-CLOSED-SET", f"{unknown[0]} is outside the closed set")
    if other := sorted(top for top, folder in tops if top in (limits.files if folder else limits.folders)):
        raise Refused("UPLOAD-CLOSED-SET", f"{other[0]} is of the other kind in the closed set", Provenance.ASSUMED)


def _unpacked(packed: bytes, limits: ArchiveSpec) -> bytes:
    inflater = zlib.decompressobj(wbits=_GZIP)
    try:
        # What tar adds to the files themselves is allowed for beside the limit.
        room = limits.max_entries * (_ROOM_OF_ENTRY + limits.max_path)
        unpacked = inflater.decompress(packed, limits.max_unpacked + room)
    except zlib.error:
        raise Refused("UPLOAD-NOT-AN-ARCHIVE", "is not gzip") from None
    if inflater.unconsumed_tail:
        raise Refused("UPLOAD-LIMITS", "unpacks to too much")
    if not inflater.eof:
        raise Refused("UPLOAD-NOT-AN-ARCHIVE", "is cut short")
    return unpacked


def _entries(unpacked: bytes, limits: ArchiveSpec) -> Iterator[tuple[str, bytes | None]]:
    """Yield path and content of each entry; None for a folder."""
    seen: set[str] = set()
    latest = b""
    total = count = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as tar:
            for info in tar:
                count += 1
                total += info.size
                if count > limits.max_entries or total > limits.max_unpacked or info.size > limits.max_file:
                    raise Refused("UPLOAD-LIMITS", "is past a limit")
                if len(info.name) > limits.max_path:
                    raise Refused("UPLOAD-LIMITS", "has a path past the limit")
                path = _path(info)
                if path in seen:
                    raise Refused("UPLOAD-ENTRY-REFUSED", f"{path} is there twice")
                seen.add(path)
                if info.isreg():
                    latest = _stored(tar, info, unpacked, latest)
                if path:
                    yield path, latest if info.isreg() else None
    except (tarfile.TarError, OSError, ValueError):
        raise Refused("UPLOAD-NOT-AN-ARCHIVE", "is not a tar") from None


def _stored(tar: tarfile.TarFile, info: tarfile.TarInfo, unpacked: bytes, latest: bytes) -> bytes:
    """Return the content of a file; cut out of the whole where it stands there as it is, which is nearly always.

    What is the same as the latest is that: an archive at a limit has a hundred megabytes of zeros.
    """
    if info.issparse():
        stored = tar.extractfile(info)
        return stored.read() if stored else b""
    if info.size == len(latest) and unpacked.startswith(latest, info.offset_data):
        return latest
    return unpacked[info.offset_data : info.offset_data + info.size]


def _path(info: tarfile.TarInfo) -> str:
    if not (info.isreg() or info.isdir()):
        raise Refused("UPLOAD-ENTRY-REFUSED", f"{info.name} is neither a file nor a folder")
    parts = [part for part in info.name.split("/") if part not in ("", ".")]
    if info.name.startswith("/") or ".." in parts:
        raise Refused("UPLOAD-ENTRY-REFUSED", f"{info.name} leads out of the pack")
    return "/".join(parts)


def _rooted(files: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Return the files without the one folder that may stand around the whole pack."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and MANIFEST not in files:
        (top,) = tops
        if f"{top}/{MANIFEST}" in files:
            return {p.removeprefix(f"{top}/"): data for p, data in files.items() if p != top}
    return files
