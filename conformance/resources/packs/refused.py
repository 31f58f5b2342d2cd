"""Requests that are refused, each for one reason, about a pack that a caller's org has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance import needs
from conformance.http.exchange import Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.making import other_org
from conformance.recipes.requests import BYTES, build, with_json, with_parts
from conformance.resources.packs.archives import archive
from conformance.resources.packs.archives.broken import TOP_LEVEL
from conformance.resources.packs.facts import PackFact
from conformance.resources.packs.images import image
from conformance.resources.packs.making import CREATE, DELETE, UPLOAD, referenced
from conformance.resources.packs.sample_files import VERSION, archive_parts, pack_files, pack_yaml
from conformance.session.harness import Harness

PATCH, REPLACE_IMAGE, REPLACE_FILE = "packs.update_visibility", "packs.replace_image", "packs.replace_file"
ABSENT_IMAGE = "registry.conformance.example/absent/pack:9.9.9"

Refused = tuple[Caller | Credential, Request]


def patch(harness: Harness, fact: PackFact, body: Any) -> Request:
    """A PATCH of the pack."""
    return with_json(harness.contract.operations[PATCH], {"id": fact.id}, body)


def _private(harness: Harness, fact: PackFact) -> Request:
    return patch(harness, fact, {"visibility": "org"})


def _delete(harness: Harness, fact: PackFact) -> Request:
    return build(harness.contract.operations[DELETE], {"id": fact.id})


def _image(harness: Harness, fact: PackFact, image_ref: str) -> Request:
    return with_json(harness.contract.operations[REPLACE_IMAGE], {"id": fact.id}, {"image_ref": image_ref})


def _pack_yaml(harness: Harness, fact: PackFact, content: bytes) -> Request:
    values = {"id": fact.id, "path": "pack.yaml"}
    return build(harness.contract.operations[REPLACE_FILE], values, content=content, media_type=BYTES)


def _in_use(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    referenced(harness, fact, other_org(harness, caller))
    return caller, _private(harness, fact)


def _unpaid(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    harness.set_posture(caller.org, "past_due")
    return caller, _private(harness, fact)


def _delete_in_use(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    referenced(harness, fact, caller.org)
    return caller, _delete(harness, fact)


REFUSALS: Mapping[str, Callable[[Harness, Caller, PackFact], Refused]] = {
    "malformed-patch": lambda h, caller, fact: (caller, patch(h, fact, {"visibility": "org", "name": "other"})),
    "unknown-value": lambda h, caller, fact: (caller, patch(h, fact, {"visibility": "private"})),
    "anonymous-patch": lambda h, _, fact: (ANONYMOUS, _private(h, fact)),
    "patch-without-scope": lambda h, caller, fact: (_powerless(h, caller, PATCH), _private(h, fact)),
    "patch-of-another-org": lambda h, caller, fact: (_stranger(h, caller, PATCH), _private(h, fact)),
    "patch-in-use": _in_use,
    "patch-unpaid": _unpaid,
    "delete-in-use": _delete_in_use,
    "delete-of-another-org": lambda h, caller, fact: (_stranger(h, caller, DELETE), _delete(h, fact)),
    "image-that-is-absent": lambda h, caller, fact: (caller, _image(h, fact, ABSENT_IMAGE)),
    "pack-yaml-that-is-invalid": lambda h, caller, fact: (caller, _pack_yaml(h, fact, b"name: 1\n")),
    "pack-yaml-with-another-name": lambda h, caller, fact: (
        caller,
        _pack_yaml(h, fact, pack_yaml(h.fresh_name(), fact.version or VERSION)),
    ),
}


def _upload(harness: Harness, name: str, packed: bytes | None = None, visibility: str = "org") -> Request:
    content = packed if packed is not None else archive.write_files(pack_files(name))
    return with_parts(harness.contract.operations[UPLOAD], {}, archive_parts(content, visibility))


def _upload_unpaid(harness: Harness, caller: Caller, name: str) -> Refused:
    harness.set_posture(caller.org, "past_due")
    return caller, _upload(harness, name)


def _create_taken(harness: Harness, caller: Caller, name: str) -> Refused:
    image_ref = image(harness, name, "3.0.0")
    return caller, with_json(harness.contract.operations[CREATE], {}, {"image_ref": image_ref})


CREATIONS: Mapping[str, Callable[[Harness, Caller, str], Refused]] = {
    "upload-name-taken": lambda h, caller, name: (caller, _upload(h, name)),
    "upload-bad-archive": lambda h, caller, name: (caller, _upload(h, name, TOP_LEVEL["file"](pack_files(name)))),
    "upload-bad-visibility": lambda h, caller, name: (caller, _upload(h, name, visibility="private")),
    "upload-anonymous": lambda h, _, name: (ANONYMOUS, _upload(h, name)),
    "upload-without-scope": lambda h, caller, name: (_powerless(h, caller, UPLOAD), _upload(h, name)),
    "upload-unpaid": _upload_unpaid,
    "create-name-taken": _create_taken,
}
"""Of a caller and the name that a pack of the request would have."""
TAKEN = frozenset({"upload-name-taken", "create-name-taken"})
"""Those of `CREATIONS` that are refused because a pack of the name is there."""


def _stranger(harness: Harness, caller: Caller, operation_id: str) -> Caller:
    """Somebody of another org who may do the operation."""
    return harness.able(harness.contract.operations[operation_id], other_org(harness, caller))


def _powerless(harness: Harness, caller: Caller, operation_id: str) -> Caller:
    """Somebody of the caller's org who may not do the operation; not provoked where there is nobody."""
    operation = harness.contract.operations[operation_id]
    for other in harness.callers(caller.org):
        if not operation.permissions.held_by(other.held):
            return other
    raise NotProvoked(f"every caller of {caller.org} in the profile holds the scope", needs.somebody_without(operation))
