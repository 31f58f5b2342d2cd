"""The changes that lead from a state back to an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from mock_server.state.changes import different, told_places
from mock_server.state.collection import Section, steps_of
from mock_server.state.portable import sections_of, written
from mock_server.state.records import clock_record
from mock_server.state.state import Place, State
from mock_server.worlds.former_entries import FormerState

Step = tuple[tuple[Any, ...], Any]
"""The steps from the root of a state's document, and what stands there; None: nothing."""


def reverse_changes(newer: State, older: State, touched: Iterable[Place] | None = None) -> bytes:
    """Return the changes, as JSON, from the newer state's document to the older's; empty where there are none.

    Only the objects that were touched are looked at, where that is known.
    """
    found = list(_places(newer, older, different(newer, older) if touched is None else touched))
    return orjson.dumps(found) if found else b""


def document_of(state: State | FormerState) -> dict[str, Any]:
    """Return the document of a state."""
    ways: list[bytes] = []
    while isinstance(state, FormerState):
        ways.append(state.places)
        state = state.newer
    document: dict[str, Any] = orjson.loads(written(state))
    sections = {each.name: each for each in sections_of(state.collections)}
    for way in reversed(ways):
        for steps, value in orjson.loads(way):
            _put(document, sections, steps, value)
    return document


def _places(newer: State, older: State, places: Iterable[Place]) -> Iterator[Step]:
    if newer.clock != older.clock:
        yield ("clock",), clock_record(older.clock)
    if dict(newer.counters) != dict(older.counters):
        yield ("counters",), dict(older.counters)
    for name, key in told_places(older, places):
        collection = older.tables[name].collection
        value, present = older.get(collection, key), newer.get(collection, key)
        yield (name, *steps_of(key)), None if value is None else collection.record(value)
        if value is None:
            continue
        known = [] if present is None else [part for _, part in collection.shared_by(present)]
        for section, part in collection.shared_by(value):
            if part not in known:
                yield (section.name, section.digest(part)), section.record(part)


def _put(document: dict[str, Any], sections: Mapping[str, Section], steps: list[str], value: Any) -> None:
    *around, name = steps
    holder = document
    for step in around:
        holder = holder.setdefault(step, {})
    if value is None:
        holder.pop(name, None)
        if not holder and len(steps) > 2:  # an org without members
            document[steps[0]].pop(steps[1])
    else:
        section = sections.get(steps[0])
        holder[name] = section.prefer(holder[name], value) if section is not None and name in holder else value
