"""Which events a request asks for: filters, a window of time, and those that the caller may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from operator import attrgetter
from typing import Any

from mock_server.access.callers import Caller
from mock_server.resources.audit.event import Event, first_id, in_milliseconds, log_of
from mock_server.state.state import State
from mock_server.state.value import Value

Test = Callable[[Event], bool]

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_LEAP = re.compile(r"(?<=:\d\d:)60")
_FILTER = re.compile(r"([a-z_]+)(!?=)(.*)", re.DOTALL)


class Query(Value):
    """Filters as they were sent, and the window, whose end is not in it."""

    filters: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def query_of(sent: Any) -> Query:
    """Return the query of the parameters of a request."""
    return Query(tuple(sent.get("filter", ())), _moment(sent.get("from")), _moment(sent.get("to")))


def _moment(text: str | None) -> datetime | None:
    """The moment of a date-time, to the next millisecond, since events have no finer time.

    A leap second is the second after it, and a year out of range the nearest that events can have.
    """
    if text is None:
        return None
    upper = text.upper()
    whole = _LEAP.sub("59", upper, count=1)
    try:
        moment = datetime.fromisoformat(whole).astimezone(UTC) + (_SECOND if whole != upper else timedelta(0))
    except (ValueError, OverflowError):
        return _EARLIEST if upper.startswith("0") else _LATEST
    exact = in_milliseconds(moment)
    return min(max(exact if exact == moment else exact + timedelta(milliseconds=1), _EARLIEST), _LATEST)


def tests(query: Query, caller: Caller) -> Sequence[Test]:
    """Return what an event must pass to be in the answer to this caller."""
    found = [_test(each) for each in query.filters]
    if "audit:read" not in caller.permissions:
        found.append(_own(caller.user_id))
    return found


def _test(text: str) -> Test:
    matched = _FILTER.match(text)
    assert matched is not None  # noqa: S101  # the contract's pattern was matched
    column, operator, listed = matched.groups()
    value, values = attrgetter(column), frozenset(listed.split(","))
    if operator == "=":
        return lambda event: value(event) in values
    if not listed:
        return lambda event: value(event) is not None
    return lambda event: value(event) not in values


def _own(user_id: str) -> Test:
    """What is of no person is nobody's own."""
    return lambda event: event.user_id == user_id != "system"


def found(
    state: State, org_id: str, query: Query, passes: Sequence[Test], *, newest_first: bool = False, after: str = ""
) -> Iterator[Event]:
    """Return the events of an org that a query asks for, in order; only those behind the one of the id `after`."""
    run = log_of(state, org_id)
    since = None if query.since is None else first_id(query.since)
    until = None if query.until is None else first_id(query.until)
    events: Iterator[Event]
    if newest_first:
        events = run.descending(min(after, until) if after and until else after or until)
        events = events if since is None else takewhile(lambda event: event.id >= since, events)
    else:
        behind = f"{after}~" if after else None  # the tilde comes after whatever an id may go on with
        events = run.ascending(max(behind, since) if behind and since else behind or since)
        events = events if until is None else takewhile(lambda event: event.id < until, events)
    for passed in passes:
        events = filter(passed, events)
    return events
