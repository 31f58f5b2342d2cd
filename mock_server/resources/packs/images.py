"""The content of a pack: its files, their digest, and what its pack.yaml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from hashlib import sha256
from sys import getsizeof

from rpds import HashTrieMap

from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError, PackYaml, parse
from mock_server.state.blobs import CONTENTS, Blob
from mock_server.state.tally import Share

MAX_SIZE = 128 * 1024 * 1024
"""The most that the unpacked files of a pack may come to, in bytes (UPLOAD-LIMITS)."""

_ROOM = 2048  # what an image takes beside its files and metadata, about
_ROOM_OF_FILE = 320  # what a file takes beside its path and its bytes, about


@dataclass(frozen=True, slots=True)
class Image:
    """A pack's content. Equal content has an equal digest, however it came."""

    files: HashTrieMap[str, Blob]
    digest: str
    size_bytes: int
    meta: PackYaml
    names: Share = field(repr=False, compare=False)  # what its paths take; of all images made of it too
    told: Share = field(repr=False, compare=False)  # what its metadata take, likewise
    own: Share = field(repr=False, compare=False)

    def with_file(self, path: str, content: Blob, meta: PackYaml | None = None) -> Image:
        """Return the image with one of its files replaced, and its metadata too where `meta` is given.

        Raises ContentError when the whole would be too large.
        """
        before = self.files.get(path)
        size = self.size_bytes + len(content.data) - (0 if before is None else len(before.data))
        told = self.told if meta is None else _told(meta)
        return _assembled(self.files.insert(path, content), size, meta or self.meta, self.names, told)


def build(files: Mapping[str, Blob]) -> Image:
    """Make an image of these files; ContentError when they have no usable pack.yaml."""
    manifest = files.get(MANIFEST)
    if manifest is None:
        raise ContentError("There is no pack.yaml at the top.")
    size = sum(len(content.data) for content in files.values())
    meta = parse(manifest.data)
    return _assembled(HashTrieMap.convert(files), size, meta, _names(files), _told(meta))


def _names(files: Mapping[str, Blob]) -> Share:
    return Share(CONTENTS, sum(_ROOM_OF_FILE + getsizeof(path) for path in files))


def _told(meta: PackYaml) -> Share:
    return Share(CONTENTS, sum(map(getsizeof, astuple(meta))))


def _assembled(files: HashTrieMap[str, Blob], size: int, meta: PackYaml, names: Share, told: Share) -> Image:
    if size > MAX_SIZE:
        raise ContentError(f"The files come to more than {MAX_SIZE:,} bytes.")
    return Image(files, digest(files), size, meta, names, told, Share(CONTENTS, _ROOM))


def digest(files: Mapping[str, Blob]) -> str:
    """Return the SHA-256 of the canonical content: each path, in order, with its bytes' digest."""
    named = sorted((path.encode(), content.digest) for path, content in files.items())
    return f"sha256:{sha256(b''.join([b'%b%b%b' % (len(n).to_bytes(4), n, d) for n, d in named])).hexdigest()}"
