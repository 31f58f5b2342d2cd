"""Events of what a commit changed, which no operation writes by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from mock_server.access.callers import Caller
from mock_server.resources.audit.event import EVENTS, SYSTEM, Event, in_milliseconds, with_event
from mock_server.state.collection import Collection, steps_of
from mock_server.state.ordered_keys import ascending
from mock_server.state.state import Place, State, touched


def with_events(after: State, before: State, declared: Sequence[str], caller: Caller, now: datetime) -> State:
    """Return the state with the events of a request that succeeded: one for each object that it put or dropped.

    `declared`: the types of events that its operation writes, in the order in which they come. Each begins with what
    an object of it is called.
    """
    moment = in_milliseconds(now)
    changed = touched(after, before)
    for event_type in declared:
        noun = event_type.partition(".")[0]
        for name in sorted(_named(after, changed, noun)):
            event = Event(caller.org_id, caller.user_id, moment, event_type, resource_id=name)
            after = with_event(after, event)
    return after


def without_oldest(state: State, org_id: str) -> State:
    """Return the state without the oldest event of an org, which gives way where there is no room for another."""
    kept = state.keys(EVENTS, "org_id", org_id)
    return state.drop(EVENTS, next(ascending(kept))) if kept else state


def _named(state: State, changed: Iterable[Place], noun: str) -> Iterable[str]:
    """The ids of the changed objects of a kind, or the names of those that their orgs name."""
    for name, key in changed:
        table = state.tables.get(name)
        if table is not None and table.collection.noun == noun:
            yield steps_of(key)[-1]


def with_system_event(state: State, collection: Collection[Any], value: Any, event_type: str, now: datetime) -> State:
    """Return the state with the event of a change that nobody of the org made, such as a provider state."""
    name = steps_of(collection.key_of(value))[-1]
    org_id = collection.owner(value)
    return with_event(state, Event(org_id, SYSTEM, in_milliseconds(now), event_type, resource_id=name))
