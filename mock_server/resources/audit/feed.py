"""The feed of an org: which of its events a stream shows to whom, and how an event is written there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import orjson

from mock_server.operation import Feed
from mock_server.resources.audit.event import EVENTS, Event, read_log, show_event
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.log import find_position
from mock_server.state.state import State


@dataclass(frozen=True, slots=True)
class ActivityFeed(Feed):
    """The events of one stream: those of category activity, of an org."""

    last_received: str | None = None
    """The id after which it begins; None: with what happens from now on."""
    creator: str | None = None
    """The person of whose workspaces alone it shows events; None: of all."""
    workspace_id: str | None = None
    """The workspace of which alone it shows events; None: of all."""

    def shows(self, event: Event, state: State) -> bool:
        """Whether an event of the org comes down the stream."""
        if event.category != "activity" or self.workspace_id not in (None, event.workspace_id):
            return False
        if self.creator is None:
            return True
        workspace = state.get(WORKSPACES, event.workspace_id or "")
        return workspace is not None and workspace.created_by_user_id == self.creator

    def read_missed(self, state: State) -> Iterator[Event]:
        """Return what it shows of what happened after the last event that was received."""
        if self.last_received is None:
            return
        events = read_log(state, self.org_id)
        for event in events[find_position(events, self.last_received) :]:
            if event.id != self.last_received and self.shows(event, state):
                yield event

    def write(self, event: Event) -> bytes:
        """Return an event as the stream has it."""
        shown = orjson.dumps(show_event(event, self.org_id))
        return b"event: activity\nid: %b\ndata: %b\n\n" % (event.id.encode(), shown)


def read_last_received(sent: str | None) -> str | None:
    """Return the id that a header Last-Event-ID holds; None where it holds none, which is then as if it were absent."""
    try:
        return None if sent is None else str(UUID(sent))
    except ValueError:
        return None


def find_new_events(state: State, before: State) -> list[Event]:
    """Return the events that a state has more than the one that it was made from, as they were written."""
    found: list[Event] = []
    node, end = state.touched, before.touched
    while node is not None and node is not end:
        if node.name == EVENTS.name:
            found += [event for key in node.keys if (event := state.get(EVENTS, key)) is not None]
        node = node.before
    found.reverse()
    return found
