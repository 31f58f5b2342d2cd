"""Organisations, and the billing posture that each has."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from msgspec import Meta

from mock_server.state.collection import Collection
from mock_server.state.value import Value

BillingStatus = Literal["active", "trial", "past_due", "decommissioning"]
Posture = Literal["active", "trial", "trial_expired", "past_due", "decommissioning"]

Subsystem = Literal["auth", "secrets"]
"""What can be switched off for an org."""

POSTURES: tuple[Posture, ...] = get_args(Posture)


class Org(Value):
    """An organisation. A trial ends at `trial_ends_at`; its `billing_status` stays `trial`."""

    id: Annotated[str, Meta(extra_json_schema={"pattern": "^org_[a-z0-9]+$"})]
    name: Annotated[str, Meta(min_length=1)]
    billing_status: BillingStatus
    trial_ends_at: datetime | None = None
    disabled: tuple[Subsystem, ...] | None = None

    def posture(self, now: datetime) -> Posture:
        """Return the billing posture at this moment."""
        if self.billing_status != "trial":
            return self.billing_status
        expired = self.trial_ends_at is not None and self.trial_ends_at <= now
        return "trial_expired" if expired else "trial"


ORGS = Collection(Org, "orgs", id_prefix="org")
