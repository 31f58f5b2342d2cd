"""Defects of streams: what comes down one, in which form and order, and who opens one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from itertools import islice

import orjson

from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.planting.streams import PassingOn, wrong_listener
from mock_server.deviations.planting.ids import FOLLOW_ALL, FOLLOW_EVENTS, FOLLOW_WITHIN
from mock_server.deviations.planting.operations import Run, wrong_reply
from mock_server.errors import Unauthenticated
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.resources.audit.event import Event, event_view, log_of
from mock_server.resources.audit.feed import ActivityFeed
from mock_server.resources.orgs import ORGS
from mock_server.state.log import position
from mock_server.state.state import State
from mock_server.worlds.call import Call
from mock_server.worlds.listeners import HEARTBEAT, Part


class _FirstLost(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return islice(super().missed(state), 1, None)


@wrong_reply("streams-first-missed-lost", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def first_missed_lost(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Whoever comes back is not sent the first event that was missed."""
    return _FirstLost(*astuple(feed))


class _LastAgain(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        if self.last_received is not None:
            events = log_of(state, self.org_id)
            missed = events[position(events, self.last_received) :]
            yield from (event for event in missed if self.shows(event, state))


@wrong_reply("streams-last-comes-again", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def last_comes_again(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Whoever comes back is sent the last event once more."""
    return _LastAgain(*astuple(feed))


class _NewestFirst(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return reversed([*super().missed(state)])


@wrong_reply("streams-newest-first", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def newest_first(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """What was missed comes with the newest event first."""
    return _NewestFirst(*astuple(feed))


@wrong_reply("streams-last-id-ignored", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def last_id_ignored(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Whoever comes back is sent nothing of what was missed."""
    return replace(feed, last_received=None)


class _EveryCategory(ActivityFeed):
    def shows(self, event: Event, state: State) -> bool:
        return event.category != "activity" or super().shows(event, state)


@wrong_reply("streams-audit-shown", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def audit_shown(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Events of the category audit come down a stream as well."""
    return _EveryCategory(*astuple(feed))


class _EveryOrg(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        every = [replace(self, org_id=org_id) for org_id in state.all(ORGS)]
        found = (event for feed in every for event in ActivityFeed.missed(feed, state))
        return iter(sorted(found, key=lambda event: event.id))


@wrong_reply("streams-of-every-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def of_every_org(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """What was missed is what happened in any org."""
    return _EveryOrg(*astuple(feed))


@wrong_reply("ownership-streams-not-narrowed", "OWNERSHIP-STREAM-OWN", on=FOLLOW_EVENTS)
def not_narrowed(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Whoever sees the own workspaces alone is sent the events of all."""
    return replace(feed, creator=None)


class _WithoutIds(ActivityFeed):
    def written(self, event: Event) -> bytes:
        return b"event: activity\n" + super().written(event).partition(b"\ndata: ")[2].join((b"data: ", b""))


@wrong_reply("streams-without-ids", "STREAM-FORM", on=FOLLOW_EVENTS)
def without_ids(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """An event has no id, so that whoever comes back cannot say which was the last."""
    return _WithoutIds(*astuple(feed))


class _TypedByEvent(ActivityFeed):
    def written(self, event: Event) -> bytes:
        return super().written(event).replace(b"event: activity", b"event: " + event.event_type.encode(), 1)


@wrong_reply("streams-typed-by-event", "STREAM-FORM", on=FOLLOW_EVENTS)
def typed_by_event(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """The type of an event is what happened, so that whoever listens for activity hears nothing."""
    return _TypedByEvent(*astuple(feed))


class _InLines(ActivityFeed):
    def written(self, event: Event) -> bytes:
        shown = orjson.dumps(event_view(event, self.org_id), option=orjson.OPT_INDENT_2)
        return b"event: activity\nid: %b\ndata: %b\n\n" % (event.id.encode(), shown)


@wrong_reply("streams-data-in-lines", "STREAM-FORM", "STREAM-REPLAY", on=FOLLOW_EVENTS)
def data_in_lines(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """The data is indented JSON, of which all but the first line is lost."""
    return _InLines(*astuple(feed))


@wrong_gate(credential)("streams-key-not-taken", "STREAM-KEY-QUERY", on=FOLLOW_EVENTS)
def key_not_taken(right: Gate, call: Call) -> Passing:
    """A stream takes no API key in its query."""
    if b"authorization" not in call.headers and b"api_key=" in call.query_string:
        raise Unauthenticated("You are not signed in.")
    return right(call)


class _LastLost(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return iter([*super().missed(state)][:-1])


@wrong_reply("streams-last-missed-lost", "STREAM-REPLAY", on=FOLLOW_ALL)
def last_missed_lost(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Whoever comes back is not sent the last event that was missed."""
    return _LastLost(*astuple(feed))


class _Silent(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return ActivityFeed(*astuple(self)).missed(state)

    def shows(self, event: Event, state: State) -> bool:
        del event, state
        return False


@wrong_reply("streams-silent", "STREAM-LIVE", on=FOLLOW_EVENTS)
def silent(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """A stream brings what was missed, and nothing of what happens."""
    return _Silent(*astuple(feed))


class _EveryOther(_Silent):
    def shows(self, event: Event, state: State) -> bool:
        return int(event.id[-1], 16) % 2 == 0 and ActivityFeed(*astuple(self)).shows(event, state)


@wrong_reply("streams-every-other-lost", "STREAM-LIVE", on=FOLLOW_ALL)
def every_other_lost(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """Of what happens every other event is lost on its way down a stream."""
    return _EveryOther(*astuple(feed))


@wrong_listener("streams-live-twice", "STREAM-LIVE", on=FOLLOW_WITHIN)
class _Twice(PassingOn):
    """What happens comes down the stream of a workspace twice."""

    def take(self, part: Part) -> bool:
        again = part.content.startswith(b"event:")
        return super().take(part) and (not again or super().take(part))


@wrong_listener("streams-half-an-event", "STREAM-LIVE", "STREAM-FORM", on=FOLLOW_ALL)
class _Half(PassingOn):
    """Of what happens half of an event comes, and the rest is lost."""

    def take(self, part: Part) -> bool:
        content = part.content
        whole = not content.startswith(b"event:")
        return super().take(part if whole else Part(content[: len(content) // 2] + b"\n\n"))


@wrong_listener("streams-without-heartbeats", "STREAM-HEARTBEAT", on=FOLLOW_ALL)
class _WithoutHeartbeats(PassingOn):
    """After the first one no comment comes down a stream."""

    begun = False

    def take(self, part: Part) -> bool:
        begun, self.begun = self.begun, True
        return super().take(part) if not begun or part.content != HEARTBEAT else True


@wrong_listener("streams-heartbeats-are-events", "STREAM-HEARTBEAT", on=FOLLOW_EVENTS)
class _HeartbeatEvents(PassingOn):
    """In the place of a comment comes an event without data."""

    def take(self, part: Part) -> bool:
        content = part.content.replace(HEARTBEAT, b"event: heartbeat\ndata:\n\n")
        return super().take(Part(content))


@wrong_listener("streams-never-end", "STREAM-ENDS", on=FOLLOW_ALL)
class _NeverEnding(PassingOn):
    """A stream does not end, and nothing more comes down it."""

    def end(self) -> None:
        pass


@wrong_listener("streams-end-cut", "STREAM-ENDS", on=FOLLOW_ALL)
class _Cut(PassingOn):
    """In the place of a stream's end its connection is closed."""

    def end(self) -> None:
        self.right.drop()
