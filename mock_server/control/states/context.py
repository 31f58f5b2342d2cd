"""The world, the time and the parameters with which a provider state is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_server.control.errors import OrgNotFound
from mock_server.control.similar_names import unknown
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
        org_id = self.params.text("org_id")
        org = self.state.get(ORGS, org_id)
        if org is None:
            raise OrgNotFound(unknown("org", org_id, self.state.all(ORGS)))
        return org

    def pack(self) -> Pack:
        """Return the pack that `pack_id` names; raises PackNotFound."""
        pack_id = self.params.text("pack_id")
        pack = self.state.get(PACKS, pack_id)
        if pack is None:
            raise PackNotFound(unknown("pack", pack_id, self.state.all(PACKS)))
        return pack

    def made(self, name: str) -> str:
        """Return the id or token that the setup answered under this name; empty where the teardown does not send it."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""
