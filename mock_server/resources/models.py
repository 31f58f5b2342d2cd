"""What a world holds: frozen values, one class a resource."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from mock_server.resources.packs.images import Image
from mock_server.resources.packs.registry import Reference
from mock_server.state.frozen import frozen_value
from mock_server.state.rendered import Rendered

Tier = Literal["recommended", "verified", "community"]
Visibility = Literal["org", "community"]
ImageOrigin = Literal["upload", "image_ref", "clone"]
BillingStatus = Literal["active", "trial", "past_due", "decommissioning"]
Posture = Literal["active", "trial", "trial_expired", "past_due", "decommissioning"]

POSTURES: tuple[Posture, ...] = get_args(Posture)
PLATFORM_TIERS: tuple[Tier, ...] = ("recommended", "verified")


@dataclass(frozen=True, slots=True)
class Org:
    """An organisation. A trial ends at `trial_ends_at`; its `billing_status` stays `trial`."""

    id: str
    name: str
    billing_status: BillingStatus
    trial_ends_at: datetime | None = None

    def posture(self, now: datetime) -> Posture:
        """Return the billing posture at this moment."""
        if self.billing_status != "trial":
            return self.billing_status
        expired = self.trial_ends_at is not None and self.trial_ends_at <= now
        return "trial_expired" if expired else "trial"


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an org."""

    user_id: str
    org_id: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Role:
    """An agent role, as far as packs are concerned: which packs it attaches."""

    id: str
    org_id: str
    name: str
    pack_ids: tuple[str, ...]
    archived_at: datetime | None = None


@frozen_value
class Pack:
    """A content pack. `org_id` is None for a pack that the platform ships."""

    id: str
    org_id: str | None
    tier: Tier
    visibility: Visibility
    image_origin: ImageOrigin
    image_ref: str
    image: Image
    created_at: datetime
    updated_at: datetime
    # What its owner (True) and what others are shown of it.
    shown: Mapping[Hashable, Rendered] | None = field(default=None, init=False, repr=False, compare=False)

    def changed(self, now: datetime, *, visibility: Visibility, image: Image, image_ref: str) -> Pack:
        """Return the pack as it is after a change; spelt out, because `replace` takes six times as long."""
        return Pack(
            self.id,
            self.org_id,
            self.tier,
            visibility,
            self.image_origin,
            image_ref,
            image,
            self.created_at,
            now,
        )

    @property
    def name(self) -> str:
        """The name in its pack.yaml, which stays for the life of the pack."""
        return self.image.meta.name

    @property
    def reference(self) -> Reference:
        """The parts of `image_ref`."""
        return Reference.of(self.image_ref)
