"""The content of a pack: its files, their digest, and what its pack.yaml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from rpds import HashTrieMap

from mock_server.blobs import Blob
from mock_server.pack_yaml import MANIFEST, ContentError, PackYaml, parse

MAX_SIZE = 128 * 1024 * 1024
"""The most that the unpacked files of a pack may come to, in bytes (UPLOAD-LIMITS)."""


@dataclass(frozen=True, slots=True)
class Image:
    """A pack's content. Equal content has an equal digest, however it came."""

    files: HashTrieMap[str, Blob]
    digest: str
    size_bytes: int
    meta: PackYaml

    def with_file(self, path: str, content: Blob, meta: PackYaml | None = None) -> Image:
        """Return the image with one file replaced, and its metadata too where `meta` is given.

        Raises ContentError when the whole would be too large.
        """
        before = self.files.get(path)
        size = self.size_bytes + len(content.data) - (0 if before is None else len(before.data))
        return _assembled(self.files.insert(path, content), size, meta or self.meta)


def build(files: Mapping[str, Blob]) -> Image:
    """Make an image of these files; ContentError when they have no usable pack.yaml."""
    manifest = files.get(MANIFEST)
    if manifest is None:
        raise ContentError("There is no pack.yaml at the top.")
    size = sum(len(content.data) for content in files.values())
    return _assembled(HashTrieMap.convert(files), size, parse(manifest.data))


def _assembled(files: HashTrieMap[str, Blob], size: int, meta: PackYaml) -> Image:
    if size > MAX_SIZE:
        raise ContentError(f"The files come to more than {MAX_SIZE:,} bytes.")
    return Image(files, digest(files), size, meta)


def digest(files: Mapping[str, Blob]) -> str:
    """Return the SHA-256 of the canonical content: each path, in order, with its bytes' digest."""
    named = sorted((path.encode(), content.digest) for path, content in files.items())
    return f"sha256:{sha256(b''.join([b'%b%b%b' % (len(n).to_bytes(4), n, d) for n, d in named])).hexdigest()}"
