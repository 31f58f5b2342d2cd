"""Defects of streams: what comes down one, in which form and order, and who opens one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import orjson

from mock_server.deviations.planting.ids import FOLLOW_EVENTS
from mock_server.deviations.planting.operations import Run, wrong_reply
from mock_server.deviations.planting.requests import Passing, wrong_gate
from mock_server.errors import Unauthenticated
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.resources.audit.event import Event, event_view, log_of
from mock_server.resources.audit.feed import Feed
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.worlds.call import Call


class _FirstLost(Feed):
    def missed(self, state: State) -> Iterator[Event]:
        return islice(super().missed(state), 1, None)


@wrong_reply("streams-first-missed-lost", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def first_missed_lost(feed: Feed, _run: Run) -> Feed:
    """Whoever comes back is not sent the first event that was missed."""
    return _FirstLost(*feed)


class _LastAgain(Feed):
    def missed(self, state: State) -> Iterator[Event]:
        if self.last_received is not None:
            events = log_of(state, self.org_id).ascending(self.last_received)
            yield from (event for event in events if self.shows(event, state))


@wrong_reply("streams-last-comes-again", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def last_comes_again(feed: Feed, _run: Run) -> Feed:
    """Whoever comes back is sent the last event once more."""
    return _LastAgain(*feed)


class _NewestFirst(Feed):
    def missed(self, state: State) -> Iterator[Event]:
        return reversed([*super().missed(state)])


@wrong_reply("streams-newest-first", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def newest_first(feed: Feed, _run: Run) -> Feed:
    """What was missed comes with the newest event first."""
    return _NewestFirst(*feed)


@wrong_reply("streams-last-id-ignored", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def last_id_ignored(feed: Feed, _run: Run) -> Feed:
    """Whoever comes back is sent nothing of what was missed."""
    return feed._replace(last_received=None)


class _EveryCategory(Feed):
    def shows(self, event: Event, state: State) -> bool:
        return event.category != "activity" or super().shows(event, state)


@wrong_reply("streams-audit-shown", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def audit_shown(feed: Feed, _run: Run) -> Feed:
    """Events of the category audit come down a stream as well."""
    return _EveryCategory(*feed)


class _EveryOrg(Feed):
    def missed(self, state: State) -> Iterator[Event]:
        every = [self._replace(org_id=org_id) for org_id in state.all(ORGS)]
        found = (event for feed in every for event in Feed.missed(feed, state))
        return iter(sorted(found, key=lambda event: event.id))


@wrong_reply("streams-of-every-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def of_every_org(feed: Feed, _run: Run) -> Feed:
    """What was missed is what happened in any org."""
    return _EveryOrg(*feed)


@wrong_reply("ownership-streams-not-narrowed", "OWNERSHIP-STREAM-OWN", on=FOLLOW_EVENTS)
def not_narrowed(feed: Feed, _run: Run) -> Feed:
    """Whoever sees the own workspaces alone is sent the events of all."""
    return feed._replace(creator=None)


class _WithoutIds(Feed):
    def written(self, event: Event) -> bytes:
        return b"event: activity\n" + super().written(event).partition(b"\ndata: ")[2].join((b"data: ", b""))


@wrong_reply("streams-without-ids", "STREAM-FORM", on=FOLLOW_EVENTS)
def without_ids(feed: Feed, _run: Run) -> Feed:
    """An event has no id, so that whoever comes back cannot say which was the last."""
    return _WithoutIds(*feed)


class _TypedByEvent(Feed):
    def written(self, event: Event) -> bytes:
        return super().written(event).replace(b"event: activity", b"event: " + event.event_type.encode(), 1)


@wrong_reply("streams-typed-by-event", "STREAM-FORM", on=FOLLOW_EVENTS)
def typed_by_event(feed: Feed, _run: Run) -> Feed:
    """The type of an event is what happened, so that whoever listens for activity hears nothing."""
    return _TypedByEvent(*feed)


class _InLines(Feed):
    def written(self, event: Event) -> bytes:
        shown = orjson.dumps(event_view(event, self.org_id), option=orjson.OPT_INDENT_2)
        return b"event: activity\nid: %b\ndata: %b\n\n" % (event.id.encode(), shown)


@wrong_reply("streams-data-in-lines", "STREAM-FORM", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def data_in_lines(feed: Feed, _run: Run) -> Feed:
    """The data is indented JSON, of which all but the first line is lost."""
    return _InLines(*feed)


@wrong_gate(credential)("streams-key-not-taken", "STREAM-KEY-QUERY", on=FOLLOW_EVENTS)
def key_not_taken(right: Gate, call: Call) -> Passing:
    """A stream takes no API key in its query."""
    if b"authorization" not in call.headers and b"api_key=" in call.query_string:
        raise Unauthenticated("There is no credential.")
    return right(call)
