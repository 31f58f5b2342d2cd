"""Archives that the contract refuses, each broken in one way, from the files of a pack that it takes."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable, Mapping

from conformance.contract.contract import ArchiveSpec
from conformance.resources.packs.archives import archive
from conformance.resources.packs.archives.archive import Entry

Spoil = Callable[[dict[str, bytes], ArchiveSpec], bytes]
"""The function that spoils the files of a pack, with what the contract says of archives."""


def packed_with(files: dict[str, bytes], *more: Entry) -> bytes:
    """Return a .tar.gz of the files and more entries after them."""
    return archive.write([*(Entry(path, content) for path, content in files.items()), *more])


def many_entries(files: dict[str, bytes], count: int) -> bytes:
    """Return the files and as many empty ones as make up the count."""
    return packed_with(files, *(Entry(f"data/{number:05}") for number in range(count - len(files))))


def unpacks_to(files: dict[str, bytes], total: int, max_file: int) -> bytes:
    """Return the files and as many bytes more, none of them in a file past its own limit, as make up the total."""
    zeros = bytes(max_file)
    full, rest = divmod(total - sum(map(len, files.values())), max_file)
    largest = (Entry(f"data/zeros-{number}.bin", zeros) for number in range(full))
    return packed_with(files, *largest, Entry("data/rest.bin", bytes(rest)))


_FOLDER = 100
"""Characters of the name of a folder on the way to a file of a long path."""


def _cut(files: dict[str, bytes], _limits: ArchiveSpec) -> bytes:
    packed = archive.write_files(files)
    return packed[: len(packed) // 2]


NO_ARCHIVE: Mapping[str, Spoil] = {
    "empty": lambda *_: b"",
    "text": lambda *_: b"this is no archive",
    "gzip-of-text": lambda *_: gzip.compress(b"this is no archive " * 99, mtime=0),
    "tar-without-gzip": lambda files, _: gzip.decompress(archive.write_files(files)),
    "zip": lambda *_: b"PK\x03\x04" + bytes(60),
    "cut-short": _cut,
    "checksum-spoilt": lambda files, _: archive.write_files(files)[:-8] + bytes(8),
}
ENTRIES: Mapping[str, Spoil] = {
    "absolute": lambda files, _: packed_with(files, Entry("/data/x", b"x")),
    "parent": lambda files, _: packed_with(files, Entry("data/../../x", b"x")),
    "parent-inside": lambda files, _: packed_with(files, Entry("data/../data/x", b"x")),
    "symlink": lambda files, _: packed_with(files, Entry("data/x", kind=tarfile.SYMTYPE, target="pack.yaml")),
    "hard-link": lambda files, _: packed_with(files, Entry("data/x", kind=tarfile.LNKTYPE, target="pack.yaml")),
    "character-device": lambda files, _: packed_with(files, Entry("data/x", kind=tarfile.CHRTYPE)),
    "block-device": lambda files, _: packed_with(files, Entry("data/x", kind=tarfile.BLKTYPE)),
    "pipe": lambda files, _: packed_with(files, Entry("data/x", kind=tarfile.FIFOTYPE)),
    "twice": lambda files, _: packed_with(files, Entry("behavior.md", b"again")),
    "twice-by-prefix": lambda files, _: packed_with(files, Entry("./behavior.md", b"again")),
}
TOP_LEVEL: Mapping[str, Spoil] = {
    "file": lambda files, _: packed_with(files, Entry("README.md", b"x")),
    "folder": lambda files, _: packed_with(files, Entry("docs/x.md", b"x")),
    "folder-alone": lambda files, _: packed_with(files, Entry("docs", kind=tarfile.DIRTYPE)),
    "hidden": lambda files, _: packed_with(files, Entry(".git/config", b"x")),
    "folder-of-a-files-name": lambda files, _: packed_with(
        {k: v for k, v in files.items() if k != "behavior.md"}, Entry("behavior.md/x", b"x")
    ),
    "file-of-a-folders-name": lambda files, _: packed_with(files, Entry("guides", b"x")),
    "other-case": lambda files, _: packed_with(files, Entry("Data/x", b"x")),
}
NO_YAML: Mapping[str, Spoil] = {
    "no-pack-yaml": lambda files, _: packed_with({k: v for k, v in files.items() if k != "pack.yaml"}),
    "pack-yml": lambda files, _: packed_with({("pack.yml" if k == "pack.yaml" else k): v for k, v in files.items()}),
    "pack-yaml-below": lambda files, _: packed_with(
        {("data/pack.yaml" if k == "pack.yaml" else k): v for k, v in files.items()}
    ),
    "two-folders-around": lambda files, _: packed_with({f"pack-1.2.3/pack/{k}": v for k, v in files.items()}),
    "empty": lambda files, _: packed_with({**files, "pack.yaml": b""}),
    "no-yaml": lambda files, _: packed_with({**files, "pack.yaml": b"name: [unclosed"}),
    "not-utf-8": lambda files, _: packed_with({**files, "pack.yaml": b"name: \xff\xfe\n"}),
    "list": lambda files, _: packed_with({**files, "pack.yaml": b"- name: x\n"}),
    "text": lambda files, _: packed_with({**files, "pack.yaml": b"just text\n"}),
}


def _of_path(files: dict[str, bytes], length: int) -> bytes:
    """Return the files, and one whose path has so many characters, in folders of names that any disk takes."""
    folder = "f" * _FOLDER + "/"
    path = "data/" + folder * (length // len(folder) + 1)
    return packed_with(files, Entry(f"{path[: length - 1]}x", b"x"))


LIMITS: Mapping[str, Spoil] = {
    "file": lambda files, limits: packed_with(files, Entry("data/large.bin", bytes(limits.max_file + 1))),
    "entries": lambda files, limits: many_entries(files, limits.max_entries + 1),
    "unpacked": lambda files, limits: unpacks_to(files, limits.max_unpacked + 1, limits.max_file),
    "path": lambda files, limits: _of_path(files, limits.max_path + 1),
}
WITHIN: Mapping[str, Spoil] = {
    "file": lambda files, limits: packed_with(files, Entry("data/large.bin", bytes(limits.max_file))),
    "entries": lambda files, limits: many_entries(files, limits.max_entries),
    "unpacked": lambda files, limits: unpacks_to(files, limits.max_unpacked, limits.max_file),
    "path": lambda files, limits: _of_path(files, limits.max_path),
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
