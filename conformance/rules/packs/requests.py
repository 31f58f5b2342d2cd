"""Requests about packs, and who may send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.http.exchange import Request
from conformance.profile import Caller
from conformance.recipes.requests import BYTES, build, with_json, with_parts
from conformance.resources import packs
from conformance.resources.packs import archives
from conformance.resources.packs.oracle import PackFact
from conformance.session.harness import Harness

PATCH, REPLACE_FILE, REPLACE_IMAGE = "packs.update_visibility", "packs.replace_file", "packs.replace_image"


def find_uploader(harness: Harness) -> Caller:
    """Return a caller who may upload a pack."""
    return harness.able(harness.contract.operations[packs.UPLOAD])


def create_owned(
    harness: Harness, operation_id: str, *, visibility: str = "org", origin: str | None = None
) -> tuple[Caller, PackFact]:
    """Return a caller who may do the operation, and a new pack of its org, uploaded where its files are asked for."""
    caller = harness.able(harness.contract.operations[operation_id])
    origins = (origin,) if origin else packs.UPLOADED if operation_id == REPLACE_FILE else packs.ANY
    return caller, packs.create_owned_pack(harness, caller.org, visibility=visibility, origins=origins)


def on(harness: Harness, operation_id: str, fact: PackFact) -> Request:
    """Return a request without a body on a pack."""
    return build(harness.contract.operations[operation_id], {"id": fact.id})


def build_patch(harness: Harness, fact: PackFact, body: Any) -> Request:
    """Return a PATCH of the visibility, with any body."""
    return with_json(harness.contract.operations[PATCH], {"id": fact.id}, body)


def replace_file(harness: Harness, fact: PackFact, path: str, content: bytes) -> Request:
    """Return a replacement of one file."""
    operation = harness.contract.operations[REPLACE_FILE]
    return build(operation, {"id": fact.id, "path": path}, content=content, media_type=BYTES)


def replace_image(harness: Harness, fact: PackFact, image_ref: str) -> Request:
    """Return a replacement of the image."""
    return with_json(harness.contract.operations[REPLACE_IMAGE], {"id": fact.id}, {"image_ref": image_ref})


def upload(harness: Harness, content: Mapping[str, bytes] | bytes, visibility: str | None = "org") -> Request:
    """Return an upload of files, or of an archive."""
    packed = content if isinstance(content, bytes) else archives.write_files(content)
    return with_parts(harness.contract.operations[packs.UPLOAD], {}, packs.archive_parts(packed, visibility))


def create(harness: Harness, image_ref: str, visibility: str | None = None) -> Request:
    """Return a creation of an image."""
    body = {"image_ref": image_ref} | ({"visibility": visibility} if visibility else {})
    return with_json(harness.contract.operations[packs.CREATE], {}, body)


def build_creation(harness: Harness, operation_id: str, name: str, version: str) -> Request:
    """Return a request that makes a pack of this name and version, by upload or of an image."""
    if operation_id == packs.UPLOAD:
        return upload(harness, packs.pack_files(name, version=version))
    return create(harness, packs.image(harness, name, version))
