"""The content of a pack: its files, their digest, and what its pack.yaml says."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from hashlib import sha256
from sys import getsizeof
from typing import Annotated, Any

from msgspec import Meta
from rpds import HashTrieMap

from mock_server.contract.keywords import ManifestRules
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError, PackYaml, parse
from mock_server.state import blobs
from mock_server.state.blobs import Blob, make_blob
from mock_server.state.records import Lookup, RecordProblem, Section
from mock_server.state.tally import Share
from mock_server.state.value import Value

_ROOM = 2048  # what an image takes beside its files and metadata, about
_ROOM_OF_FILE = 320  # what a file takes beside its path and its bytes, about


Files = Annotated[dict[str, str], Meta(min_length=1)]
"""The files of a fixture: path → text."""


class Image(Value, eq=False):
    """A pack's content. Equal content has an equal digest, however it came."""

    files: HashTrieMap[str, Blob]
    digest: str
    size_bytes: int
    meta: PackYaml
    paths_share: Share  # what its paths take; of all images made of it too
    meta_share: Share  # what its metadata take, likewise
    own_share: Share

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and (self.digest, self.meta) == (other.digest, other.meta)

    def __hash__(self) -> int:
        return hash(self.digest)

    def with_file(self, path: str, content: Blob, meta: PackYaml | None = None, *, most: int | None = None) -> Image:
        """Return the image with a file replaced, and its metadata where `meta` is given.

        ContentError where its files come to more than `most` bytes.
        """
        before = self.files.get(path)
        size = self.size_bytes + len(content.data) - (0 if before is None else len(before.data))
        if most is not None and size > most:
            raise ContentError(f"The files come to more than {most:,} bytes.")
        meta_share = self.meta_share if meta is None else _share_of_meta(meta)
        return _assemble(self.files.insert(path, content), size, meta or self.meta, self.paths_share, meta_share)


def build(files: Mapping[str, Blob], rules: ManifestRules | None = None) -> Image:
    """Make an image of these files; ContentError when they have no usable pack.yaml, or one that breaks these rules."""
    manifest = files.get(MANIFEST)
    if manifest is None:
        raise ContentError("There is no pack.yaml at the top.")
    size = sum(len(content.data) for content in files.values())
    meta = parse(manifest.data, rules)
    return _assemble(HashTrieMap.convert(files), size, meta, _share_of_paths(files), _share_of_meta(meta))


def _share_of_paths(files: Mapping[str, Blob]) -> Share:
    return Share(blobs.CONTENTS, sum(_ROOM_OF_FILE + getsizeof(path) for path in files))


def _share_of_meta(meta: PackYaml) -> Share:
    return Share(blobs.CONTENTS, sum(getsizeof(getattr(meta, name)) for name in meta.__struct_fields__))


def _assemble(files: HashTrieMap[str, Blob], size: int, meta: PackYaml, paths: Share, of_meta: Share) -> Image:
    return Image(files, compute_digest(files), size, meta, paths, of_meta, Share(blobs.CONTENTS, _ROOM))


class UnusableImage(Value):
    """The content behind a reference that can be pulled but is no pack; `reason` says why."""

    digest: str
    reason: str


Held = Image | UnusableImage


def make_files(texts: Mapping[str, str]) -> dict[str, Blob]:
    """Return the files of a fixture."""
    return {path: make_blob(text.encode()) for path, text in texts.items()}


def compute_digest(files: Mapping[str, Blob]) -> str:
    """Return the SHA-256 of the canonical content: each path, in order, with its bytes' digest."""
    named = sorted((path.encode(), content.digest) for path, content in files.items())
    return f"sha256:{sha256(b''.join([b'%b%b%b' % (len(n).to_bytes(4), n, d) for n, d in named])).hexdigest()}"


def _make_content(name: str, text: str, _lookup: Lookup, _known: Any) -> Blob:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RecordProblem(f"It is not base64: {error}.") from error
    found = sha256(data).hexdigest()
    if found != name:
        raise RecordProblem(f"The SHA-256 of these bytes is {found}.")
    return make_blob(data)


def _read_image(name: str, record: Mapping[str, Any], lookup: Lookup, known: Held | None) -> Held | None:
    if "unusable" in record:
        return UnusableImage(name, record["unusable"])
    files: dict[str, Blob] = {}
    for path, content in record["files"].items():
        try:
            files[path] = lookup(CONTENTS.name, content)
        except KeyError:
            raise RecordProblem("There is no such content among the contents.", "files", path) from None
    if None in files.values():
        return None
    if (found := compute_digest(files)) != name:
        raise RecordProblem(f"The digest of these files is {found}.")
    if isinstance(known, Image):
        return known
    try:
        return build(files)
    except ContentError as problem:
        raise RecordProblem(
            f"It is no pack: {problem}", "files", *([MANIFEST] if MANIFEST in files else [])
        ) from problem


def _make_image_record(held: Held) -> dict[str, Any]:
    if isinstance(held, UnusableImage):
        return {"unusable": held.reason}
    return {"files": {path: content.digest.hex() for path, content in held.files.items()}}


CONTENTS = Section(
    "contents",
    "content",
    digest=lambda content: content.digest.hex(),
    record=lambda content: base64.b64encode(content.data).decode(),
    read=_make_content,
    schema={
        "type": "object",
        "description": "The bytes of each file, as base64, by their SHA-256.",
        "additionalProperties": {"type": "string"},
    },
)
"""The bytes of files in the document of a state."""

IMAGES = Section(
    "images",
    "image",
    digest=lambda held: held.digest,
    record=_make_image_record,
    read=_read_image,
    below=CONTENTS,
    parts=lambda held: held.files.values() if isinstance(held, Image) else (),
    prefer=lambda old, new: new if "files" in new or "files" not in old else old,  # what is a pack stays
    schema={
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "files": {
                    "type": "object",
                    "description": "The SHA-256 of each file's content, by its path.",
                    "additionalProperties": {"type": "string"},
                },
                "unusable": {"type": "string", "minLength": 1, "description": "Why it is no pack."},
            },
        },
    },
)
"""Images in the document of a state, with what the registry holds that is none."""
