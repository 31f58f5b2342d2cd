"""What lies between two states of a world: a list of object, field, before and after."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from mock_server.resources.models import Pack
from mock_server.state.records import (
    Record,
    clock_record,
    credential_record,
    file_record,
    member_record,
    org_record,
    pack_record,
    repository_record,
    role_record,
)
from mock_server.state.state import Key, State

Shown = dict[str, Any]

COLLECTIONS: Mapping[str, tuple[Callable[[State], Mapping[Any, Any]], Callable[[Any], Record]]] = {
    "orgs": (lambda state: state.orgs, org_record),
    "members": (lambda state: state.members, member_record),
    "roles": (lambda state: state.roles, role_record),
    "packs": (lambda state: state.packs, pack_record),
    "registry": (lambda state: state.registry.repositories, repository_record),
    "credentials": (lambda state: state.credentials, credential_record),
}
"""Each collection: where a state has it, and the record of one of its objects."""


def changes(before: State, after: State, touched: Iterable[Key] | None = None) -> list[Shown]:
    """Return what is different after; only among the objects that were touched, where that is known.

    An object that is new or gone is one change, of no field.
    """
    found: list[Shown] = []
    if before.clock != after.clock:
        found += _fields("clock", clock_record(before.clock), clock_record(after.clock))
    if before.counters is not after.counters:
        found += _fields("counters", dict(before.counters), dict(after.counters))
    keys = different(before, after) if touched is None else touched
    for collection, key in sorted(keys, key=_order):
        if collection in COLLECTIONS:
            found += _object(collection, key, before, after)
    return found


def different(before: State, after: State) -> Iterable[Key]:
    """Return the objects that are new, gone or others after."""
    for name, (of, _) in COLLECTIONS.items():
        old, new = of(before), of(after)
        if old is new:
            continue
        for key, value in new.items():
            if old.get(key) is not value:
                yield name, key
        for key in old:
            if key not in new:
                yield name, key


def _order(key: Key) -> tuple[str, str]:
    return key[0], _name(*key)


def _name(collection: str, key: Hashable) -> str:
    return "/".join([collection, *key] if isinstance(key, tuple) else [collection, str(key)])


def _object(collection: str, key: Hashable, before: State, after: State) -> list[Shown]:
    of, record = COLLECTIONS[collection]
    old, new = of(before).get(key), of(after).get(key)
    name = _name(collection, key)
    if old is new:
        return []
    if old is None or new is None:
        return [_change(name, None, None if old is None else record(old), None if new is None else record(new))]
    if isinstance(old, Pack) and old.image is not new.image:
        return [*_fields(name, record(old), record(new)), *_files(name, old, new)]
    return _fields(name, record(old), record(new))


def _files(name: str, old: Pack, new: Pack) -> list[Shown]:
    return [
        {**change, "field": f"files/{change['field']}"}
        for change in _fields(name, file_record(old.image), file_record(new.image))
    ]


def _fields(name: str, old: Record, new: Record) -> list[Shown]:
    return [
        _change(name, field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]


def _change(name: str, field: str | None, before: Any, after: Any) -> Shown:
    return {"object": name, "field": field, "before": before, "after": after}
