"""Provider states of an org."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mock_server.control.states.context import StateContext
from mock_server.resources.orgs import ORGS, POSTURES, Org, Posture
from mock_server.state.state import State
from mock_server.state.value import replace


def billing_posture(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Give an org a billing posture."""
    context.params.only("org_id", "posture")
    org = context.org()
    posture = context.params.choice("posture", POSTURES)
    return context.state.put(ORGS, with_posture(org, posture, context.now)), {}


def usual_posture(context: StateContext) -> State:
    """Take the org back to the seed data."""
    org = context.seed.get(ORGS, context.params.text("org_id"))
    return context.state if org is None else context.state.put(ORGS, org)


def with_posture(org: Org, posture: Posture, now: datetime) -> Org:
    """Return the org in a billing posture; a trial that it is given has no end."""
    if posture == "trial":
        return replace(org, billing_status="trial", trial_ends_at=None)
    if posture == "trial_expired":
        return replace(org, billing_status="trial", trial_ends_at=now)
    return replace(org, billing_status=posture, trial_ends_at=None)
