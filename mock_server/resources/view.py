"""What a caller is shown of what a world holds: redaction and visibility."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mock_server.resources.models import PLATFORM_TIERS, Pack
from mock_server.state.rendered import Rendered, kept


def visible(pack: Pack, org_id: str) -> bool:
    """Whether the org can see the pack: its own, the platform's, or shared with the community."""
    return pack.org_id == org_id or pack.tier in PLATFORM_TIERS or pack.visibility == "community"


def pack_shown(pack: Pack, org_id: str) -> Rendered:
    """Return the pack as the org sees it, rendered once for its owner and once for all others."""
    owned = pack.org_id == org_id
    shown = None if pack.shown is None else pack.shown.get(owned)
    return shown or kept(pack, owned, lambda: _fields(pack, owned=owned))


def pack_view(pack: Pack, org_id: str) -> Rendered:
    """Return the pack as the org sees it, rendered for this once.

    `org_id` and `image_ref` are there for the owner only; what pack.yaml does not say is absent.
    """
    return Rendered(_fields(pack, owned=pack.org_id == org_id))


def _fields(pack: Pack, *, owned: bool) -> dict[str, Any]:
    """In the contract's order. Spelt out, because every write shows the pack that it made."""
    image = pack.image
    meta = image.meta
    fields: dict[str, Any] = {"id": pack.id}
    if owned:
        fields["org_id"] = pack.org_id
    fields["name"] = meta.name
    fields["display_name"] = meta.display_name
    if meta.description is not None:
        fields["description"] = meta.description
    fields["version"] = meta.version
    fields["tier"] = pack.tier
    fields["visibility"] = pack.visibility
    if meta.category is not None:
        fields["category"] = meta.category
    if meta.capabilities is not None:
        fields["capabilities"] = meta.capabilities
    if meta.suggested_packs is not None:
        fields["suggested_packs"] = meta.suggested_packs
    fields["image_origin"] = pack.image_origin
    if owned:
        fields["image_ref"] = pack.image_ref
    fields["image_digest"] = image.digest
    fields["size_bytes"] = image.size_bytes
    fields["created_at"] = pack.created_at
    fields["updated_at"] = pack.updated_at
    fields["owned"] = owned
    return fields


def timestamp(moment: datetime) -> str:
    """Return the moment as an RFC 3339 date-time in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
