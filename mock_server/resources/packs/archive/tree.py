"""Turn the bytes of an archive into the files of a pack, with every refusal on the way.

Read as a stream: each limit is checked before what would pass it is kept, and nothing is written to
disk. What is refused stands in openapi.yaml, in the rules of the clause upload.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from mock_server.contract.keywords import ArchiveLimits
from mock_server.resources.packs.archive.gunzip import Gunzip, is_longer
from mock_server.resources.packs.archive.tar_reader import (
    FILE,
    FOLDER,
    Header,
    read_content,
    read_headers,
    skip_content,
)
from mock_server.resources.packs.images import Image, build
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError
from mock_server.state.blobs import Blob, make_blob

MOST_KEPT = 8 * 1024 * 1024
"""The bytes of content that are kept of an archive of which it is not known yet whether it is a pack."""

_SMALL = 4096
_LITTLE = 12 * 1024
"""Bytes of an archive, and those that it unpacks to, of which an image is made within a millisecond or few."""
_ROOM_OF_ENTRY = 2048
"""The bytes that tar adds to the content and the path of an entry: its headers and their padding."""

_REFUSED_KINDS = {
    b"1": "is a hard link",
    b"2": "is a symbolic link",
    b"3": "is a device",
    b"4": "is a device",
    b"6": "is a named pipe",
}

# What separates folders on Windows, and what looks like a slash: some of it becomes one where names are translated.
_SLASHES = dict.fromkeys(map(ord, "\\\u2044\u2215\u2216\u29f5\u29f8\u29f9"), "/")
_UNREAD = make_blob(b"")


@dataclass(frozen=True, slots=True)
class Tree:
    """The content of an archive: the files by path, and the paths of all folders."""

    files: Mapping[str, Blob]
    folders: frozenset[str]
    whole: bool = True  # else the contents of some files were passed over


def make_image(archive: bytes, limits: ArchiveLimits) -> Image:
    """Make an image of an archive; ContentError where it is none.

    A large one is read again: until it is known to be a pack, no more of it is kept than MOST_KEPT.
    """
    tree = unpack(archive, limits, MOST_KEPT)
    files = pack_files(tree, limits)
    if not tree.whole:
        manifest = f"{_find_wrapper(tree, limits)}{MANIFEST}"
        alone = unpack(archive, limits, 0, also=manifest)
        # Raises where it is none, before the rest is kept.
        build({MANIFEST: alone.files[manifest]} if manifest in alone.files else {}, limits.manifest)
        files = pack_files(unpack(archive, limits), limits)
    return build(files, limits.manifest)


async def read_image(archive: bytes, limits: ArchiveLimits) -> Image:
    """Make an image of an archive, in a thread unless it holds little; ContentError where it is none."""
    if len(archive) <= _SMALL and not is_longer(archive, _LITTLE):
        return make_image(archive, limits)
    return await asyncio.to_thread(make_image, archive, limits)


def unpack(archive: bytes, limits: ArchiveLimits, most_kept: int | None = None, *, also: str | None = None) -> Tree:
    """Return what the archive holds; ContentError when it is damaged, unsafe or too large.

    Contents past `most_kept` bytes are looked through and not kept, but for the file `also`.
    """
    # The files at their largest, and of each entry its headers and its path.
    stream = Gunzip(archive, limits.max_unpacked + limits.max_entries * (_ROOM_OF_ENTRY + limits.max_path))
    most_kept = limits.max_unpacked if most_kept is None else most_kept
    files: dict[str, Blob] = {}
    folders: set[str] = set()
    known: dict[str, str] = {}
    size = kept = 0
    for count, header in enumerate(read_headers(stream), start=1):
        path = _check_path(header, limits)
        size += header.size
        if count > limits.max_entries:
            raise ContentError(f"The archive has more than {limits.max_entries:,} entries.")
        if size > limits.max_unpacked:
            raise ContentError(f"The files come to more than {limits.max_unpacked:,} bytes.")
        _check_new(path, known)
        if header.kind == FOLDER:
            folders.add(path)
            continue
        if size <= most_kept or path == also:
            files[path] = make_blob(read_content(stream, header.size))
            kept += header.size
        else:
            files[path] = _UNREAD
            skip_content(stream, header.size)
    folders.discard("")
    return Tree(files, _find_folders(files, folders), whole=kept == size)


def pack_files(tree: Tree, limits: ArchiveLimits) -> Mapping[str, Blob]:
    """Return a pack's files by their paths in it; ContentError for a top-level entry that a pack cannot have."""
    wrapper = _find_wrapper(tree, limits)
    for path in sorted((*tree.files, *tree.folders)):
        inner = path.removeprefix(wrapper)
        top, _, below = inner.partition("/")
        allowed = limits.files if path in tree.files and not below else limits.folders
        if f"{path}/" != wrapper and top not in allowed:
            raise ContentError(
                f"{_show_path(inner)} is not an entry of a pack: at the top there may be {_name_tops(limits)}."
            )
    return {path.removeprefix(wrapper): file for path, file in tree.files.items()}


def _name_tops(limits: ArchiveLimits) -> str:
    return ", ".join((*sorted(limits.files), *(f"{each}/" for each in sorted(limits.folders))))


def _check_path(header: Header, limits: ArchiveLimits) -> str:
    """Return the entry's path without `.` and empty segments; "" for the root."""
    path, shown = header.path, _show_path(header.path)
    if len(path) > limits.max_path:
        raise ContentError(f"The entry {shown} has a path of more than {limits.max_path:,} characters.")
    if "\0" in path:
        raise ContentError(f"The entry {shown} has a NUL in its path.")
    if path.startswith("/"):
        raise ContentError(f"The entry {shown} has an absolute path.")
    if _leads_out(path):
        raise ContentError(f'The entry {shown} has a ".." in its path.')
    if header.kind not in (FILE, FOLDER):
        kind = _REFUSED_KINDS.get(header.kind, "is of a type that a pack cannot hold")
        raise ContentError(f"The entry {shown} {kind}; a pack holds files and folders only.")
    if header.size > limits.max_file:
        raise ContentError(f"The file {shown} is larger than {limits.max_file:,} bytes.")
    plain = "/".join(segment for segment in path.split("/") if segment not in ("", "."))
    if not plain and header.kind == FILE:
        raise ContentError("The archive has a file without a name.")
    return plain


def _leads_out(path: str) -> bool:
    """Whether a segment of the path is "..", however it is written.

    Compatible forms, such as a full-width dot, count as what they stand for; spaces after it do not count,
    because Windows leaves them out.
    """
    plain = path if path.isascii() else unicodedata.normalize("NFKC", path)
    return any(segment.rstrip(" ") == ".." for segment in plain.translate(_SLASHES).split("/"))


def _compose_path(path: str) -> str:
    """Return the path as a disk knows it that heeds case alone, and no Unicode normalisation."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def _check_new(path: str, known: dict[str, str]) -> None:
    """Note the path of an entry; ContentError where there is one that somebody's disk takes for the same."""
    name = _compose_path(path)
    if name not in known:
        known[name] = path
        return
    other = known[name]
    if other == path:
        raise ContentError(f"The archive has a duplicate entry: {_show_path(path)}.")
    raise ContentError(
        f"The archive has the entry {_show_path(path)} beside {_show_path(other)}: "
        "only Unicode normalisation tells them apart, so one would take the other's place."
    )


def _find_folders(files: Mapping[str, Blob], folders: set[str]) -> frozenset[str]:
    """Return the folders named and those above any entry; a path is either file or folder."""
    known = set(folders)
    for path in (*files, *folders):
        parent = path.rpartition("/")[0]
        while parent and parent not in known:
            known.add(parent)
            parent = parent.rpartition("/")[0]
    names = {_compose_path(path): path for path in files}
    if both := {names[name] for name in map(_compose_path, known) if name in names}:
        raise ContentError(f"The entry {_show_path(min(both))} is both a file and a folder.")
    return frozenset(known)


def _find_wrapper(tree: Tree, limits: ArchiveLimits) -> str:
    """Return the prefix of the one folder that holds everything, or "" when there is none."""
    tops = {path.partition("/")[0] for path in (*tree.files, *tree.folders)}
    if len(tops) != 1:
        return ""
    top = tops.pop()
    wraps = top in tree.folders and (f"{top}/{MANIFEST}" in tree.files or top not in limits.folders)
    return f"{top}/" if wraps else ""


def _show_path(path: str) -> str:
    return repr(path if len(path) <= 120 else f"{path[:120]}...")
