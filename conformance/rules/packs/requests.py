"""Requests that make packs, and who may send them."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.http.exchange import Request
from conformance.profile import Caller
from conformance.recipes.requests import with_json, with_parts
from conformance.resources import packs
from conformance.resources.packs.archives import archive
from conformance.session.harness import Harness


def uploader(harness: Harness) -> Caller:
    """A caller who may upload a pack."""
    return harness.able(harness.contract.operations[packs.UPLOAD])


def upload(harness: Harness, content: Mapping[str, bytes] | bytes, visibility: str | None = "org") -> Request:
    """An upload of files, or of an archive."""
    packed = content if isinstance(content, bytes) else archive.write_files(content)
    return with_parts(harness.contract.operations[packs.UPLOAD], {}, packs.archive_parts(packed, visibility))


def creation(harness: Harness, operation_id: str, name: str, version: str) -> Request:
    """A request that makes a pack of this name and version, by upload or of an image."""
    if operation_id == packs.UPLOAD:
        return upload(harness, packs.pack_files(name, version=version))
    image_ref = packs.image(harness, name, version)
    return with_json(harness.contract.operations[packs.CREATE], {}, {"image_ref": image_ref})
