"""Requests that are refused, each for one reason, about a pack that a caller's org has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance import needs
from conformance.http.exchange import Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.requests import build, with_json, with_parts
from conformance.resources.packs.archives import archive
from conformance.resources.packs.archives.broken import REASONS
from conformance.resources.packs.facts import PackFact
from conformance.resources.packs.images import image
from conformance.resources.packs.making import CREATE, DELETE, UPLOAD, referenced
from conformance.resources.packs.sample_files import VERSION, archive_parts, pack_files, pack_yaml
from conformance.session.harness import Harness

PATCH = "packs.update_visibility"


def _patch(harness: Harness, fact: PackFact, body: Any) -> Request:
    return with_json(harness.contract.operations[PATCH], {"id": fact.id}, body)


Refusal = Callable[[Harness, Caller, PackFact], tuple[Caller | None, Request]]


def _malformed(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return caller, _patch(harness, fact, {"visibility": "org", "name": "other"})


def _unknown_value(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return caller, _patch(harness, fact, {"visibility": "private"})


def _anonymous(harness: Harness, _caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return None, _patch(harness, fact, {"visibility": "org"})


def _without_scope(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return powerless(harness, caller, PATCH), _patch(harness, fact, {"visibility": "org"})


def _of_another_org(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    org = other_org(harness, caller)
    return harness.able(harness.contract.operations[PATCH], org), _patch(harness, fact, {"visibility": "org"})


def _in_use(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    referenced(harness, fact, other_org(harness, caller))
    return caller, _patch(harness, fact, {"visibility": "org"})


def _unpaid(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    harness.set_posture(caller.org, "past_due")
    return caller, _patch(harness, fact, {"visibility": "org"})


def _delete_in_use(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    referenced(harness, fact, caller.org)
    return caller, build(harness.contract.operations[DELETE], {"id": fact.id})


def _foreign_delete(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations[DELETE]
    return harness.able(operation, other_org(harness, caller)), build(operation, {"id": fact.id})


def _bad_image(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations["packs.replace_image"]
    absent = "registry.conformance.example/absent/pack:9.9.9"
    return caller, with_json(operation, {"id": fact.id}, {"image_ref": absent})


def _bad_file(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations["packs.replace_file"]
    values = {"id": fact.id, "path": "pack.yaml"}
    return caller, build(operation, values, content=b"name: 1\n", media_type="application/octet-stream")


def _renaming_file(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations["packs.replace_file"]
    content = pack_yaml(harness.fresh_name(), fact.version or VERSION)
    values = {"id": fact.id, "path": "pack.yaml"}
    return caller, build(operation, values, content=content, media_type="application/octet-stream")


REFUSALS: Mapping[str, Refusal] = {
    "malformed-patch": _malformed,
    "unknown-value": _unknown_value,
    "anonymous-patch": _anonymous,
    "patch-without-scope": _without_scope,
    "patch-of-another-org": _of_another_org,
    "patch-in-use": _in_use,
    "patch-unpaid": _unpaid,
    "delete-in-use": _delete_in_use,
    "delete-of-another-org": _foreign_delete,
    "image-that-is-absent": _bad_image,
    "pack-yaml-that-is-invalid": _bad_file,
    "pack-yaml-with-another-name": _renaming_file,
}

Creation = Callable[[Harness, Caller, PackFact], tuple[Caller | None, Request, str]]
"""The request, and the name that a pack of it would have."""


def _upload(harness: Harness, name: str, packed: bytes | None = None, visibility: str = "org") -> Request:
    content = packed if packed is not None else archive.write_files(pack_files(name))
    return with_parts(harness.contract.operations[UPLOAD], {}, archive_parts(content, visibility))


def _name_taken(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request, str]:
    return caller, _upload(harness, fact.name), fact.name


def _bad_archive(harness: Harness, caller: Caller, _fact: PackFact) -> tuple[Caller | None, Request, str]:
    name = harness.fresh_name()
    return caller, _upload(harness, name, REASONS["another top-level entry"](pack_files(name))), name


def _bad_visibility(harness: Harness, caller: Caller, _fact: PackFact) -> tuple[Caller | None, Request, str]:
    name = harness.fresh_name()
    return caller, _upload(harness, name, visibility="private"), name


def _upload_anonymous(harness: Harness, _caller: Caller, _fact: PackFact) -> tuple[Caller | None, Request, str]:
    name = harness.fresh_name()
    return None, _upload(harness, name), name


def _upload_without_scope(harness: Harness, caller: Caller, _fact: PackFact) -> tuple[Caller | None, Request, str]:
    name = harness.fresh_name()
    return powerless(harness, caller, UPLOAD), _upload(harness, name), name


def _upload_unpaid(harness: Harness, caller: Caller, _fact: PackFact) -> tuple[Caller | None, Request, str]:
    name = harness.fresh_name()
    harness.set_posture(caller.org, "past_due")
    return caller, _upload(harness, name), name


def _create_taken(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request, str]:
    image_ref = image(harness, fact.name, "3.0.0")
    return caller, with_json(harness.contract.operations[CREATE], {}, {"image_ref": image_ref}), fact.name


CREATIONS: Mapping[str, Creation] = {
    "upload-name-taken": _name_taken,
    "upload-bad-archive": _bad_archive,
    "upload-bad-visibility": _bad_visibility,
    "upload-anonymous": _upload_anonymous,
    "upload-without-scope": _upload_without_scope,
    "upload-unpaid": _upload_unpaid,
    "create-name-taken": _create_taken,
}


def powerless(harness: Harness, caller: Caller, operation_id: str) -> Caller:
    """Somebody of the caller's org who may not do the operation; not provoked where there is nobody."""
    needed = harness.contract.operations[operation_id].permissions
    for other in harness.callers(caller.org):
        if not needed.held_by(other.held):
            return other
    operation = harness.contract.operations[operation_id]
    raise NotProvoked(f"every caller of {caller.org} in the profile holds the scope", needs.somebody_without(operation))


def other_org(harness: Harness, caller: Caller) -> str:
    """An org that is not the caller's; not provoked where the profile has no other."""
    for other in harness.callers():
        if other.org != caller.org:
            return other.org
    raise NotProvoked("the profile has callers of one org only", needs.SECOND_ORG)
