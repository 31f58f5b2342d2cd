"""What the suite is told of content packs and of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.behavior import Behavior
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
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import Law
from conformance.resources.packs import bodies, causes, images, kinds, making, semantics
from conformance.resources.packs.archives import archive
from conformance.resources.packs.archives.manifest import Refused
from conformance.resources.packs.facts import PLATFORM_TIERS, PackFact, image_facts, read_pack
from conformance.resources.packs.sample_files import FILE as SAMPLE
from conformance.resources.packs.shown import as_asked, contradictions
from conformance.resources.packs.states import STATES
from conformance.resources.packs.steps import FILE, IMAGE, PATCH, PackSteps


def shown_as(shown: JsonObject) -> Ownership | None:
    """How a listed pack stands to the org that asked."""
    shared = shown.get("visibility") == "community"
    if shown.get("owned") is True:
        return OWN_COMMUNITY if shared else OWN_PRIVATE
    if shown.get("tier") in PLATFORM_TIERS:
        return PLATFORM
    return FOREIGN_COMMUNITY if shared and shown.get("owned") is False else None


class PackResource(Resource):
    """Content packs: private ones, those that their org shows to everybody, and those of the platform."""

    def fact_shown(self, known: Fact | None, org: str, shown: JsonObject) -> PackFact | None:
        return read_pack(known, org, shown)

    def find_contradictions(self, shown: JsonObject, org: str | None) -> Iterator[Breach]:
        return contradictions(shown, org)

    def check_made(
        self, contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        return as_asked(contract, sent, shown)

    def requested(self, state: State, request: Request) -> Requested:
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

    def find_known(self, listed: Sequence[JsonObject]) -> Mapping[str, str]:
        """An image that was pulled once; rather one whose pack the org does not have, since it could make one of it."""
        pulled = [each for each in listed if each.get("image_origin") == "image_ref"]
        named = [each for each in pulled if isinstance(each.get("image_ref"), str) and each["image_ref"].strip()]
        named.sort(key=lambda each: each.get("owned") is True)
        return {"image_ref": str(named[0]["image_ref"])} if named else {}

    def make_own(self, session: Any, org: str, ownership: Ownership, operation: Operation | None) -> PackFact:
        return making.make_own(session, org, ownership, operation)

    def make_platform(self, session: Any) -> PackFact:
        return making.make_platform(session)

    def describe_given(self, fact: Fact, ownership: Ownership) -> PackFact:
        return PackFact(id=fact.id, visibility=ownership.visibility, foreign_to=fact.foreign_to)

    def unchanged_fields(self, fact: PackFact) -> JsonObject:
        return {"visibility": fact.visibility, "image_ref": fact.image_ref}


class FileResource(Resource):
    """Files in packs."""

    def parts_of(self, fact: PackFact | None) -> list[str]:
        """The files that a pack has; pack.yaml is certain in every one."""
        if fact is None:
            return [SAMPLE]
        return sorted(fact.files or {"pack.yaml": b""}, key=lambda path: (path != SAMPLE, path))

    def new_content(self, fact: PackFact | None, values: Mapping[str, str]) -> bytes:
        return bodies.new_content(fact, values)


IN_USE = "pack_in_use"
NAME_TAKEN = {"pack_exists": "CREATE-NAME-PER-ORG"}
register(
    PackResource(
        name="pack",
        operations=(
            Behavior(
                making.UPLOAD,
                part="create",
                refuses=semantics.refuse_upload,
                learns=semantics.learn_upload,
                applies="CREATE-VISIBILITY",
                causes={"validation_error": causes.CUT_SHORT},
                blames=NAME_TAKEN,
            ),
            Behavior(
                making.CREATE,
                part="create",
                refuses=semantics.refuse_creation,
                applies="CREATE-VISIBILITY",
                blames=NAME_TAKEN,
            ),
            Behavior(
                IMAGE,
                refuses=semantics.refuse_image,
                learns=semantics.learn_image,
                may_change=Law(kinds.OF_CONTENT, content="whole", keeps="CONTENT-KEEPS-REST"),
                read_back="IMAGE-REREAD",
            ),
            Behavior(
                PATCH,
                refuses=semantics.refuse_visibility,
                may_change=Law(kinds.OF_VISIBILITY, keeps="PACK-PATCH-ONLY-VISIBILITY"),
                applies="PACK-PATCH-APPLIES",
                read_back="PACK-PATCH-APPLIES",
            ),
            Behavior(
                FILE,
                refuses=semantics.refuse_file,
                learns=semantics.learn_file,
                may_change=Law(kinds.OF_CONTENT, content="part", keeps="CONTENT-KEEPS-REST"),
                read_back="FILE-REPLACED",
                causes={"validation_error": causes.RENAMED},
            ),
            Behavior(
                making.DELETE,
                refuses=semantics.refuse_deletion,
                learns=semantics.learn_deletion,
                blames={IN_USE: "DELETE-IN-USE"},
            ),
        ),
        in_case_ids=False,  # they were given when there was no other resource
        access=OrgOwned(
            ownerships=(OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY, PLATFORM),
            shown_as=shown_as,
        ),
        kinds=kinds.KINDS,
        by_viewer=frozenset({"owned"}),
        written=kinds.WRITTEN,
        causes={
            "pack_exists": causes.TWICE,
            IN_USE: causes.IN_USE,
            "registry_cleanup_failed": causes.PURGE_FAILS,
        },
        blames={IN_USE: "PACK-PATCH-OWN-ROLES"},
        fields=bodies.FIELDS,
        generated=bodies.PackBodies,
        steps=PackSteps,
        states=STATES,
        known=images.KNOWN,
    )
)
register(
    FileResource(
        name="file",
        within="pack",
        in_path=semantics.InPack(),
        causes={"pack_not_editable": causes.NOT_EDITABLE, "file_not_found": causes.ABSENT_FILE},
        blames={IN_USE: "PACK-PATCH-OWN-ROLES"},
    )
)
