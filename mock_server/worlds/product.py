"""The product that worlds and the pipeline serve, as far as they have to know it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mock_server.access.callers import Caller
from mock_server.state.collection import Collection
from mock_server.state.state import State


class Product(NamedTuple):
    """The collection and the functions of a product that the engine calls; `app.py` hands them in."""

    orgs: Collection[Any]
    """The orgs that callers are of; each has a `posture(now)`, which says whether its billing is active."""
    play_due: Callable[[State, datetime], State]
    """Returns the state in which nothing is due any more at a time; the same state where nothing was."""
    find_new_events: Callable[[State, State], Sequence[Any]]
    """Returns the events that a state has more than the one that it was made from; each has an `org_id`."""
    with_events: Callable[[State, State, Sequence[str], Caller, datetime], State]
    """Returns the state with the events of a request: of what it changed since the state before, of declared types."""
    without_oldest_event: Callable[[State, str], State]
    """Returns the state without the oldest event of an org, which gives way where there is no room for another."""
