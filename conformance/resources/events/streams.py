"""Streams of events: who follows one, what is asked of it, and what it is to bring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance import needs
from conformance.contract.contract import JsonObject, Operation
from conformance.http.event_stream import MEDIA_TYPE, StreamContent, StreamEvent, StreamReading, read_stream
from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.requests import build
from conformance.resources.events.log import MANY, Event, column, events, ids, read, sees_all
from conformance.resources.events.registered import LIST
from conformance.session.harness import Harness

ACTIVITY = "activity"
LAST_RECEIVED = "Last-Event-ID"
LONGEST_S = 10.0
"""Seconds in which what was missed comes down a stream."""
MOST = 20
"""The events that a test has replayed at most."""


def follows_org(operation: Operation) -> bool:
    """Whether a success of the operation is a stream of the caller's org."""
    return MEDIA_TYPE in operation.success.schemas and not operation.names_object


def follower(harness: Harness, operation: Operation, org: str | None = None) -> Caller:
    """Somebody who is sent every event of an org, and reads its whole log; else not provoked."""
    for caller in harness.callers(org):
        if all(sees_all(each, caller) for each in (operation, harness.contract.operations[LIST])):
            return caller
    raise NotProvoked("no caller sees every event of an org, and follows all of them", needs.somebody_for(operation))


def after(operation: Operation, last: str, count: int) -> Request:
    """The request for what came after the event of this id, and so much of it as `count` events, or what is at once."""
    request = build(operation)
    reading = StreamReading(events=count, seconds=LONGEST_S) if count else StreamReading()
    return replace(request, headers=((LAST_RECEIVED, last),), reading=reading)


@dataclass(frozen=True, slots=True)
class Past:
    """What the log of an org says of activity that is past."""

    last: str
    """The id of an event of activity."""
    missed: Sequence[Event]
    """The events of activity after it, in the order of their ids."""
    others: Sequence[Event]
    """The events of other categories after it."""


def past(harness: Harness, caller: Caller, most: int = MOST) -> Past:
    """The latest activity of the caller's org, as its log has it; not provoked where there is none."""
    found = sorted(events(read(harness, caller, ("limit", str(MANY)))), key=lambda each: str(each.get("id")))
    acts = [each for each in found if column(each, "category") == ACTIVITY]
    if len(acts) < 2:  # one that was received, and one that was not
        raise NotProvoked(f"the log of {caller.org} has no two events of activity")
    begin = max(0, len(acts) - most - 1)
    last = str(acts[begin].get("id"))
    others = [each for each in found if column(each, "category") != ACTIVITY and str(each.get("id")) > last]
    return Past(last, acts[begin + 1 :], others)


def content(exchange: Exchange) -> StreamContent:
    """What has come of a stream."""
    return read_stream(exchange.body)


def event_of(sent: StreamEvent) -> JsonObject:
    """The event in the data; empty where there is none."""
    try:
        data: Any = json.loads(sent.data)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def names(content: StreamContent) -> list[str]:
    """The ids of what came, as its data has them."""
    return ids(map(event_of, content.events))
