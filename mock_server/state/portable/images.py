"""Contents and images: each checked against the digest under which it stands."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from mock_server.resources.packs.images import Image, build, digest
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError
from mock_server.resources.packs.registry import Held, Unusable
from mock_server.state.blobs import Blob, blob
from mock_server.state.portable.faults import FieldFault, Findings
from mock_server.state.state import State

Contents = Mapping[str, Blob | None]
Images = Mapping[str, Held | None]
"""By digest; None for one that stands in the document and cannot be read."""


def read_images(document: Mapping[str, Any], like: State, findings: Findings) -> Images:
    """Return the images of a document; those that `like` holds too are the same objects."""
    contents = findings.each(document["contents"], _content, "contents")
    known = {image.digest: image for image in _images_of(like)}
    return findings.each(document["images"], partial(_image, contents, known), "images")


def image_of(images: Images, name: str) -> Held | None:
    """Return the image of a digest, or None where it could not be read; FieldFault where there is none."""
    if name not in images:
        raise FieldFault(f"There is no image {name} among the images.")
    return images[name]


def _images_of(state: State) -> Iterator[Image]:
    for tags in state.registry.repositories.values():
        yield from (held for held in tags.values() if isinstance(held, Image))
    for pack in state.packs.values():
        yield pack.image


def _content(name: str, text: str) -> Blob:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FieldFault(f"It is not base64: {error}.") from error
    found = sha256(data).hexdigest()
    if found != name:
        raise FieldFault(f"The SHA-256 of these bytes is {found}.")
    return blob(data)


def _image(contents: Contents, known: Mapping[str, Image], name: str, record: Mapping[str, Any]) -> Held | None:
    if "unusable" in record:
        return Unusable(name, record["unusable"])
    if missing := [path for path, content in record["files"].items() if content not in contents]:
        raise FieldFault("There is no such content among the contents.", "files", missing[0])
    files = {path: contents[content] for path, content in record["files"].items()}
    whole = {path: content for path, content in files.items() if content is not None}
    if len(whole) < len(files):
        return None
    if (found := digest(whole)) != name:
        raise FieldFault(f"The digest of these files is {found}.")
    if name in known:
        return known[name]
    try:
        return build(whole)
    except ContentError as problem:
        raise FieldFault(f"It is no pack: {problem}", "files", *([MANIFEST] if MANIFEST in whole else [])) from problem
