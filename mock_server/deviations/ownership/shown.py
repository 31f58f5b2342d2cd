"""Defects in what a caller is shown of a pack."""

from __future__ import annotations

from mock_server.deviations import deviation
from mock_server.deviations.answers import edited, with_status
from mock_server.deviations.operations import GET, LIST, PATCH
from mock_server.deviations.outcomes import View, with_view, without_keys
from mock_server.resources.operation import Request
from mock_server.resources.packs.pack import Pack
from mock_server.worlds.answer import Answer


@deviation("ownership-org-id-shown", "OWNERSHIP-ORG-ID", on=LIST + GET, plant=with_view)
def org_id_shown(view: View, pack: Pack, _request: Request) -> View:
    """A shared pack of another org shows that org's id."""
    return view if pack.org_id is None else {**view, "org_id": pack.org_id}


@deviation("ownership-org-id-null", "OWNERSHIP-ORG-ID", "CONTRACT-BODY-SCHEMA", on=GET, plant=with_status(200))
def org_id_null(answer: Answer) -> Answer:
    """The org_id of a pack of others is null."""
    return edited(answer, lambda pack: {"org_id": None, **pack})


@deviation("ownership-owned-platform", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", on=LIST + GET, plant=with_view)
def owned_platform(view: View, pack: Pack, _request: Request) -> View:
    """The platform's packs count as owned by everyone."""
    return {**view, "owned": view["owned"] or pack.org_id is None}


@deviation("ownership-tier-promoted", "OWNERSHIP-TIER", "PACK-PATCH-ONLY-VISIBILITY", on=PATCH, plant=with_view)
def tier_promoted(view: View, _pack: Pack, _request: Request) -> View:
    """The answer to a PATCH shows a pack that is shared now as verified."""
    return {**view, "tier": "verified"} if view["visibility"] == "community" else view


@deviation("ownership-image-ref-of-uploads", "OWNERSHIP-IMAGE-REF", on=LIST + GET, plant=with_view)
def image_ref_of_uploads(view: View, pack: Pack, _request: Request) -> View:
    """An own pack that was uploaded does not show its image_ref."""
    return without_keys(view, "image_ref") if pack.image_origin == "upload" else view


@deviation("ownership-list-brief", "OWNERSHIP-LIST-ITEM", "CREATE-READABLE", on=LIST, plant=with_view)
def list_brief(view: View, _pack: Pack, _request: Request) -> View:
    """The list leaves out the descriptions."""
    return without_keys(view, "description")
