"""What defects of workspaces begin with: the workspace that a request names, and the events that it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.deviations.planting.operations import Outcome, Run
from mock_server.resources.audit.event import EVENTS, Event, with_event
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State, touched
from mock_server.state.value import replace


def named(run: Run, state: State | None = None) -> Workspace:
    """Return the workspace that the path names, as it was before, or as it is in a state."""
    return (run.state if state is None else state).all(WORKSPACES)[run.request.path["id"]]


def written(run: Run, *types: str) -> Iterator[Event]:
    """Yield the events that a request wrote; those of these types, where some are given."""
    found = [run.after.get(EVENTS, key) for name, key in touched(run.after, run.state) if name == EVENTS.name]
    yield from (each for each in found if each is not None and (not types or each.event_type in types))


def untold(run: Run, *types: str) -> Outcome:
    """Return what comes of a request that does not write such events."""
    after = run.after
    for event in written(run, *types):
        after = after.drop(EVENTS, event.id)
    return after, run.outcome


def told_otherwise(run: Run, *types: str, **changes: Any) -> Outcome:
    """Return what comes of a request that writes such events with other values in these columns."""
    after = run.after
    for event in written(run, *types):
        after = with_event(after.drop(EVENTS, event.id), replace(event, **changes))
    return after, run.outcome
