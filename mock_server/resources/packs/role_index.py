"""Which roles reference a pack, without a look at each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from rpds import HashTrieMap

from mock_server.resources.models import Role

Index: TypeAlias = "HashTrieMap[str, tuple[str, ...]]"
"""The id of a pack → the org of each role that references it, archived ones too."""


def reindexed(index: Index, before: Role | None, after: Role | None) -> Index:
    """Return the index in which one role has taken the place of another; None is no role."""
    if before is not None:
        for pack_id in set(before.pack_ids):
            orgs = list(index[pack_id])
            orgs.remove(before.org_id)
            index = index.insert(pack_id, tuple(orgs)) if orgs else index.remove(pack_id)
    if after is not None:
        for pack_id in set(after.pack_ids):
            index = index.insert(pack_id, (*index.get(pack_id, ()), after.org_id))
    return index


def indexed(roles: Iterable[Role]) -> Index:
    """Return the index of these roles."""
    orgs: dict[str, list[str]] = {}
    for role in roles:
        for pack_id in set(role.pack_ids):
            orgs.setdefault(pack_id, []).append(role.org_id)
    return HashTrieMap({pack_id: tuple(each) for pack_id, each in orgs.items()})
