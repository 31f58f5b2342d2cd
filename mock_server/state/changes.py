"""Changes between two states of a world: a list of object, field, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mock_server.state.records import Record, clock_record
from mock_server.state.state import Place, State

Shown = dict[str, Any]


def changes(before: State, after: State, touched: Iterable[Place] | None = None) -> list[Shown]:
    """Return what is different after; only among the objects that were touched, where that is known.

    An object that is new or gone is one change, of no field. What is written along with every change is not told.
    """
    found: list[Shown] = []
    if before.clock != after.clock:
        found += _fields("clock", clock_record(before.clock), clock_record(after.clock))
    if before.counters is not after.counters:
        found += _fields("counters", _told_counts(before), _told_counts(after))
    places = different(before, after) if touched is None else told_places(after, touched)
    for collection, key in sorted(places, key=lambda place: (place[0], name_of(*place))):
        if after.tables[collection].collection.log is None:
            found += _object(collection, key, before, after)
    return found


def _told_counts(state: State) -> Record:
    logs = {each.noun for each in state.collections if each.log is not None}
    return {kind: count for kind, count in state.counters.items() if kind not in logs}


def different(before: State, after: State) -> Iterable[Place]:
    """Return the objects that are new, gone or others after."""
    for name, table in after.tables.items():
        old, new = before.tables[name].objects, table.objects
        if old is new or table.collection.transient:
            continue
        for key, value in new.items():
            if old.get(key) is not value:
                yield name, key
        for key in old:
            if key not in new:
                yield name, key


def told_places(state: State, touched: Iterable[Place]) -> Iterable[Place]:
    """Return those of the places in which there are objects that changes tell of: counters are told as a whole."""
    return [
        (name, key) for name, key in touched if name in state.tables and not state.tables[name].collection.transient
    ]


def name_of(collection: str, key: Any) -> str:
    """Return the name by which a change tells an object."""
    return "/".join([collection, *key] if isinstance(key, tuple) else [collection, str(key)])


def _object(name: str, key: Any, before: State, after: State) -> list[Shown]:
    collection = after.tables[name].collection
    old, new = before.get(collection, key), after.get(collection, key)
    told = name_of(name, key)
    if old is new:
        return []
    if old is None or new is None:
        return [
            _change(
                told,
                None,
                None if old is None else collection.record(old),
                None if new is None else collection.record(new),
            )
        ]
    found = _fields(told, collection.record(old), collection.record(new))
    if collection.details is not None:
        found += _fields(told, collection.details(old), collection.details(new))
    return found


def _fields(name: str, old: Record, new: Record) -> list[Shown]:
    return [
        _change(name, field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]


def _change(name: str, field: str | None, before: Any, after: Any) -> Shown:
    return {"object": name, "field": field, "before": before, "after": after}
