"""Archives of packs: written entry by entry, right or wrong, and read as the contract reads them."""

from __future__ import annotations

import io
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from conformance.contract.contract import Provenance

LARGEST_UNPACKED = 128 * 1024 * 1024
MOST_ENTRIES = 10_000
LARGEST_FILE = 8 * 1024 * 1024
TOP_LEVEL_FILES = frozenset({"pack.yaml", "behavior.md"})
TOP_LEVEL_FOLDERS = frozenset({"guides", "scripts", "data", "templates"})

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = r"(0|[1-9][0-9]*)"
_PRE = r"(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-{_PRE}(\.{_PRE})*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?")

_GZIP = 31
"""The window that has zlib write and read the header and the end of gzip."""


class Refused(Exception):
    """The contract refuses the archive; the rule says by which promise, and `provenance` how well founded that is."""

    def __init__(self, rule: str, reason: str, provenance: Provenance = Provenance.SEED) -> None:
        super().__init__(reason)
        self.rule, self.provenance = rule, provenance


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an archive to write."""

    path: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    target: str = ""
    """Of a link."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a pack: its files, and what pack.yaml says."""

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
    """A .tar.gz of the entries in their order; its bytes depend on them alone."""
    deflater = zlib.compressobj(1, wbits=_GZIP)
    packed = [deflater.compress(block) for entry in entries for block in _blocks(entry)]
    return b"".join((*packed, deflater.compress(bytes(2 * tarfile.BLOCKSIZE)), deflater.flush()))


def _blocks(entry: Entry) -> tuple[bytes, bytes, bytes]:
    """Header, content and padding of one entry."""
    info = tarfile.TarInfo(entry.path)
    info.type, info.linkname = entry.kind, entry.target
    content = entry.content if entry.kind == tarfile.REGTYPE else b""
    info.size = len(content)
    info.mode = 0o755 if entry.kind == tarfile.DIRTYPE else 0o644
    return info.tobuf(tarfile.GNU_FORMAT), content, bytes(-len(content) % tarfile.BLOCKSIZE)


def write_files(files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz of regular files."""
    return write(Entry(path, content) for path, content in files.items())


@lru_cache(maxsize=2)  # one is read before it is sent and when its answer has come
def read(packed: bytes) -> Content:
    """What the archive holds; Refused where the contract refuses it."""
    files = _rooted(dict(_entries(_unpacked(packed))))
    if files.get("pack.yaml") is None:
        raise Refused("UPLOAD-PACK-YAML", "no pack.yaml at the top")
    _check_closed(files)
    content = {path: data for path, data in files.items() if data is not None}
    return Content(content, read_pack_yaml(content.get("pack.yaml", b"\xff")))


def _check_closed(files: Mapping[str, bytes | None]) -> None:
    """Raise Refused where a top-level entry is outside the closed set.

    That its names are those of folders or of files alone is assumed: a reader may go by the name.
    """
    tops = {(top, data is None or bool(rest)) for path, data in files.items() for top, _, rest in [path.partition("/")]}
    if unknown := sorted(top for top, _ in tops if top not in TOP_LEVEL_FILES | TOP_LEVEL_FOLDERS):
        raise Refused("UPLOAD-CLOSED-SET", f"{unknown[0]} is outside the closed set")
    if other := sorted(top for top, folder in tops if top in (TOP_LEVEL_FILES if folder else TOP_LEVEL_FOLDERS)):
        raise Refused("UPLOAD-CLOSED-SET", f"{other[0]} is of the other kind in the closed set", Provenance.ASSUMED)


def read_pack_yaml(data: bytes) -> Mapping[str, Any]:
    """What a pack.yaml says; Refused where it is none or breaks the grammar of a field."""
    try:
        said = yaml.load(data.decode(), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        raise Refused("UPLOAD-PACK-YAML", "pack.yaml is not YAML") from None
    if not isinstance(said, Mapping):
        raise Refused("UPLOAD-PACK-YAML", "pack.yaml is no mapping")
    for key, holds in _FIELDS.items():
        required = key in ("name", "version")
        if (key in said or required) and not holds(said.get(key)):
            raise Refused("CREATE-PACK-YAML", f"{key} of pack.yaml is not valid")
    return said


def _text(longest: int) -> Any:
    return lambda value: isinstance(value, str) and len(value) <= longest


_FIELDS: Mapping[str, Any] = {
    "name": lambda v: isinstance(v, str) and NAME.fullmatch(v) is not None,
    "version": lambda v: isinstance(v, str) and VERSION.fullmatch(v) is not None,
    "display_name": lambda v: isinstance(v, str) and v != "",
    "description": _text(4096),
    "category": _text(64),
    "capabilities": lambda v: isinstance(v, list),
    "suggested_packs": lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v),
}


def _unpacked(packed: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=_GZIP)
    try:
        # What tar adds to the files themselves is allowed for beside the limit.
        unpacked = inflater.decompress(packed, LARGEST_UNPACKED + MOST_ENTRIES * 2048)
    except zlib.error:
        raise Refused("UPLOAD-NOT-AN-ARCHIVE", "is not gzip") from None
    if inflater.unconsumed_tail:
        raise Refused("UPLOAD-LIMITS", "unpacks to too much")
    if not inflater.eof:
        raise Refused("UPLOAD-NOT-AN-ARCHIVE", "is cut short")
    return unpacked


def _entries(unpacked: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Path and content of each entry; None for a folder."""
    seen: set[str] = set()
    latest = b""
    total = count = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as tar:
            for info in tar:
                count += 1
                total += info.size
                if count > MOST_ENTRIES or total > LARGEST_UNPACKED or info.size > LARGEST_FILE:
                    raise Refused("UPLOAD-LIMITS", "is past a limit")
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
    """The content of a file; cut out of the whole where it stands there as it is, which is nearly always.

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
    """Without the one folder that may stand around the whole pack."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and "pack.yaml" not in files:
        (top,) = tops
        if f"{top}/pack.yaml" in files:
            return {p.removeprefix(f"{top}/"): data for p, data in files.items() if p != top}
    return files
