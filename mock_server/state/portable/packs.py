"""The registry and the packs of a document, both of which stand on its images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from rpds import HashTrieMap

from mock_server.resources.models import PLATFORM_TIERS, Pack
from mock_server.resources.packs.registry import Held, Reference, Registry, Unusable
from mock_server.state.portable.faults import FieldFault, Findings, moment_of
from mock_server.state.portable.images import Images, image_of
from mock_server.state.records import pack_record
from mock_server.state.state import State

Record = Mapping[str, Any]


def read_registry(document: Record, images: Images, findings: Findings) -> Registry:
    """Return the registry of a document."""
    repositories = {
        name: findings.each(tags, partial(_tagged, name, images), "registry", name)
        for name, tags in document["registry"].items()
        if not findings.is_wrong("registry", name)
    }
    return Registry(HashTrieMap({name: HashTrieMap(_without_none(tags)) for name, tags in repositories.items()}))


def _without_none(tags: Mapping[str, Held | None]) -> dict[str, Held]:
    return {tag: held for tag, held in tags.items() if held is not None}


def _tagged(repository: str, images: Images, tag: str, name: str) -> Held | None:
    text = repository + tag if tag.startswith("@") else f"{repository}:{tag}"
    try:
        reference = Reference.of(text)
    except ValueError as error:
        raise FieldFault(f"{text} is not an OCI reference.") from error
    if reference.repository != repository or tag not in {reference.tag, f"@{reference.digest}"}:
        raise FieldFault(f"{text} is not an OCI reference of the repository {repository}.")
    if tag.startswith("@") and tag != f"@{name}":
        raise FieldFault("A digest can stand for the image of that digest only.")
    return image_of(images, name)


def read_packs(state: State, document: Record, images: Images, like: State, findings: Findings) -> State:
    """Return the state with the packs of a document; those that `like` holds too are the same objects."""
    made = findings.each(document["packs"], partial(_pack, document["orgs"], images, like), "packs")
    packs = {pack_id: pack for pack_id, pack in made.items() if pack is not None}
    names: dict[tuple[str | None, str], str] = {}
    for pack in packs.values():
        if (taken := names.setdefault((pack.org_id, pack.name), pack.id)) != pack.id:
            findings.add(f"{taken} of the same owner has its name, {pack.name}.", "packs", pack.id)
    return replace(state, packs=HashTrieMap(packs), pack_names=HashTrieMap(names))


def _pack(orgs: Record, images: Images, like: State, pack_id: str, record: Record) -> Pack | None:
    org_id = record.get("org_id")
    if org_id is not None and org_id not in orgs:
        raise FieldFault(f"There is no org {org_id}.", "org_id")
    if (record["tier"] in PLATFORM_TIERS) != (org_id is None):
        raise FieldFault("A pack of the platform has one of its tiers and no org_id, any other an org_id.", "tier")
    try:
        Reference.of(record["image_ref"])
    except ValueError as error:
        raise FieldFault("It is not an OCI reference.", "image_ref") from error
    return _with_image(images, like.packs.get(pack_id), pack_id, record)


def _with_image(images: Images, known: Pack | None, pack_id: str, record: Record) -> Pack | None:
    created_at, updated_at = moment_of(record, "created_at"), moment_of(record, "updated_at")
    try:
        image = image_of(images, record["image_digest"])
    except FieldFault as fault:
        raise FieldFault(str(fault), "image_digest") from fault
    if isinstance(image, Unusable):
        raise FieldFault("The image is no pack.", "image_digest")
    if image is None:
        return None
    if known is not None and pack_record(known) == record:
        return known
    return Pack(
        id=pack_id,
        org_id=record.get("org_id"),
        tier=record["tier"],
        visibility=record["visibility"],
        image_origin=record["image_origin"],
        image_ref=record["image_ref"],
        image=image,
        created_at=created_at,
        updated_at=updated_at,
    )
