"""Organisations, and the billing posture that each has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.state.collection import Collection, Fixtures
from mock_server.state.invention import Inventor
from mock_server.state.value import Value

BillingStatus = Literal["active", "trial", "past_due", "decommissioning"]
Posture = Literal["active", "trial", "trial_expired", "past_due", "decommissioning"]

Subsystem = Literal["auth", "secrets"]
"""The subsystems that can be switched off for an org."""


class Org(Value):
    """An organisation. A trial ends at `trial_ends_at`; its `billing_status` stays `trial`."""

    id: Annotated[str, Meta(extra_json_schema={"pattern": "^org_[a-z0-9]+$"})]
    name: Annotated[str, Meta(min_length=1)]
    billing_status: BillingStatus
    trial_ends_at: datetime | None = None
    disabled: tuple[Subsystem, ...] | None = None

    def find_posture(self, now: datetime) -> Posture:
        """Return the billing posture at this moment."""
        if self.billing_status != "trial":
            return self.billing_status
        expired = self.trial_ends_at is not None and self.trial_ends_at <= now
        return "trial_expired" if expired else "trial"


def _invent(some: Inventor) -> Mapping[str, Any]:
    name = some.make_name().replace("-", "")
    status = some.choose(("active", "active", "past_due"))
    return {"id": f"org_{name}", "name": name.capitalize(), "billing_status": status}


ORGS = Collection(Org, "orgs", id_prefix="org", fixtures=Fixtures(invent=_invent))
