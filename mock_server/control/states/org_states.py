"""Provider states in which a part of the API is switched off for an org."""

from __future__ import annotations

from typing import Any

from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import OrgParams
from mock_server.resources.orgs import ORGS, Subsystem
from mock_server.state.state import State
from mock_server.state.value import replace


def switch_off(part: Subsystem, context: StateContext, params: OrgParams) -> tuple[State, dict[str, Any]]:
    """Switch a part of the API off for an org."""
    org = context.org(params.org_id)
    disabled = dict.fromkeys((*(org.disabled or ()), part))
    return context.state.put(ORGS, replace(org, disabled=tuple(disabled))), {}


def switch_on(part: Subsystem, context: StateContext) -> State:
    """Switch it on again."""
    org = context.state.get(ORGS, context.require("org_id"))
    if org is None:
        return context.state
    disabled = tuple(each for each in org.disabled or () if each != part)
    return context.state.put(ORGS, replace(org, disabled=disabled or None))
