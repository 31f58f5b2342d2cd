"""Defects in what a caller is shown of a pack."""

from __future__ import annotations

from mock_server.deviations import deviation
from mock_server.deviations.answers import edited, with_status_spoilt
from mock_server.deviations.outcomes import with_view, without_keys
from mock_server.pipeline.hooks import Seams

_LIST = ("packs.list",)
_GET = ("packs.get",)
_READS = ("packs.list", "packs.get")


@deviation("ownership-org-id-shown", "OWNERSHIP-ORG-ID", on=_READS)
def org_id_shown(seams: Seams) -> Seams:
    """A shared pack of another org shows that org's id."""
    return with_view(
        seams, lambda view, pack, _request: view if pack.org_id is None else {**view, "org_id": pack.org_id}
    )


@deviation("ownership-org-id-null", "OWNERSHIP-ORG-ID", "CONTRACT-BODY-SCHEMA", on=_GET)
def org_id_null(seams: Seams) -> Seams:
    """The org_id of a pack of others is null."""
    return with_status_spoilt(seams, {200}, lambda answer: edited(answer, lambda pack: {"org_id": None, **pack}))


@deviation("ownership-owned-platform", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", on=_READS)
def owned_platform(seams: Seams) -> Seams:
    """The platform's packs count as owned by everyone."""
    return with_view(seams, lambda view, pack, _request: {**view, "owned": view["owned"] or pack.org_id is None})


@deviation("ownership-tier-promoted", "OWNERSHIP-TIER", "PACK-PATCH-ONLY-VISIBILITY", on=("packs.update_visibility",))
def tier_promoted(seams: Seams) -> Seams:
    """The answer to a PATCH shows a pack that is shared now as verified."""
    return with_view(
        seams,
        lambda view, _pack, _request: {**view, "tier": "verified"} if view["visibility"] == "community" else view,
    )


@deviation("ownership-image-ref-of-uploads", "OWNERSHIP-IMAGE-REF", on=_READS)
def image_ref_of_uploads(seams: Seams) -> Seams:
    """An own pack that was uploaded does not show its image_ref."""
    return with_view(
        seams,
        lambda view, pack, _request: without_keys(view, "image_ref") if pack.image_origin == "upload" else view,
    )


@deviation("ownership-list-brief", "OWNERSHIP-LIST-ITEM", "CREATE-READABLE", on=_LIST)
def list_brief(seams: Seams) -> Seams:
    """The list leaves out the descriptions."""
    return with_view(seams, lambda view, _pack, _request: without_keys(view, "description"))
