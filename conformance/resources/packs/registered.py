"""What the suite is told of content packs and of their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.contract.contract import JsonObject
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.declaration.fields import Requested, text_in_json
from conformance.oracle.declaration.ownership import (
    FOREIGN_COMMUNITY,
    FOREIGN_PRIVATE,
    OWN_COMMUNITY,
    OWN_PRIVATE,
    PLATFORM,
    OrgOwned,
    Ownership,
)
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import State
from conformance.resources.packs import bodies, causes, images, kinds, making, semantics
from conformance.resources.packs.archives import archive
from conformance.resources.packs.archives.manifest import Refused
from conformance.resources.packs.facts import PLATFORM_TIERS, PackFact, image_facts, read_pack
from conformance.resources.packs.sample_files import FILE as SAMPLE
from conformance.resources.packs.shown import as_asked, contradictions
from conformance.resources.packs.states import STATES
from conformance.resources.packs.steps import PATCH, PackSteps


def _paths(fact: PackFact | None) -> list[str]:
    """The files that a pack has; pack.yaml is certain in every one."""
    if fact is None:
        return [SAMPLE]
    return sorted(fact.files or {"pack.yaml": b""}, key=lambda path: (path != SAMPLE, path))


def shown_as(shown: JsonObject) -> Ownership | None:
    """How a listed pack stands to the org that asked."""
    shared = shown.get("visibility") == "community"
    if shown.get("owned") is True:
        return OWN_COMMUNITY if shared else OWN_PRIVATE
    if shown.get("tier") in PLATFORM_TIERS:
        return PLATFORM
    return FOREIGN_COMMUNITY if shared and shown.get("owned") is False else None


def known_image(listed: Sequence[JsonObject]) -> Mapping[str, str]:
    """An image that was pulled once; rather one whose pack the org does not have, since it could make one of it."""
    pulled = [each for each in listed if each.get("image_origin") == "image_ref" and _is_text(each.get("image_ref"))]
    pulled.sort(key=lambda each: each.get("owned") is True)
    return {"image_ref": str(pulled[0]["image_ref"])} if pulled else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def requested(state: State, request: Request) -> Requested:
    """What is made of an image has the image's name, what is made of an archive the name in its pack.yaml."""
    if request.media_type == multipart.MEDIA_TYPE:
        try:
            parts = multipart.decode(request.content or b"", request.header("content-type") or "")
            packed = next((part.content for part in parts if part.name == "archive"), b"")
            return Requested(archive.read(packed, state.contract).name, {})
        except (Refused, multipart.NotMultipart):
            return Requested(None, {})
    image_ref = text_in_json(request, "image_ref")
    if image_ref is None:
        return Requested(None, {})
    image = image_facts(state).get(image_ref)
    return Requested(image.name if image else None, {"image_ref": image_ref})


register(
    Resource(
        name="pack",
        in_case_ids=False,  # they were given when there was no other resource
        access=OrgOwned(
            ownerships=(OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY, PLATFORM),
            shown_as=shown_as,
        ),
        made_by=(making.UPLOAD, making.CREATE),
        own=making.own_for,
        platform=making.platform,
        given=making.given,
        read=read_pack,
        refusals=semantics.REFUSALS,
        wrongful=semantics.wrongful,
        effects=semantics.EFFECTS,
        kinds=kinds.KINDS,
        laws=kinds.LAWS,
        by_viewer=frozenset({"owned"}),
        contradictions=contradictions,
        as_asked=as_asked,
        applied={PATCH: "PACK-PATCH-APPLIES", **dict.fromkeys((making.UPLOAD, making.CREATE), "CREATE-VISIBILITY")},
        shown_as_sent=frozenset({"visibility"}),
        written=kinds.WRITTEN,
        causes=causes.OF_PACKS,
        fields=bodies.FIELDS,
        unchanged=bodies.unchanged,
        generated=bodies.PackBodies,
        steps=PackSteps,
        requests=requested,
        states=STATES,
        known=images.KNOWN,
        look=known_image,
    )
)
register(
    Resource(
        name="file",
        within="pack",
        in_object=_paths,
        in_path=semantics.InPack(),
        refusals=semantics.REFUSALS_OF_FILES,
        wrongful=semantics.wrongful,
        effects=semantics.EFFECTS_ON_FILES,
        causes=causes.OF_FILES,
        content=bodies.new_content,
    )
)
