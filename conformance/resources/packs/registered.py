"""What the suite is told of content packs and of their files."""

from __future__ import annotations

from conformance.oracle.declaration import (
    FOREIGN_COMMUNITY,
    FOREIGN_PRIVATE,
    OWN_COMMUNITY,
    OWN_PRIVATE,
    PLATFORM,
    OrgOwned,
)
from conformance.oracle.resource import Resource, register
from conformance.resources.packs import bodies, causes, images, listing, making, semantics
from conformance.resources.packs.facts import PackFact, read_pack
from conformance.resources.packs.sample_files import FILE as SAMPLE
from conformance.resources.packs.steps import PackSteps


def _paths(fact: PackFact | None) -> list[str]:
    """The files that a pack has; pack.yaml is certain in every one."""
    if fact is None:
        return [SAMPLE]
    return sorted(fact.files or {"pack.yaml": b""}, key=lambda path: (path != SAMPLE, path))


PACK = register(
    Resource(
        name="pack",
        in_case_ids=False,  # they were given when there was no other resource
        access=OrgOwned(
            ownerships=(OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY, PLATFORM),
            shown_as=listing.shown_as,
        ),
        listed_by="packs.list",
        shown_by="packs.get",
        removed_by="packs.delete",
        made_by=(making.UPLOAD, making.CREATE),
        own=making.own_for,
        platform=making.platform,
        given=making.given,
        read=read_pack,
        refusals=semantics.REFUSALS,
        wrongful=semantics.wrongful,
        effects=semantics.EFFECTS,
        causes=causes.OF_PACKS,
        fields=bodies.FIELDS,
        unchanged=bodies.unchanged,
        generated=bodies.PackBodies,
        steps=PackSteps,
        requested=listing.requested,
        known=images.KNOWN,
        look=listing.known_image,
    )
)
FILE = register(
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
