"""States of an org."""

from __future__ import annotations

from typing import Any

from mock_server.control.states.context import StateContext
from mock_server.control.states.posture import with_posture
from mock_server.resources.models import POSTURES
from mock_server.state.state import State


def billing_posture(context: StateContext) -> tuple[State, dict[str, Any]]:
    """An org in a billing posture."""
    context.params.only("org_id", "posture")
    org = context.org()
    posture = context.params.choice("posture", POSTURES)
    return context.state.with_org(with_posture(org, posture, context.now)), {}


def usual_posture(context: StateContext) -> State:
    """The org as the seed data has it."""
    org = context.seed.orgs.get(context.params.text("org_id"))
    return context.state if org is None else context.state.with_org(org)
