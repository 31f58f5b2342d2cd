"""Billing postures, given to an org from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mock_server.resources.models import Org, Posture


def with_posture(org: Org, posture: Posture, now: datetime) -> Org:
    """The org in this posture; a trial that it is given never ends of itself."""
    if posture == "trial":
        return replace(org, billing_status="trial", trial_ends_at=None)
    if posture == "trial_expired":
        return replace(org, billing_status="trial", trial_ends_at=now)
    return replace(org, billing_status=posture, trial_ends_at=None)
