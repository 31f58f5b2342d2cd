"""Agent roles, as far as packs are concerned: which packs each attaches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.pack import PACKS
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value


class Role(Value):
    """An agent role."""

    id: str
    org_id: str
    name: Annotated[str, Meta(min_length=1)]
    pack_ids: tuple[str, ...]
    archived_at: datetime | None = None


ROLES = Collection(
    Role,
    "roles",
    id_prefix="role",
    refers={"org_id": ORGS},
    mentions={"pack_ids": PACKS},
    indexes=("pack_ids",),
)


def roles_with(state: State, pack_id: str, *, other_than: str | None = None) -> int:
    """Return how many roles reference a pack, archived ones too, but for those of one org."""
    roles = state.where(ROLES, pack_ids=pack_id)
    return len(roles if other_than is None else [role for role in roles if role.org_id != other_than])
