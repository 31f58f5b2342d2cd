"""Defects of filters and windows of the log, and of whose events a caller is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from benchmarks.planted_defects.audit.pages import asked
from mock_server.deviations.planting.ids import COUNT_EVENTS, LIST_EVENTS
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.errors import InvalidCursor
from mock_server.resources.audit.cursor import read_cursor
from mock_server.resources.orgs import ORGS
from mock_server.state.value import replace

_MILLISECOND = timedelta(milliseconds=1)


def _filters(run: Run, *filters: str) -> Outcome:
    """What comes of the request with these filters in the place of its own."""
    return asked(run, "filter", **({"filter": list(filters)} if filters else {}))


@wrong_outcome("filtering-of-one-value", "AUDIT-FILTER", on=LIST_EVENTS)
def filter_of_one_value(run: Run) -> Outcome:
    """Of the values of a filter the first alone counts."""
    return _filters(run, *(each.partition(",")[0] for each in run.request.query.get("filter", ())))


@wrong_outcome("filtering-not-negated", "AUDIT-FILTER", on=LIST_EVENTS)
def filter_not_negated(run: Run) -> Outcome:
    """A filter that is to keep what has none of its values keeps what has one."""
    sent = run.request.query.get("filter", ())
    return _filters(run, *(each if each.endswith("!=") else each.replace("!=", "=", 1) for each in sent))


@wrong_outcome("filtering-of-any", "AUDIT-FILTER", on=LIST_EVENTS)
def filter_of_any(run: Run) -> Outcome:
    """A filter that asks whether a column is there is passed over."""
    return _filters(run, *(each for each in run.request.query.get("filter", ()) if not each.endswith("!=")))


@wrong_outcome("filtering-of-the-last", "AUDIT-FILTER-AND", on=LIST_EVENTS)
def filter_of_the_last(run: Run) -> Outcome:
    """Of several filters the last alone counts."""
    return _filters(run, *run.request.query.get("filter", ())[-1:])


@wrong_outcome("filtering-window-without-end", "AUDIT-WINDOW", "AUDIT-WINDOW-BOUNDS", on=LIST_EVENTS)
def window_without_end(run: Run) -> Outcome:
    """The end of a window is passed over."""
    return asked(run, "to")


def _moved(run: Run, name: str) -> dict[str, Any]:
    try:
        return {name: (datetime.fromisoformat(run.request.query[name]) + _MILLISECOND).isoformat()}
    except (KeyError, ValueError, OverflowError):
        return {}


@wrong_outcome("filtering-window-with-its-end", "AUDIT-WINDOW-BOUNDS", on=LIST_EVENTS)
def window_with_its_end(run: Run) -> Outcome:
    """An event at the end of a window is in it."""
    return asked(run, **_moved(run, "to"))


@wrong_outcome("filtering-window-without-its-start", "AUDIT-WINDOW-BOUNDS", on=LIST_EVENTS)
def window_without_its_start(run: Run) -> Outcome:
    """An event at the start of a window is not in it."""
    return asked(run, **_moved(run, "from"))


def _of_everybody(run: Run) -> Outcome:
    caller = replace(run.request.caller, permissions=("audit:read",))
    return run.right(run.state, run.request._replace(caller=caller))


@wrong_outcome("filtering-events-of-all-listed", "OWNERSHIP-AUDIT-OWN", "OWNERSHIP-CURSOR", on=LIST_EVENTS)
def events_of_all_listed(run: Run) -> Outcome:
    """Who may see the own events alone is shown those of everybody in the org."""
    return _of_everybody(run)


@wrong_outcome("filtering-events-of-all-counted", "OWNERSHIP-AUDIT-OWN", on=COUNT_EVENTS)
def events_of_all_counted(run: Run) -> Outcome:
    """Who may see the own events alone is told how many there are of everybody."""
    return _of_everybody(run)


@in_place_of(InvalidCursor)("filtering-cursor-of-others", "OWNERSHIP-CURSOR", on=LIST_EVENTS)
def cursor_of_others(run: Run, refusal: InvalidCursor) -> Outcome:
    """A cursor of another org shows the events of that org."""
    for org_id in run.state.all(ORGS):
        try:
            read_cursor(run.request.query["cursor"], "list", org_id)
        except InvalidCursor:
            continue
        caller = replace(run.request.caller, org_id=org_id)
        return run.right(run.state, run.request._replace(caller=caller))
    raise refusal
