"""Packs: what a world holds of each, and what of it an org is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.images import IMAGES, Files, Image, build, make_files
from mock_server.resources.packs.registry import REGISTRY, Reference, make_platform_reference, pull, with_image
from mock_server.state.collection import Collection, Fixtures
from mock_server.state.invention import Inventor
from mock_server.state.records import RecordProblem
from mock_server.state.state import State
from mock_server.state.value import Value

Tier = Literal["recommended", "verified", "community"]
PlatformTier = Literal["recommended", "verified"]
Visibility = Literal["org", "community"]
ImageOrigin = Literal["upload", "image_ref", "clone"]

PLATFORM_TIERS: tuple[PlatformTier, ...] = ("recommended", "verified")


class Pack(Value):
    """A content pack. `org_id` is None for a pack that the platform ships."""

    id: str
    org_id: Annotated[str | None, Meta(description="Absent from a pack of the platform.")]
    tier: Tier
    visibility: Visibility
    image_origin: ImageOrigin
    image_ref: str
    image: Image
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """The name in its pack.yaml, which stays for the life of the pack."""
        return self.image.meta.name

    @property
    def reference(self) -> Reference:
        """The parts of `image_ref`."""
        return Reference.parse(self.image_ref)


def is_visible(pack: Pack, org_id: str) -> bool:
    """Whether the org can see the pack: its own, the platform's, or shared with the community."""
    return pack.org_id == org_id or pack.tier in PLATFORM_TIERS or pack.visibility == "community"


def show_pack_fields(pack: Pack, org_id: str) -> dict[str, Any]:
    """Return the fields of a pack in the contract's order; what pack.yaml does not say is absent."""
    image, meta = pack.image, pack.image.meta
    fields = {
        "id": pack.id,
        "org_id": pack.org_id,
        "name": meta.name,
        "display_name": meta.display_name,
        "description": meta.description,
        "version": meta.version,
        "tier": pack.tier,
        "visibility": pack.visibility,
        "category": meta.category,
        "capabilities": meta.capabilities,
        "suggested_packs": meta.suggested_packs,
        "image_origin": pack.image_origin,
        "image_ref": pack.image_ref,
        "image_digest": image.digest,
        "size_bytes": image.size_bytes,
        "created_at": pack.created_at,
        "updated_at": pack.updated_at,
        "owned": pack.org_id == org_id,
    }
    return {name: each for name, each in fields.items() if each is not None}


def _check(record: Mapping[str, Any]) -> None:
    if (record["tier"] in PLATFORM_TIERS) != ("org_id" not in record):
        raise RecordProblem("A pack of the platform has one of its tiers and no org_id, any other an org_id.", "tier")
    try:
        Reference.parse(record["image_ref"])
    except ValueError as error:
        raise RecordProblem("It is not an OCI reference.", "image_ref") from error


class _PackItem(Value):
    """A pack of the fixtures: an upload brings its files, any other pack the reference of an image."""

    id: str
    visibility: Visibility
    image_origin: ImageOrigin
    created_at: datetime
    org_id: str | None = None
    tier: PlatformTier | None = None
    image_ref: str | None = None
    files: Files | None = None
    updated_at: datetime | None = None


def _add(state: State, item: _PackItem) -> State:
    if item.id in state.all(PACKS):
        raise ValueError("another pack has this id")
    if (item.org_id is None) != (item.tier is not None):
        raise ValueError("tier: a platform pack has one and no org_id; a pack of an org has none")
    image_ref, image = _find_image(state, item)
    if state.select(PACKS, org_id=item.org_id, name=image.meta.name):
        raise ValueError(f"another pack of {item.org_id or 'the platform'} is named {image.meta.name}")
    pack = Pack(
        id=item.id,
        org_id=item.org_id,
        tier=item.tier or "community",
        visibility=item.visibility,
        image_origin=item.image_origin,
        image_ref=image_ref,
        image=image,
        created_at=item.created_at,
        updated_at=item.updated_at or item.created_at,
    )
    return with_image(state, image_ref, image).put(PACKS, pack)


def _find_image(state: State, item: _PackItem) -> tuple[str, Image]:
    """Return the image and its reference: of an upload made of its files, else one of the registry."""
    if item.image_origin == "upload":
        if item.files is None or item.image_ref is not None or item.org_id is None:
            raise ValueError("image_origin: an upload has an org_id and files, and no image_ref of its own")
        image = build(make_files(item.files))
        return make_platform_reference(item.org_id, image.meta.name, image.meta.version), image
    if item.image_ref is None or item.files is not None:
        raise ValueError("image_ref: is required unless the pack is an upload, and files are not allowed")
    held = pull(state, Reference.parse(item.image_ref))
    if not isinstance(held, Image):
        raise ValueError(f"image_ref: images.yaml has no usable image {item.image_ref}")
    return item.image_ref, held


def _invent(some: Inventor) -> Mapping[str, Any]:
    name = some.make_name()
    title = name.replace("-", " ").capitalize()
    version = f"{some.draw_count(0, 4)}.{some.draw_count(0, 9)}.{some.draw_count(0, 9)}"
    told = f"name: {name}\nversion: {version}\ndisplay_name: {title}\ndescription: {some.make_sentence()}\n"
    return {
        "visibility": some.choose(("org", "org", "community")),
        "image_origin": "upload",
        "files": {
            "pack.yaml": f"{told}category: {some.choose(('engineering', 'finance', 'operations', 'support'))}\n",
            "behavior.md": f"# {title}\n\n{some.make_sentence()} {some.make_sentence()}\n",
        },
    }


PACKS = Collection(
    Pack,
    "packs",
    id_prefix="pack",
    refers={"org_id": ORGS},
    unique=("org_id", "name"),
    schema="Pack",
    visible=is_visible,
    view=show_pack_fields,
    check=_check,
    shares=IMAGES,
    shared_field="image",
    details=lambda pack: {f"files/{path}": content.digest.hex() for path, content in pack.image.files.items()},
    fixtures=Fixtures(item=_PackItem, add=_add, after=(REGISTRY,), invent=_invent),
)


class PurgeFailure(Value):
    """The number of purges of a pack's image that are still to fail, because somebody asked for it."""

    pack_id: str
    times: int


PURGE_FAILURES = Collection(PurgeFailure, "purge_failures", key=("pack_id",), transient=True)
"""Faults, not data: no snapshot brings them back."""


def with_purge_failures(state: State, pack_id: str, times: int) -> State:
    """Return the state in which the next `times` purges of the pack's image fail."""
    if times == 0:
        return state.drop(PURGE_FAILURES, pack_id)
    return state.put(PURGE_FAILURES, PurgeFailure(pack_id, times))


def without_pack(state: State, pack_id: str) -> State:
    """Return the state without this pack, if it is there; an uploaded one's images go with it."""
    pack = state.get(PACKS, pack_id)
    if pack is None:
        return state
    if pack.image_origin == "upload":
        state = state.drop(REGISTRY, pack.reference.repository)
    return state.drop(PACKS, pack_id).drop(PURGE_FAILURES, pack_id)
