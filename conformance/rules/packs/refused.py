"""Requests that are refused, each for one reason, about a pack that a caller's org has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance import needs
from conformance.http.exchange import Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.making import other_org
from conformance.resources import packs
from conformance.resources.packs.archives.broken import TOP_LEVEL
from conformance.resources.packs.facts import PackFact
from conformance.resources.packs.sample_files import VERSION
from conformance.rules.packs.requests import (
    PATCH,
    REPLACE_FILE,
    REPLACE_IMAGE,
    create,
    on,
    patch,
    replace_file,
    replace_image,
    upload,
)
from conformance.session.harness import Harness

ABSENT_IMAGE = "registry.conformance.example/absent/pack:9.9.9"

Refused = tuple[Caller | Credential, Request]


def _private(harness: Harness, fact: PackFact) -> Request:
    return patch(harness, fact, {"visibility": "org"})


def _in_use(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    packs.referenced(harness, fact, other_org(harness, caller))
    return caller, _private(harness, fact)


def _unpaid(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    harness.set_posture(caller.org, "past_due")
    return caller, _private(harness, fact)


def _delete_in_use(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    packs.referenced(harness, fact, caller.org)
    return caller, on(harness, packs.DELETE, fact)


def _renaming(harness: Harness, caller: Caller, fact: PackFact) -> Refused:
    content = packs.pack_yaml(harness.fresh_name(), fact.version or VERSION)
    return caller, replace_file(harness, fact, "pack.yaml", content)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is refused, and the operation that it asks for."""

    operation_id: str
    made: Callable[[Harness, Caller, PackFact], Refused]
    """Of a caller who may do the operation, and a pack of the caller's org."""


REFUSALS: Mapping[str, Refusal] = {
    "malformed-patch": Refusal(
        PATCH, lambda h, caller, fact: (caller, patch(h, fact, {"visibility": "org", "name": "other"}))
    ),
    "unknown-value": Refusal(PATCH, lambda h, caller, fact: (caller, patch(h, fact, {"visibility": "private"}))),
    "anonymous-patch": Refusal(PATCH, lambda h, _, fact: (ANONYMOUS, _private(h, fact))),
    "patch-without-scope": Refusal(PATCH, lambda h, caller, fact: (_powerless(h, caller, PATCH), _private(h, fact))),
    "patch-of-another-org": Refusal(PATCH, lambda h, caller, fact: (_stranger(h, caller, PATCH), _private(h, fact))),
    "patch-in-use": Refusal(PATCH, _in_use),
    "patch-unpaid": Refusal(PATCH, _unpaid),
    "delete-in-use": Refusal(packs.DELETE, _delete_in_use),
    "delete-of-another-org": Refusal(
        packs.DELETE, lambda h, caller, fact: (_stranger(h, caller, packs.DELETE), on(h, packs.DELETE, fact))
    ),
    "image-that-is-absent": Refusal(
        REPLACE_IMAGE, lambda h, caller, fact: (caller, replace_image(h, fact, ABSENT_IMAGE))
    ),
    "pack-yaml-that-is-invalid": Refusal(
        REPLACE_FILE, lambda h, caller, fact: (caller, replace_file(h, fact, "pack.yaml", b"name: 1\n"))
    ),
    "pack-yaml-with-another-name": Refusal(REPLACE_FILE, _renaming),
}


def _upload_unpaid(harness: Harness, caller: Caller, name: str) -> Refused:
    harness.set_posture(caller.org, "past_due")
    return caller, upload(harness, packs.pack_files(name))


CREATIONS: Mapping[str, Callable[[Harness, Caller, str], Refused]] = {
    "upload-name-taken": lambda h, caller, name: (caller, upload(h, packs.pack_files(name))),
    "upload-bad-archive": lambda h, caller, name: (
        caller,
        upload(h, TOP_LEVEL["file"](packs.pack_files(name), h.contract.archive)),
    ),
    "upload-bad-visibility": lambda h, caller, name: (caller, upload(h, packs.pack_files(name), "private")),
    "upload-anonymous": lambda h, _, name: (ANONYMOUS, upload(h, packs.pack_files(name))),
    "upload-without-scope": lambda h, caller, name: (
        _powerless(h, caller, packs.UPLOAD),
        upload(h, packs.pack_files(name)),
    ),
    "upload-unpaid": _upload_unpaid,
    "create-name-taken": lambda h, caller, name: (caller, create(h, packs.image(h, name, "3.0.0"))),
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
