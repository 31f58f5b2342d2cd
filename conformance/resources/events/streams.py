"""Streams of events: who follows one, what is asked of it while something else is done, and what it is to bring."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.event_stream import MEDIA_TYPE, Following, StreamContent, StreamEvent, StreamReading, read_stream
from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.resources.events.log import MANY, Event, get_column, list_events, list_ids, read
from conformance.resources.events.source import Source
from conformance.session.harness import Harness


def follow(
    harness: Harness, asked: Sequence[tuple[Caller, Request]], acting: Callable[[Sequence[Following]], None]
) -> list[Exchange]:
    """Return what had come of streams that were all open at once, after it was acted.

    `acting` is given what comes, after all of them have begun.
    """
    opened: list[tuple[Following, Future[Exchange]]] = []
    with ThreadPoolExecutor(max(1, len(asked))) as threads, ExitStack() as left:
        for caller, request in asked:
            following = Following()
            left.callback(following.leave)
            reading = StreamReading(following=following)
            future = threads.submit(harness.send, caller, replace(request, reading=reading))
            if not following.wait_for_begin(future.done):
                raise NotProvoked(f"its precondition does not hold: {request.operation_id} answered {future.result()}")
            opened.append((following, future))
        acting([following for following, _ in opened])
        exchanges = []
        for following, future in opened:  # one after the other, so that what is learned is learned in order
            following.leave()
            exchanges.append(future.result())
    return exchanges


ACTIVITY = "activity"
LAST_RECEIVED = "Last-Event-ID"
LONGEST_S = 10.0
"""Seconds in which what was missed comes down a stream."""
MOST = 20
"""The events that a test has replayed at most."""


def is_followed(operation: Operation) -> bool:
    """Return whether a success of the operation is a stream, of the caller's org or of a workspace."""
    return MEDIA_TYPE in operation.success.schemas


def build_request_after(source: Source, last: str, count: int) -> Request:
    """Return the request for what came after the event of this id: as many as `count`, or what is there at once."""
    request = source.request(())
    reading = StreamReading(events=count, seconds=LONGEST_S) if count else StreamReading()
    return replace(request, headers=((LAST_RECEIVED, last),), reading=reading)


@dataclass(frozen=True, slots=True)
class PastActivity:
    """The past activity of a stream, by the log of an org."""

    org: str
    last: str
    """The id of an event of activity."""
    missed: Sequence[Event]
    """The events of activity after it, in the order of their ids."""
    others: Sequence[Event]
    """The events after it that the stream does not show: those of other categories, and of other workspaces."""


def find_past(source: Source, most: int = MOST) -> PastActivity:
    """Return the latest activity that a stream shows, as the log has it; not provoked where there is none."""
    harness, caller, place = source.harness, source.caller, source.workspace
    found = sorted(list_events(read(harness, caller, ("limit", str(MANY)))), key=lambda each: str(each.get("id")))
    acts = [
        each
        for each in found
        if get_column(each, "category") == ACTIVITY and (place is None or get_column(each, "workspace_id") == place.id)
    ]
    if len(acts) < 2:  # one that was received, and one that was not
        raise NotProvoked(f"{source} has no two events of activity")
    begin = max(0, len(acts) - most - 1)
    last, shown = str(acts[begin].get("id")), acts[begin + 1 :]
    names = {*list_ids(shown)}
    others = [each for each in found if str(each.get("id")) > last and each.get("id") not in names]
    return PastActivity(caller.org, last, shown, others)


def replay(source: Source, most: int = MOST) -> tuple[PastActivity, Exchange]:
    """Return the latest activity, and the stream that brings it to somebody who says what came before."""
    known = find_past(source, most)
    return known, source.harness.hold(source.caller, build_request_after(source, known.last, len(known.missed)))


def content(exchange: Exchange) -> StreamContent:
    """Return what has come of a stream."""
    return read_stream(exchange.body)


def read_event(sent: StreamEvent) -> JsonObject:
    """Return the event in the data; empty where there is none."""
    try:
        data: Any = json.loads(sent.data)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def list_sent_ids(content: StreamContent) -> list[str]:
    """Return the ids of what came, as its data has them."""
    return list_ids(map(read_event, content.events))
