"""Defects of replaced images."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_pack_after
from mock_server.seams import Seams

_PUT = "packs.replace_image"


@deviation("images-metadata-stays", "IMAGE-REREAD")
def metadata_stays(seams: Seams) -> Seams:
    """A new image leaves the version and description of the old one."""
    return with_pack_after(
        seams,
        _PUT,
        lambda before, right, _request: replace(right, image=replace(right.image, meta=before.image.meta)),
    )


@deviation("images-updated-at-stays", "CONTENT-UPDATED-AT")
def updated_at_stays(seams: Seams) -> Seams:
    """A new image or a new file leaves updated_at as it was."""
    changed = with_pack_after(seams, _PUT, lambda before, right, _request: replace(right, updated_at=before.updated_at))
    return with_pack_after(
        changed,
        "packs.replace_file",
        lambda before, right, _request: replace(right, updated_at=before.updated_at),
    )
