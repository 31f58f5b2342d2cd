"""The log of events as it was shown: no event of it changes, and none is missing between two others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from conformance.contract.contract import JsonObject, Operation
from conformance.http.event_stream import read_stream
from conformance.judging.events import CURSOR, FOLLOWING, ONCE, TIME, is_asked_for, is_last, limit_of
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import parse_time
from conformance.resources.events.log import Event, get_column, sees_all
from conformance.resources.events.source import WALK, list_counting, list_event_lists
from conformance.resources.events.streams import ACTIVITY, is_followed
from conformance.results.difference import from_fields, from_list

COUNT = "STATS-COUNT"
FORM, OF_STREAM, LIVE = "STREAM-FORM", "STREAM-ONLY-ACTIVITY", "STREAM-LIVE"
MOST_STREAMS = 50
MOST = 4000
"""Events of an org that are remembered, the latest that were shown."""
KEPT_FOR = timedelta(days=1)
"""An event that is no older than the latest one by so much is in every log still."""
_COUNTED = frozenset({"filter", "time_bucket"})
"""The parameters with which all events are counted, those that the filter leaves out aside."""

_Query = Mapping[str, list[str]]


@dataclass(slots=True)
class _KnownEvent:
    event: Event
    time: datetime
    shown: float
    """The time at which the answer that showed it was there."""


@dataclass(frozen=True, slots=True)
class _KnownStream:
    """The events that came down a stream, in the order of the ids."""

    viewer: str
    place: str
    workspace: str | None
    query: _Query
    ids: tuple[str, ...]

    def lacks(self, event: Event) -> bool:
        """Return whether an event had to come between two others, and did not."""
        inside = self.ids[0] < read_id(event) < self.ids[-1] and read_id(event) not in self.ids
        here = self.workspace in (None, get_column(event, "workspace_id")) and get_column(event, "category") == ACTIVITY
        return inside and here and is_asked_for(self.query, event) is True


@dataclass(slots=True)
class EventLog:
    """The knowledge of the events of a place."""

    settle_s: float = 0.0
    """The seconds after it was shown first in which others need not show an event."""
    events: dict[str, dict[str, _KnownEvent]] = field(default_factory=dict)
    """The events by id and by viewer."""
    cursors: dict[str, _Query] = field(default_factory=dict)
    """The query that a cursor goes on, by cursor."""
    streams: list[_KnownStream] = field(default_factory=list)
    """The latest, whose callers see all that happens."""

    def judge(self, seen: ObservedExchange, listed: Sequence[Event], opinion: Opinion) -> None:
        """Judge the events of an answer by those of earlier answers, and remember them."""
        caller, operation = seen.sender.caller, seen.operation
        if seen.sender.viewer is None or operation is None:
            return
        known = self.events.setdefault(seen.sender.viewer, {})
        streamed = list(_list_streamed(seen)) if is_followed(operation) else []
        opinion.add(_check_stream(seen, operation, streamed) if is_followed(operation) else ())
        shown = [*listed, *(event for _, event in streamed)]
        opinion.add(self._check_events(known, shown))
        query = self._find_query(seen)
        if query is not None and caller is not None and not seen.is_uncertain and sees_all(operation, caller):
            if list_event_lists([operation]):
                opinion.add(self._check_page(seen, operation, query, known, listed))
            if streamed and is_followed(operation):
                self._remember(seen, operation, query, [read_id(event) for _, event in streamed])
                opinion.add(self._check_stream_gaps(seen, [each.event for each in known.values()]))
            if list_counting([operation]):
                opinion.add(self._check_counts(seen, operation, query, known))
        opinion.add(self._check_stream_gaps(seen, [each for each in shown if read_id(each) not in known]))
        self._learn(seen, known, shown, query)

    def _remember(self, seen: ObservedExchange, operation: Operation, query: _Query, ids: list[str]) -> None:
        """Remember a stream, but one that is in another order than that of the ids."""
        if seen.sender.viewer is not None and ids == sorted({*ids}):
            stream = _KnownStream(seen.sender.viewer, seen.place, _find_workspace(seen, operation), query, tuple(ids))
            self.streams = [*self.streams[-MOST_STREAMS:], stream]

    def _check_stream_gaps(self, seen: ObservedExchange, events: Sequence[Event]) -> Iterator[Breach]:
        """Yield a breach where a stream lacked an event between two that it had."""
        for stream in self.streams if events else ():
            if stream.viewer == seen.sender.viewer and any(map(stream.lacks, events)):
                yield _make_breach(
                    LIVE, "every event between two others", f"one did not come down that of {stream.place}"
                )
                self.streams = [each for each in self.streams if each is not stream]

    def _find_query(self, seen: ObservedExchange) -> _Query | None:
        """Return the whole query, cursor included; None where the cursor is not known."""
        query = parse_qs(seen.exchange.request.query, keep_blank_values=True)
        if FOLLOWING not in query:
            return query
        kept = self.cursors.get(query[FOLLOWING][0])
        return {**kept, **query} if kept is not None else None

    def _check_events(self, known: Mapping[str, _KnownEvent], shown: Sequence[Event]) -> Iterator[Breach]:
        """Yield a breach where an event is another than it was shown before."""
        for event in shown:
            before = known[name].event if (name := read_id(event)) in known else event
            if before == event:
                continue
            if differing := sorted(name for name in before.keys() & event.keys() if before[name] != event[name]):
                said = "the event as before", f"another {', '.join(differing)}"
                yield Breach(ONCE, *said, evidence=from_fields(differing, before, event))
                return

    def _check_page(
        self,
        seen: ObservedExchange,
        operation: Operation,
        query: _Query,
        known: Mapping[str, _KnownEvent],
        listed: Sequence[Event],
    ) -> Iterator[Breach]:
        """Yield a breach where a page lacks an event that was shown before, and is between those that it has."""
        page = {read_id(each) for each in listed}
        with suppress(NotProvoked):
            times = [parse_time(each[TIME]) for each in listed]
            follows_one, ascending = FOLLOWING in query, query.get("order") == ["asc"]
            limit, last = limit_of(query), is_last(seen)
            full = limit is not None and len(listed) >= limit
            first, final = (min(times), max(times)) if times else (None, None)
            # A page that no other one is before, or after, has no bound there.
            low = None if (last if not ascending else not follows_one) else first
            high = None if (last if ascending else not follows_one) else final
            for each in (
                self._list_due_events(seen, operation, query, known) if times or (last and not follows_one) else ()
            ):
                if read_id(each.event) in page or not (low is None or each.time > low):
                    continue
                if high is None or each.time < high:
                    follows = full and first and final and (each.time > final if ascending else each.time < first)
                    said = CURSOR, "a cursor, since more events follow", "none"
                    yield _make_breach(
                        *(said if follows else (WALK, "every event of the query", "one is not on the page"))
                    )
                    return

    def _check_counts(
        self, seen: ObservedExchange, operation: Operation, query: _Query, known: Mapping[str, _KnownEvent]
    ) -> Iterator[Breach]:
        """Yield a breach where fewer events are counted than were shown before."""
        buckets = [each.get("value") for each in list_objects(seen.json)]
        values = [each for each in buckets if isinstance(each, int | float)]
        least = sum(1 for _ in self._list_due_events(seen, operation, query, known))
        if query.keys() <= _COUNTED and len(values) == len(buckets) and sum(values) < least:
            yield _make_breach(COUNT, f"at least {least} events", f"{sum(values):g}")

    def _list_due_events(
        self, seen: ObservedExchange, operation: Operation, query: _Query, known: Mapping[str, _KnownEvent]
    ) -> Iterator[_KnownEvent]:
        """Yield the events shown before that the operation has to have for the query."""
        place = _find_workspace(seen, operation)
        latest = max((each.time for each in known.values()), default=None)
        for each in known.values():
            settled = seen.started is not None and each.shown + self.settle_s <= seen.started
            here = place in (None, get_column(each.event, "workspace_id"))
            of_kind = operation.tag != ACTIVITY or get_column(each.event, "category") == ACTIVITY
            recent = latest is not None and latest - each.time <= KEPT_FOR
            if settled and here and of_kind and recent and is_asked_for(query, each.event) is True:
                yield each

    def _learn(
        self, seen: ObservedExchange, known: dict[str, _KnownEvent], shown: Sequence[Event], query: _Query | None
    ) -> None:
        cursor = seen.json.get(FOLLOWING) if isinstance(seen.json, dict) else None
        if isinstance(cursor, str) and query is not None:
            self.cursors[cursor] = {name: given for name, given in query.items() if name not in (FOLLOWING, "limit")}
            while len(self.cursors) > MOST:
                self.cursors.pop(next(iter(self.cursors)))
        for event in shown:
            if seen.ended is not None and (name := read_id(event)) and name not in known:
                with suppress(NotProvoked):
                    known[name] = _KnownEvent(event, parse_time(event.get(TIME)), seen.ended)
        while len(known) > MOST:
            known.pop(next(iter(known)))


def _find_workspace(seen: ObservedExchange, operation: Operation) -> str | None:
    """Return the workspace that the path names; None: the events of all are asked for."""
    return next((seen.values[each.name] for each in operation.path_parameters if each.resource), None)


def _list_streamed(seen: ObservedExchange) -> Iterator[tuple[str, JsonObject]]:
    """Yield the events that came down a stream, each with the id that its block had."""
    if not (seen.exchange.has_succeeded and seen.is_answer_known):
        return
    for each in read_stream(seen.exchange.body).events:
        with suppress(ValueError):
            event = json.loads(each.data)
            if isinstance(event, dict):
                yield each.id, event


def _check_stream(
    seen: ObservedExchange, operation: Operation, streamed: Sequence[tuple[str, JsonObject]]
) -> Iterator[Breach]:
    """Yield what cannot be so of what came down a stream."""
    caller = seen.sender.caller
    place = _find_workspace(seen, operation)
    if any(name != read_id(event) for name, event in streamed):
        yield _make_breach(FORM, "the id of each event in its block", "another, or none")
    ids = [read_id(event) for _, event in streamed]
    if ids != sorted({*ids}):
        yield _make_breach(LIVE, "each event once, in the order of their ids", "another order, or one twice")
    for _, event in streamed:
        strange = caller is not None and event.get(find_org_field()) not in (None, caller.org)
        elsewhere = place is not None and get_column(event, "workspace_id") != place
        if strange or elsewhere or get_column(event, "category") != ACTIVITY:
            yield _make_breach(OF_STREAM, "events of the activity that is followed", "another one")
            return


def _make_breach(rule: str, expected: str, got: str) -> Breach:
    return Breach(rule, expected, got, evidence=from_list(expected, got))
