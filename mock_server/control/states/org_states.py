"""States of an org."""

from __future__ import annotations

from typing import Any

from mock_server.control.states.context import Setting
from mock_server.control.states.posture import with_posture
from mock_server.resources.models import POSTURES
from mock_server.state.state import State


def billing_posture(setting: Setting) -> tuple[State, dict[str, Any]]:
    """An org in a billing posture."""
    setting.params.only("org_id", "posture")
    org = setting.org()
    posture = setting.params.choice("posture", POSTURES)
    return setting.state.with_org(with_posture(org, posture, setting.now)), {}


def usual_posture(setting: Setting) -> State:
    """The org as the seed data has it."""
    org = setting.seed.orgs.get(setting.params.text("org_id"))
    return setting.state if org is None else setting.state.with_org(org)
