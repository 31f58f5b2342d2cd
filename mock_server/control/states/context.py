"""The world, the time and the parameters with which a provider state is made; and the removal of what it made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from mock_server.contract.keywords import ManifestRules
from mock_server.control.errors import OrgNotFound, require_named
from mock_server.errors import PackNotFound, ValidationFailed
from mock_server.resources.orgs import ORGS, Org
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.resources.providers import PROVIDERS, Provider
from mock_server.state.collection import Collection, Key, read_name
from mock_server.state.state import State


@dataclass(frozen=True, slots=True)
class StateContext:
    """The state and time of a world, the seed data, and what was sent."""

    state: State
    seed: State
    now: datetime
    params: Mapping[str, Any]  # none is null, which counts as absent
    values: Mapping[str, Any]  # of the setup, at its teardown
    manifest: ManifestRules | None = None  # what the contract says of a pack.yaml

    def require(self, name: str) -> str:
        """Return a text that a teardown needs; raises ValidationFailed where it is not sent."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            text = "It is required." if value is None else "It is a text that is not empty."
            raise ValidationFailed(fields={f"params.{name}": text})
        return value

    def find_org(self, org_id: str) -> Org:
        """Return the org of this id; raises OrgNotFound."""
        return require_named("org", org_id, self.state.all(ORGS), OrgNotFound)

    def find_pack(self, pack_id: str) -> Pack:
        """Return the pack of this id; raises PackNotFound."""
        return require_named("pack", pack_id, self.state.all(PACKS), PackNotFound)

    def find_provider_in_use(self, org_id: str) -> Provider | None:
        """Return the oldest provider of an org that is not archived; None where there is none."""
        in_use = (each for each in self.state.select(PROVIDERS, org_id=org_id) if each.archived_at is None)
        return min(in_use, key=attrgetter("created_at", "id"), default=None)

    def read_made(self, name: str) -> str:
        """Return the id or token that the setup answered under this name; empty where the teardown does not send it."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


def without(state: State, collection: Collection[Any], key: Key) -> State:
    """Return the state without an object, and without what cannot be there without it."""
    for other in state.collections:
        for field in (name for name, target in other.refers.items() if read_name(target) == collection.name):
            for each in state.select(other, **{field: key}):
                state = without(state, other, other.key_of(each))
    return state.drop(collection, key)
