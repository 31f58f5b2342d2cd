"""Events of what a commit changed, which no operation writes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mock_server.access.callers import Caller
from mock_server.resources.audit.event import (
    EVENTS,
    SYSTEM,
    Event,
    make_event_id,
    read_log,
    round_to_milliseconds,
    with_event,
)
from mock_server.state.collection import Collection, list_steps
from mock_server.state.log import Note
from mock_server.state.state import State


def with_events(after: State, before: State, declared: Sequence[str], caller: Caller, now: datetime) -> State:
    """Return the state with the events of a request that succeeded: one for each object that it put or dropped.

    `declared`: the types of events that its operation writes, in the order in which they come. Each begins with what
    an object of it is called. Those of workspaces do not: what moves a workspace writes them (`life/events.py`).
    """
    changed = _find_changed(after, before)
    org_id, user_id = caller.org_id, caller.user_id
    for event_type in declared:
        names = changed.get(event_type.partition(".")[0], ())
        for name in sorted(names) if len(names) > 1 else names:
            count = after.find_next_count(EVENTS.noun)
            parts = (org_id, user_id, now, event_type, name, count)
            after = after.note(EVENTS, Note(org_id, now, parts, _make_event), count)
    return after


def _make_event(parts: tuple[str, str, datetime, str, str, int]) -> Event:
    org_id, user_id, now, event_type, name, count = parts
    moment = round_to_milliseconds(now)
    return Event(org_id, user_id, moment, event_type, resource_id=name, id=make_event_id(moment, count))


def without_oldest_event(state: State, org_id: str) -> State:
    """Return the state without the oldest event of an org, which gives way where there is no room for another."""
    events = read_log(state, org_id)
    return state.drop(EVENTS, events[0].id) if events else state


def _find_changed(after: State, before: State) -> dict[str, set[Any]]:
    """Return the ids of objects that were put or dropped, or the names of those without ids, by their nouns."""
    found: dict[str, set[Any]] = {}
    node, end, tables = after.touched, before.touched, after.tables
    while node is not None and node is not end:
        table = tables.get(node.name)
        if table is not None and table.collection.log is None:
            names = found.setdefault(table.collection.noun, set())
            for key in node.keys:
                names.add(key[-1] if isinstance(key, tuple) else key)
        node = node.before
    return found


def with_system_event(state: State, collection: Collection[Any], value: Any, event_type: str, now: datetime) -> State:
    """Return the state with the event of a change that nobody of the org made, such as a provider state."""
    name = list_steps(collection.key_of(value))[-1]
    org_id = collection.find_owner(value)
    return with_event(state, Event(org_id, SYSTEM, round_to_milliseconds(now), event_type, resource_id=name))
