"""Provider states of packs, of the images that they are made of, and of what references them."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState, optional

_PACK, _IMAGE = Param("pack_id"), Param("image_ref")

STATES: Mapping[str, ProviderState] = {
    "pack exists": ProviderState(
        "There is a new pack.",
        (
            optional("org_id", "absent: the pack is the platform's"),
            NAME,
            optional("tier", "of a pack of the platform", ("recommended", "verified")),
            optional("visibility", choices=("org", "community")),
            optional("image_origin", choices=("upload", "image_ref", "clone")),
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
