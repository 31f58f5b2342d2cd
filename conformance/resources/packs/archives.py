"""Archives of packs: written entry by entry, right or broken in one way, and read as the contract reads them."""

from __future__ import annotations

import gzip
import io
import math
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from conformance.contract.contract import ArchiveSpec, Contract, Provenance
from conformance.contract.schemas import get_schemas
from conformance.oracle.bodies import has_nul, is_read_otherwise

MANIFEST = "pack.yaml"
_LARGEST_NUMBER = 2**63


class ArchiveRefused(Exception):
    """The contract refuses the archive; the rule says by which promise, and `provenance` how well founded that is."""

    def __init__(self, rule: str, reason: str, provenance: Provenance = Provenance.SEED) -> None:
        super().__init__(reason)
        self.rule, self.provenance = rule, provenance


def read_manifest(data: bytes, contract: Contract) -> Mapping[str, Any]:
    """Return what a pack.yaml says; Refused where it is none or does not fit the contract's schema of it."""
    try:
        said = yaml.load(data.decode(), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        raise ArchiveRefused("UPLOAD-PACK-YAML", f"{MANIFEST} is not YAML") from None
    if not isinstance(said, Mapping):
        raise ArchiveRefused("UPLOAD-PACK-YAML", f"{MANIFEST} is no mapping")
    if complaints := get_schemas(contract).find_complaints(contract.archive.manifest, _list_known(said, contract)):
        raise ArchiveRefused("CREATE-PACK-YAML", f"{MANIFEST}: {complaints[0]}")
    return said


def may_be_refused(said: Mapping[str, Any], contract: Contract) -> bool:
    """Return whether a pack.yaml that fits may be refused: for U+0000, or since right readers disagree on a text."""
    known = _list_known(said, contract)
    return has_nul(known) or is_read_otherwise(get_schemas(contract), contract.archive.manifest, known)


def _list_known(said: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    """Return what the contract says something of."""
    return {key: _as_json(said[key]) for key in contract.archive.manifest.get("properties", {}) if key in said}


def _as_json(value: Any, levels: int = 2) -> Any:
    """Return the value as JSON has it, for a schema to judge.

    What JSON has no value for is an empty object, and so is what lies deeper: aliases make little YAML endless.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) < _LARGEST_NUMBER else 0
    if isinstance(value, list) and levels:
        return [_as_json(each, levels - 1) for each in value]
    if isinstance(value, Mapping) and levels:
        return {str(key): _as_json(each, levels - 1) for key, each in value.items()}
    return {}


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
    packed = [deflater.compress(block) for entry in entries for block in _split_entry(entry)]
    return b"".join((*packed, deflater.compress(bytes(2 * tarfile.BLOCKSIZE)), deflater.flush()))


def list_folders(paths: Iterable[str]) -> list[str]:
    """Return every folder on the way to a file, the outer ones first."""
    found = (path[:place] for path in paths for place, letter in enumerate(path) if letter == "/")
    return sorted(set(found) - {"", "."})


def _split_entry(entry: Entry) -> tuple[bytes, bytes, bytes]:
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
    files = _strip_root(dict(_read_entries(_unpack(packed, limits), limits)))
    if files.get(MANIFEST) is None:
        raise ArchiveRefused("UPLOAD-PACK-YAML", f"no {MANIFEST} at the top")
    _check_closed(files, limits)
    content = {path: data for path, data in files.items() if data is not None}
    return Content(content, read_manifest(content.get(MANIFEST, b"\xff"), contract))


def _check_closed(files: Mapping[str, bytes | None], limits: ArchiveSpec) -> None:
    """Raise Refused where a top-level entry is outside the closed set.

    That its names are those of folders or of files alone is assumed: a reader may go by the name.
    """
    tops = {(top, data is None or bool(rest)) for path, data in files.items() for top, _, rest in [path.partition("/")]}
    if unknown := sorted(top for top, _ in tops if top not in limits.files | limits.folders):
        raise ArchiveRefused("UPLOAD-CLOSED-SET", f"{unknown[0]} is outside the closed set")
    if other := sorted(top for top, folder in tops if top in (limits.files if folder else limits.folders)):
        raise ArchiveRefused(
            "UPLOAD-CLOSED-SET", f"{other[0]} is of the other kind in the closed set", Provenance.ASSUMED
        )


def _unpack(packed: bytes, limits: ArchiveSpec) -> bytes:
    inflater = zlib.decompressobj(wbits=_GZIP)
    try:
        # What tar adds to the files themselves is allowed for beside the limit.
        room = limits.max_entries * (_ROOM_OF_ENTRY + limits.max_path)
        unpacked = inflater.decompress(packed, limits.max_unpacked + room)
    except zlib.error:
        raise ArchiveRefused("UPLOAD-NOT-AN-ARCHIVE", "is not gzip") from None
    if inflater.unconsumed_tail:
        raise ArchiveRefused("UPLOAD-LIMITS", "unpacks to too much")
    if not inflater.eof:
        raise ArchiveRefused("UPLOAD-NOT-AN-ARCHIVE", "is cut short")
    return unpacked


def _read_entries(unpacked: bytes, limits: ArchiveSpec) -> Iterator[tuple[str, bytes | None]]:
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
                    raise ArchiveRefused("UPLOAD-LIMITS", "is past a limit")
                if len(info.name) > limits.max_path:
                    raise ArchiveRefused("UPLOAD-LIMITS", "has a path past the limit")
                path = _read_path(info)
                if path in seen:
                    raise ArchiveRefused("UPLOAD-ENTRY-REFUSED", f"{path} is there twice")
                seen.add(path)
                if info.isreg():
                    latest = _read_content(tar, info, unpacked, latest)
                if path:
                    yield path, latest if info.isreg() else None
    except (tarfile.TarError, OSError, ValueError):
        raise ArchiveRefused("UPLOAD-NOT-AN-ARCHIVE", "is not a tar") from None


def _read_content(tar: tarfile.TarFile, info: tarfile.TarInfo, unpacked: bytes, latest: bytes) -> bytes:
    """Return the content of a file; cut out of the whole where it stands there as it is, which is nearly always.

    What is the same as the latest is that: an archive at a limit has a hundred megabytes of zeros.
    """
    if info.issparse():
        stored = tar.extractfile(info)
        return stored.read() if stored else b""
    if info.size == len(latest) and unpacked.startswith(latest, info.offset_data):
        return latest
    return unpacked[info.offset_data : info.offset_data + info.size]


def _read_path(info: tarfile.TarInfo) -> str:
    if not (info.isreg() or info.isdir()):
        raise ArchiveRefused("UPLOAD-ENTRY-REFUSED", f"{info.name} is neither a file nor a folder")
    parts = [part for part in info.name.split("/") if part not in ("", ".")]
    if info.name.startswith("/") or ".." in parts:
        raise ArchiveRefused("UPLOAD-ENTRY-REFUSED", f"{info.name} leads out of the pack")
    return "/".join(parts)


def _strip_root(files: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Return the files without the one folder that may stand around the whole pack."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and MANIFEST not in files:
        (top,) = tops
        if f"{top}/{MANIFEST}" in files:
            return {p.removeprefix(f"{top}/"): data for p, data in files.items() if p != top}
    return files


Spoil = Callable[[dict[str, bytes], ArchiveSpec], bytes]
"""The function that spoils the files of a pack, with what the contract says of archives."""


def pack_with(files: dict[str, bytes], *more: Entry) -> bytes:
    """Return a .tar.gz of the files and more entries after them."""
    return write([*(Entry(path, content) for path, content in files.items()), *more])


def pack_many(files: dict[str, bytes], count: int) -> bytes:
    """Return the files and as many empty ones as make up the count."""
    return pack_with(files, *(Entry(f"data/{number:05}") for number in range(count - len(files))))


def pack_to_size(files: dict[str, bytes], total: int, max_file: int) -> bytes:
    """Return the files and as many bytes more, none of them in a file past its own limit, as make up the total."""
    zeros = bytes(max_file)
    full, rest = divmod(total - sum(map(len, files.values())), max_file)
    largest = (Entry(f"data/zeros-{number}.bin", zeros) for number in range(full))
    return pack_with(files, *largest, Entry("data/rest.bin", bytes(rest)))


_FOLDER = 100
"""Characters of the name of a folder on the way to a file of a long path."""


def _cut(files: dict[str, bytes], _limits: ArchiveSpec) -> bytes:
    packed = write_files(files)
    return packed[: len(packed) // 2]


NO_ARCHIVE: Mapping[str, Spoil] = {
    "empty": lambda *_: b"",
    "text": lambda *_: b"this is no archive",
    "gzip-of-text": lambda *_: gzip.compress(b"this is no archive " * 99, mtime=0),
    "tar-without-gzip": lambda files, _: gzip.decompress(write_files(files)),
    "zip": lambda *_: b"PK\x03\x04" + bytes(60),
    "cut-short": _cut,
    "checksum-spoilt": lambda files, _: write_files(files)[:-8] + bytes(8),
}
ENTRIES: Mapping[str, Spoil] = {
    "absolute": lambda files, _: pack_with(files, Entry("/data/x", b"x")),
    "parent": lambda files, _: pack_with(files, Entry("data/../../x", b"x")),
    "parent-inside": lambda files, _: pack_with(files, Entry("data/../data/x", b"x")),
    "symlink": lambda files, _: pack_with(files, Entry("data/x", kind=tarfile.SYMTYPE, target="pack.yaml")),
    "hard-link": lambda files, _: pack_with(files, Entry("data/x", kind=tarfile.LNKTYPE, target="pack.yaml")),
    "character-device": lambda files, _: pack_with(files, Entry("data/x", kind=tarfile.CHRTYPE)),
    "block-device": lambda files, _: pack_with(files, Entry("data/x", kind=tarfile.BLKTYPE)),
    "pipe": lambda files, _: pack_with(files, Entry("data/x", kind=tarfile.FIFOTYPE)),
    "twice": lambda files, _: pack_with(files, Entry("behavior.md", b"again")),
    "twice-by-prefix": lambda files, _: pack_with(files, Entry("./behavior.md", b"again")),
}
TOP_LEVEL: Mapping[str, Spoil] = {
    "file": lambda files, _: pack_with(files, Entry("README.md", b"x")),
    "folder": lambda files, _: pack_with(files, Entry("docs/x.md", b"x")),
    "folder-alone": lambda files, _: pack_with(files, Entry("docs", kind=tarfile.DIRTYPE)),
    "hidden": lambda files, _: pack_with(files, Entry(".git/config", b"x")),
    "folder-of-a-files-name": lambda files, _: pack_with(
        {k: v for k, v in files.items() if k != "behavior.md"}, Entry("behavior.md/x", b"x")
    ),
    "file-of-a-folders-name": lambda files, _: pack_with(files, Entry("guides", b"x")),
    "other-case": lambda files, _: pack_with(files, Entry("Data/x", b"x")),
}
NO_YAML: Mapping[str, Spoil] = {
    "no-pack-yaml": lambda files, _: pack_with({k: v for k, v in files.items() if k != "pack.yaml"}),
    "pack-yml": lambda files, _: pack_with({("pack.yml" if k == "pack.yaml" else k): v for k, v in files.items()}),
    "pack-yaml-below": lambda files, _: pack_with(
        {("data/pack.yaml" if k == "pack.yaml" else k): v for k, v in files.items()}
    ),
    "two-folders-around": lambda files, _: pack_with({f"pack-1.2.3/pack/{k}": v for k, v in files.items()}),
    "empty": lambda files, _: pack_with({**files, "pack.yaml": b""}),
    "no-yaml": lambda files, _: pack_with({**files, "pack.yaml": b"name: [unclosed"}),
    "not-utf-8": lambda files, _: pack_with({**files, "pack.yaml": b"name: \xff\xfe\n"}),
    "list": lambda files, _: pack_with({**files, "pack.yaml": b"- name: x\n"}),
    "text": lambda files, _: pack_with({**files, "pack.yaml": b"just text\n"}),
}


def _pack_long_path(files: dict[str, bytes], length: int) -> bytes:
    """Return the files, and one whose path has so many characters, in folders of names that any disk takes."""
    folder = "f" * _FOLDER + "/"
    path = "data/" + folder * (length // len(folder) + 1)
    return pack_with(files, Entry(f"{path[: length - 1]}x", b"x"))


LIMITS: Mapping[str, Spoil] = {
    "file": lambda files, limits: pack_with(files, Entry("data/large.bin", bytes(limits.max_file + 1))),
    "entries": lambda files, limits: pack_many(files, limits.max_entries + 1),
    "unpacked": lambda files, limits: pack_to_size(files, limits.max_unpacked + 1, limits.max_file),
    "path": lambda files, limits: _pack_long_path(files, limits.max_path + 1),
}
WITHIN: Mapping[str, Spoil] = {
    "file": lambda files, limits: pack_with(files, Entry("data/large.bin", bytes(limits.max_file))),
    "entries": lambda files, limits: pack_many(files, limits.max_entries),
    "unpacked": lambda files, limits: pack_to_size(files, limits.max_unpacked, limits.max_file),
    "path": lambda files, limits: _pack_long_path(files, limits.max_path),
}
"""Archives of exactly what the limits allow: not broken at all."""
REASONS: Mapping[str, Spoil] = {
    "not an archive": NO_ARCHIVE["text"],
    "an absolute path": ENTRIES["absolute"],
    "a parent": ENTRIES["parent"],
    "a link": ENTRIES["symlink"],
    "a device": ENTRIES["character-device"],
    "an entry twice": ENTRIES["twice"],
    "another top-level entry": TOP_LEVEL["file"],
    "no pack.yaml": NO_YAML["no-pack-yaml"],
    "pack.yaml that is no YAML": NO_YAML["no-yaml"],
    "a file past the limit": LIMITS["file"],
}
