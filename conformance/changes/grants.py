"""What has changed in the scopes that roles and permission sets give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.changes.change import Change
from conformance.changes.table import change
from conformance.contract.contract import Contract

_Given = Mapping[str, frozenset[str]]


def changed_grants(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield the roles and permission sets that are added or removed, and the scopes that each gains or loses."""
    yield from _changed("x-roles", old.roles, new.roles)
    yield from _changed("x-permission-sets", old.permission_sets, new.permission_sets)


def _changed(keyword: str, old: _Given, new: _Given) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        place = f"{keyword}.{name}"
        if name not in new:
            yield change("grants-removed", place, "is removed", lost=_named(old[name]))
        elif name not in old:
            yield change("grants-added", place, "is added", gained=_named(new[name]))
        else:
            if lost := old[name] - new[name]:
                yield change("grants-lost", place, f"gives {_named(lost)} no longer", lost=_named(lost))
            if gained := new[name] - old[name]:
                yield change("grants-gained", place, f"gives {_named(gained)} now", gained=_named(gained))


def _named(scopes: Iterable[str]) -> str:
    return ", ".join(sorted(scopes)) or "no scope"
