"""What a caller is shown of what a world holds: redaction and visibility."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mock_server.models import PLATFORM_TIERS, Pack
from mock_server.rendered import Rendered, kept

_OPTIONAL = ("org_id", "image_ref", "description", "category", "capabilities", "suggested_packs")
"""What is absent where it is not for the viewer, or where pack.yaml does not say it."""


def visible(pack: Pack, org_id: str) -> bool:
    """Whether the org can see the pack: its own, the platform's, or shared with the community."""
    return pack.org_id == org_id or pack.tier in PLATFORM_TIERS or pack.visibility == "community"


def pack_shown(pack: Pack, org_id: str) -> Rendered:
    """Return the pack as the org sees it, rendered once for its owner and once for all others."""
    owned = pack.org_id == org_id
    return pack.shown.get(owned) or kept(pack, owned, lambda: _fields(pack, owned=owned))


def pack_view(pack: Pack, org_id: str) -> Rendered:
    """Return the pack as the org sees it, rendered for this once.

    `org_id` and `image_ref` are there for the owner only; what pack.yaml does not say is absent.
    """
    return Rendered(_fields(pack, owned=pack.org_id == org_id))


def _fields(pack: Pack, *, owned: bool) -> dict[str, Any]:
    meta = pack.image.meta
    fields = {
        "id": pack.id,
        "org_id": pack.org_id if owned else None,
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
        "image_ref": pack.image_ref if owned else None,
        "image_digest": pack.image.digest,
        "size_bytes": pack.image.size_bytes,
        "created_at": pack.created_at,
        "updated_at": pack.updated_at,
        "owned": owned,
    }
    for name in _OPTIONAL:
        if fields[name] is None:
            del fields[name]
    return fields


def timestamp(moment: datetime) -> str:
    """Return the moment as an RFC 3339 date-time in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
