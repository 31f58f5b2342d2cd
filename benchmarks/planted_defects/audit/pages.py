"""Defects of the pages of the log, and of their cursors."""

from __future__ import annotations

from typing import Any

from mock_server.deviations.planting.ids import LIST_EVENTS
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import InvalidCursor
from mock_server.operation import Reply
from mock_server.resources.audit.event import log_of

_OFFSET = "offset-"


def asked(run: Run, *without: str, **query: Any) -> tuple[Any, Any]:
    """What comes of the same request with other parameters, and without some."""
    sent = {name: value for name, value in run.request.query.items() if name not in without}
    return run.right(run.state, run.request._replace(query={**sent, **query}))


def _body(outcome: Any) -> Any:
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    return outcome.body


@wrong_outcome("paging-order-ignored", "AUDIT-ORDER", "AUDIT-WALK", on=LIST_EVENTS)
def order_ignored(run: Run) -> Outcome:
    """The newest event comes first whatever the order that is asked for."""
    return asked(run, "order")


@wrong_outcome("paging-oldest-first", "AUDIT-ORDER", on=LIST_EVENTS)
def oldest_first(run: Run) -> Outcome:
    """Without an order the oldest event comes first."""
    return asked(run, **({} if {"order", "cursor"} & run.request.query.keys() else {"order": "asc"}))


@wrong_outcome("paging-limit-exceeded", "AUDIT-LIMIT", on=LIST_EVENTS)
def limit_exceeded(run: Run) -> Outcome:
    """A page holds one event more than its limit."""
    return asked(run, limit=run.request.query["limit"] + 1)


@wrong_outcome("paging-limit-of-nobody", "AUDIT-LIMIT", on=LIST_EVENTS)
def limit_of_nobody(run: Run) -> Outcome:
    """A page without a limit holds all events."""
    return asked(run, **({"limit": 10_000} if run.request.query["limit"] == 100 else {}))


@wrong_outcome("paging-walk-skips-one", "AUDIT-WALK", "AUDIT-CURSOR-STEADY", on=LIST_EVENTS)
def walk_skips_one(run: Run) -> Outcome:
    """The page after another one lacks its first event."""
    if "cursor" not in run.request.query:
        return run.done
    return run.state, Reply(200, {**_body(run.outcome), "events": _body(run.outcome)["events"][1:]})


@wrong_outcome("paging-walk-ends-early", "AUDIT-WALK", on=LIST_EVENTS)
def walk_ends_early(run: Run) -> Outcome:
    """The second page has no cursor, however many more events there are."""
    if "cursor" not in run.request.query:
        return run.done
    return run.state, Reply(200, {"events": _body(run.outcome)["events"]})


@wrong_reply("paging-cursor-on-the-last", "AUDIT-CURSOR-ABSENT", on=LIST_EVENTS)
def cursor_on_the_last(body: Any, _run: Run) -> Any:
    """Every page has a cursor."""
    return {"cursor": "bGFzdA", **body}


@wrong_reply("paging-cursor-nowhere", "AUDIT-CURSOR-ABSENT", "AUDIT-WALK", on=LIST_EVENTS)
def cursor_nowhere(body: Any, _run: Run) -> Any:
    """No page has a cursor."""
    return {"events": body["events"]}


@in_place_of(InvalidCursor)("paging-cursor-forgiven", "AUDIT-CURSOR-BAD", on=LIST_EVENTS)
def cursor_forgiven(run: Run, _refusal: InvalidCursor) -> Outcome:
    """A cursor that no page had is passed over."""
    return asked(run, "cursor")


@wrong_outcome("paging-cursor-of-a-number", "AUDIT-CURSOR-STEADY", on=LIST_EVENTS)
def cursor_of_a_number(run: Run) -> Outcome:
    """A cursor says how many events were shown, so that new ones move what the next page shows."""
    cursor, limit = run.request.query.get("cursor", ""), run.request.query["limit"]
    shown = int(cursor.removeprefix(_OFFSET)) if cursor.startswith(_OFFSET) else 0
    if not shown and "cursor" in run.request.query:
        return run.done
    after, outcome = asked(run, "cursor", limit=len(log_of(run.state, run.org_id)) + 1)
    page = _body(outcome)["events"][shown : shown + limit]
    more = {"cursor": f"{_OFFSET}{shown + limit}"} if len(page) == limit else {}
    return after, Reply(200, {"events": page, **more})
