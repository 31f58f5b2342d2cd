"""Queries of events: filters, a window of time, and those that the caller may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from mock_server.access.callers import Caller
from mock_server.errors import ValidationFailed
from mock_server.resources.audit.event import Category, Event, make_first_id, read_log, round_to_milliseconds
from mock_server.state.log import find_position
from mock_server.state.state import State
from mock_server.state.value import Value

Test = Callable[[Event], bool]

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_COLUMNS = ("workspace_id", "category", "task_id", "event_type")
_LEAP = re.compile(r"(?<=:\d\d:)60")
_FILTER = re.compile(r"([a-z_]+)(!?=)(.*)", re.DOTALL)


class Query(Value):
    """Filters as they were sent, the window, whose end is not in it, and the one value that a column has.

    A column that is None may have any.
    """

    filters: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    workspace_id: str | None = None
    category: Category | None = None
    task_id: str | None = None
    event_type: str | None = None


def read_query(sent: Any, workspace_id: str | None = None) -> Query:
    """Return the query of the parameters of a request; of one workspace, where there is one."""
    window = _read_moment(sent.get("from")), _read_moment(sent.get("to"))
    return Query(tuple(sent.get("filter", ())), *window, workspace_id=workspace_id)


def read_activity_query(sent: Any, workspace_id: str) -> Query:
    """Return the query of the parameters of a request for the activity of a workspace.

    Raises ValidationFailed where they do not go together.
    """
    if {"after", "cursor"} <= sent.keys():
        raise ValidationFailed(fields={"after": "It does not go with a cursor."})
    after = _read_moment(sent.get("after"), strictly=True)
    named = {name: sent[name] for name in ("task_id", "event_type") if name in sent}
    return Query(since=after, workspace_id=workspace_id, category="activity", **named)


def _read_moment(text: str | None, *, strictly: bool = False) -> datetime | None:
    """Return the first moment that an event may have from a date-time on, or after it; events have milliseconds.

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
    possible = min(max(moment, _EARLIEST), _LATEST)
    exact = round_to_milliseconds(possible)
    return exact if exact == possible and not strictly else exact + timedelta(milliseconds=1)


def make_tests(query: Query, narrowed_to: Caller | None) -> Sequence[Test]:
    """Return what an event must pass to be in the answer; of the caller's own user, unless scopes show all."""
    columns = ((name, getattr(query, name)) for name in _COLUMNS)
    found = [_make_equal_test(name, value) for name, value in columns if value is not None]
    found += [_make_test(each) for each in query.filters]
    if narrowed_to is not None and "audit:read" not in narrowed_to.permissions:
        found.append(_make_own_test(narrowed_to.user_id))
    return found


def _make_equal_test(column: str, right: str) -> Test:
    value = attrgetter(column)
    return lambda event: bool(value(event) == right)


def _make_test(text: str) -> Test:
    matched = _FILTER.match(text)
    assert matched is not None  # noqa: S101  # the contract's pattern was matched
    column, operator, listed = matched.groups()
    value, values = attrgetter(column), frozenset(listed.split(","))
    if operator == "=":
        return lambda event: value(event) in values
    if not listed:
        return lambda event: value(event) is not None
    return lambda event: value(event) not in values


def _make_own_test(user_id: str) -> Test:
    """Return a test of the caller's own events: what is of no person is nobody's own."""
    return lambda event: event.user_id == user_id != "system"


def find_events(
    state: State, org_id: str, query: Query, passes: Sequence[Test], *, newest_first: bool = False, after: str = ""
) -> Iterator[Event]:
    """Return the events of an org that a query asks for, in order; only those behind the one of the id `after`."""
    run = read_log(state, org_id)
    start = 0 if query.since is None else find_position(run, make_first_id(query.since))
    end = len(run) if query.until is None else find_position(run, make_first_id(query.until))
    if after and newest_first:
        end = min(end, find_position(run, after))
    elif after:
        start = max(start, find_position(run, f"{after}~"))  # the tilde comes after whatever an id may go on with
    events: Iterator[Event] = reversed(run[start:end]) if newest_first else iter(run[start:end])
    for passed in passes:
        events = filter(passed, events)
    return events
