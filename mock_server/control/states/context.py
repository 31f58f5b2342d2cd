"""The world, the time and the parameters with which a provider state is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_server.control.errors import OrgNotFound
from mock_server.control.similar_names import named
from mock_server.control.states.params import Params
from mock_server.errors import PackNotFound
from mock_server.resources.orgs import ORGS, Org
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.state import State


@dataclass(frozen=True, slots=True)
class StateContext:
    """The state and time of a world, the parameters that were sent, and the seed data."""

    state: State
    seed: State
    now: datetime
    params: Params
    values: Mapping[str, Any]  # of the setup, at its teardown

    def org(self) -> Org:
        """Return the org that `org_id` names; raises OrgNotFound."""
        return named("org", self.params.text("org_id"), self.state.all(ORGS), OrgNotFound)

    def pack(self) -> Pack:
        """Return the pack that `pack_id` names; raises PackNotFound."""
        return named("pack", self.params.text("pack_id"), self.state.all(PACKS), PackNotFound)

    def made(self, name: str) -> str:
        """Return the id or token that the setup answered under this name; empty where the teardown does not send it."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""
