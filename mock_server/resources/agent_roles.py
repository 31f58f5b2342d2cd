"""Agent roles, as far as packs and providers are concerned: which packs each attaches, and whose models it uses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value, replace


class Role(Value):
    """An agent role."""

    id: str
    org_id: str
    name: Annotated[str, Meta(min_length=1)]
    pack_ids: tuple[str, ...]
    archived_at: datetime | None = None
    provider_id: str | None = None


ROLES = Collection(
    Role,
    "roles",
    id_prefix="role",
    refers={"org_id": ORGS, "provider_id": PROVIDERS},
    mentions={"pack_ids": PACKS},
    indexes=("pack_ids", "provider_id"),
)


def roles_with(state: State, pack_id: str, *, other_than: str | None = None) -> int:
    """Return how many roles reference a pack, archived ones too, but for those of one org."""
    roles = state.where(ROLES, pack_ids=pack_id)
    return len(roles if other_than is None else [role for role in roles if role.org_id != other_than])


def archived_with(state: State, provider_id: str, now: datetime) -> tuple[State, int]:
    """Return the state in which the roles of a provider are archived, and how many were not before."""
    roles = [role for role in state.where(ROLES, provider_id=provider_id) if role.archived_at is None]
    for role in roles:
        state = state.put(ROLES, replace(role, archived_at=now))
    return state, len(roles)
