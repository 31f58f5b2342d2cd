"""Changes between two states of a world: a list of object, field, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mock_server.state.records import Record, make_clock_record
from mock_server.state.state import Place, State

Shown = dict[str, Any]


def list_changes(before: State, after: State, touched: Iterable[Place] | None = None) -> list[Shown]:
    """Return what is different after; only among the objects that were touched, where that is known.

    An object that is new or gone is one change, of no field. What is written along with every change is not told.
    """
    found: list[Shown] = []
    if before.clock != after.clock:
        found += _compare_fields("clock", make_clock_record(before.clock), make_clock_record(after.clock))
    if before.counters is not after.counters:
        found += _compare_fields("counters", _record_counts(before), _record_counts(after))
    places = find_different(before, after) if touched is None else select_told_places(after, touched)
    for collection, key in sorted(places, key=lambda place: (place[0], name_of(*place))):
        if after.tables[collection].collection.log is None:
            found += _compare_object(collection, key, before, after)
    return found


def _record_counts(state: State) -> Record:
    logs = {each.noun for each in state.collections if each.log is not None}
    return {kind: count for kind, count in state.counters.items() if kind not in logs}


def find_different(before: State, after: State) -> Iterable[Place]:
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


def select_told_places(state: State, touched: Iterable[Place]) -> Iterable[Place]:
    """Return those of the places in which there are objects that changes tell of: counters are told as a whole."""
    return [
        (name, key) for name, key in touched if name in state.tables and not state.tables[name].collection.transient
    ]


def name_of(collection: str, key: Any) -> str:
    """Return the name by which a change tells an object."""
    return "/".join([collection, *key] if isinstance(key, tuple) else [collection, str(key)])


def _compare_object(name: str, key: Any, before: State, after: State) -> list[Shown]:
    collection = after.tables[name].collection
    old, new = before.get(collection, key), after.get(collection, key)
    told = name_of(name, key)
    if old is new:
        return []
    if old is None or new is None:
        return [
            _make_change(
                told,
                None,
                None if old is None else collection.to_record(old),
                None if new is None else collection.to_record(new),
            )
        ]
    found = _compare_fields(told, collection.to_record(old), collection.to_record(new))
    if collection.details is not None:
        found += _compare_fields(told, collection.details(old), collection.details(new))
    return found


def _compare_fields(name: str, old: Record, new: Record) -> list[Shown]:
    return [
        _make_change(name, field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]


def _make_change(name: str, field: str | None, before: Any, after: Any) -> Shown:
    return {"object": name, "field": field, "before": before, "after": after}
