"""The declaration of content packs and of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import RequestedValues, read_json_text
from conformance.oracle.declaration.ownership import (
    FOREIGN_COMMUNITY,
    FOREIGN_PRIVATE,
    OWN_COMMUNITY,
    OWN_PRIVATE,
    PLATFORM,
    OrgOwned,
    Ownership,
)
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState, make_optional
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import AllowedChange
from conformance.resources.packs import archives, bodies, causes, oracle, recipes
from conformance.resources.packs.archives import ArchiveRefused
from conformance.resources.packs.oracle import PLATFORM_TIERS, PackFact, get_image_facts, is_made_of_name, read_pack
from conformance.resources.packs.sample_files import FILE as SAMPLE
from conformance.resources.packs.steps import FILE, IMAGE, PATCH, PackSteps
from conformance.results.difference import from_field

ARCHIVE = "archive"
"""The part of an upload that has it."""
ORG_ID, OWNED, TIER, IMAGE_REF = "OWNERSHIP-ORG-ID", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", "OWNERSHIP-IMAGE-REF"


def find_ownership(shown: JsonObject) -> Ownership | None:
    """Return how a listed pack stands to the org that asked."""
    shared = shown.get("visibility") == "community"
    if shown.get("owned") is True:
        return OWN_COMMUNITY if shared else OWN_PRIVATE
    if shown.get("tier") in PLATFORM_TIERS:
        return PLATFORM
    return FOREIGN_COMMUNITY if shared and shown.get("owned") is False else None


class PackResource(Resource):
    """Content packs: private ones, those that their org shows to everybody, and those of the platform."""

    def read_fact(self, known: Fact | None, org: str, shown: JsonObject) -> PackFact | None:
        return read_pack(known, org, shown)

    def find_contradictions(self, shown: JsonObject, org: str | None) -> Iterator[Breach]:
        """Yield what cannot be so of a pack, whoever was shown it; org: the caller's, where it is known."""
        owned, named, platform = shown.get("owned"), shown.get("org_id"), shown.get("tier") in PLATFORM_TIERS
        if owned is True and named is None:
            others = platform or (shown.get("visibility") == "community" and "image_ref" not in shown)
            yield _make_breach(OWNED if others else ORG_ID, "org_id", org or "the org's", None)
        elif owned is False and named is not None:
            if named == org:
                yield _make_breach(OWNED, "owned", "true", "false")
            else:
                yield _make_breach(ORG_ID, "org_id", None, named, effect=DataEffect.LEAKED)
        elif owned is True and org is not None and named != org:
            yield _make_breach(OWNED, "owned", "false", "true")
        if owned is True and platform and named is not None:
            yield _make_breach(TIER, "tier", "community", shown["tier"])
        if owned is True and named is not None and not shown.get("image_ref"):
            yield _make_breach(IMAGE_REF, "image_ref", "one", None)

    def check_made(
        self, contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where a new pack does not show what it was made of, or is not its org's alone unasked."""
        packed = sent.get(ARCHIVE)
        right: dict[str, tuple[str, Any]] = {
            "image_origin": ("CREATE-ORIGIN", "image_ref" if packed is None else "upload")
        }
        if isinstance(packed, bytes):
            with suppress(ArchiveRefused):
                right |= _read_content(archives.read(packed, contract))
        for name, (rule, value) in right.items():
            alike = (
                name == "display_name" and value is None and is_made_of_name(shown.get(name), str(shown.get("name")))
            )
            if name in shown and shown[name] != value and not alike:
                yield Breach(
                    rule, f"{name} of what it was made of", "another", evidence=from_field(name, value, shown[name])
                )
        if "visibility" not in sent and shown.get("visibility") == "community":
            evidence = from_field("visibility", "org", "community")
            yield Breach("CREATE-VISIBILITY", "visibility org", "community", evidence=evidence)

    def read_request(self, state: State, request: Request) -> RequestedValues:
        """Return the name that a pack gets: that of its image, or the one in the pack.yaml of its archive."""
        if request.media_type == multipart.MEDIA_TYPE:
            try:
                parts = multipart.decode(request.content or b"", request.find_header("content-type") or "")
                packed = next((part.content for part in parts if part.name == "archive"), b"")
                return RequestedValues(archives.read(packed, state.contract).name, {})
            except (ArchiveRefused, multipart.NotMultipart):
                return RequestedValues(None, {})
        image_ref = read_json_text(request, "image_ref")
        if image_ref is None:
            return RequestedValues(None, {})
        image = get_image_facts(state).get(image_ref)
        return RequestedValues(image.name if image else None, {"image_ref": image_ref})

    def find_known(self, listed: Sequence[JsonObject]) -> Mapping[str, str]:
        """Return an image that was pulled once.

        It is rather one whose pack the org does not have, since it could make one of it.
        """
        pulled = [each for each in listed if each.get("image_origin") == "image_ref"]
        named = [each for each in pulled if isinstance(each.get("image_ref"), str) and each["image_ref"].strip()]
        named.sort(key=lambda each: each.get("owned") is True)
        return {"image_ref": str(named[0]["image_ref"])} if named else {}

    def make_own(self, session: Any, org: str, ownership: Ownership, operation: Operation | None) -> PackFact:
        return recipes.make_own(session, org, ownership, operation)

    def make_platform(self, session: Any) -> PackFact:
        return recipes.make_platform(session)

    def describe_given(self, fact: Fact, ownership: Ownership) -> PackFact:
        return PackFact(id=fact.id, visibility=ownership.visibility, foreign_to=fact.foreign_to)

    def list_unchanged_fields(self, fact: PackFact) -> JsonObject:
        return {"visibility": fact.visibility, "image_ref": fact.image_ref}


def _read_content(content: archives.Content) -> dict[str, tuple[str, Any]]:
    """Return what a pack shows of the archive that it was made of, and the rule that says so."""
    return {
        "size_bytes": ("CREATE-SIZE", sum(map(len, content.files.values()))),
        "display_name": ("CREATE-DISPLAY-NAME", content.pack_yaml.get("display_name") or None),
    }


def _make_breach(rule: str, name: str, right: str | None, got: object, *, effect: DataEffect | None = None) -> Breach:
    expected = f"{name} {right}" if name in ("owned", "tier") else f"{'an' if right else 'no'} {name}"
    said = expected, "none" if got is None else "another" if name in ("owned", "tier") else "one"
    return Breach(rule, *said, effect=effect, evidence=from_field(name, right, got))


class FileResource(Resource):
    """Files in packs."""

    def list_parts(self, fact: PackFact | None) -> list[str]:
        """Return the files that a pack has; pack.yaml is certain in every one."""
        if fact is None:
            return [SAMPLE]
        return sorted(fact.files or {"pack.yaml": b""}, key=lambda path: (path != SAMPLE, path))

    def make_new_content(self, fact: PackFact | None, values: Mapping[str, str]) -> bytes:
        return bodies.make_new_content(fact, values)


_PACK, _IMAGE = Param("pack_id"), Param("image_ref")

STATES: Mapping[str, ProviderState] = {
    "pack exists": ProviderState(
        "There is a new pack.",
        (
            make_optional("org_id", "absent: the pack is the platform's"),
            NAME,
            make_optional("tier", "of a pack of the platform", ("recommended", "verified")),
            make_optional("visibility", choices=("org", "community")),
            make_optional("image_origin", choices=("upload", "image_ref", "clone")),
        ),
        ("pack_id",),
    ),
    "image is available": ProviderState(
        "The registry has an image whose pack.yaml says this name and version.", (_IMAGE, NAME, Param("version"))
    ),
    "image of pack.yaml is available": ProviderState(
        "The registry has an image with this pack.yaml.", (_IMAGE, Param("pack_yaml", "the text of it"))
    ),
    "role references pack": ProviderState(
        "The org has a new role that attaches the pack, on any provider.",
        (ORG, _PACK, Param("archived", "true or false")),
    ),
    "registry purge fails": ProviderState(
        "The registry refuses to purge the image of the pack so many times.", (_PACK, Param("times", "a number"))
    ),
}
IN_USE = "pack_in_use"
NAME_TAKEN = {"pack_exists": "CREATE-NAME-PER-ORG"}
register(
    PackResource(
        name="pack",
        operations=(
            Behavior(
                recipes.UPLOAD,
                part="create",
                refuses=oracle.refuse_upload,
                learns=oracle.learn_upload,
                applies="CREATE-VISIBILITY",
                causes={"validation_error": causes.CUT_SHORT},
                blames=NAME_TAKEN,
            ),
            Behavior(
                recipes.CREATE,
                part="create",
                refuses=oracle.refuse_creation,
                applies="CREATE-VISIBILITY",
                blames=NAME_TAKEN,
            ),
            Behavior(
                IMAGE,
                refuses=oracle.refuse_image,
                learns=oracle.learn_image,
                may_change=AllowedChange(recipes.OF_CONTENT, content="whole", keeps="CONTENT-KEEPS-REST"),
                read_back="IMAGE-REREAD",
            ),
            Behavior(
                PATCH,
                refuses=oracle.refuse_visibility,
                may_change=AllowedChange(recipes.OF_VISIBILITY, keeps="PACK-PATCH-ONLY-VISIBILITY"),
                applies="PACK-PATCH-APPLIES",
                read_back="PACK-PATCH-APPLIES",
            ),
            Behavior(
                FILE,
                refuses=oracle.refuse_file,
                learns=oracle.learn_file,
                may_change=AllowedChange(recipes.OF_CONTENT, content="part", keeps="CONTENT-KEEPS-REST"),
                read_back="FILE-REPLACED",
                causes={"validation_error": causes.RENAMED},
            ),
            Behavior(
                recipes.DELETE,
                refuses=oracle.refuse_deletion,
                learns=oracle.learn_deletion,
                blames={IN_USE: "DELETE-IN-USE"},
            ),
        ),
        in_case_ids=False,  # they were given when there was no other resource
        access=OrgOwned(
            ownerships=(OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY, PLATFORM),
            shown_as=find_ownership,
        ),
        kinds=recipes.KINDS,
        by_viewer=frozenset({"owned"}),
        written=recipes.WRITTEN,
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
        known=recipes.KNOWN,
    )
)
register(
    FileResource(
        name="file",
        within="pack",
        in_path=oracle.FileOfPack(),
        causes={"pack_not_editable": causes.NOT_EDITABLE, "file_not_found": causes.ABSENT_FILE},
        blames={IN_USE: "PACK-PATCH-OWN-ROLES"},
    )
)
