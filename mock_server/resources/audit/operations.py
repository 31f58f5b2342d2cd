"""Events of an org: list them page by page, and count them.

What each promises stands in openapi.yaml, in the rules of the clauses audit, paging, filtering and statistics.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from mock_server.errors import InvalidCursor
from mock_server.resources.audit.cursor import Cursor, cursor_text, read_cursor
from mock_server.resources.audit.event import event_view
from mock_server.resources.audit.query import Query, found, query_of, tests
from mock_server.resources.audit.statistics import buckets, statistics_of
from mock_server.resources.operation import Reply, Request, operation
from mock_server.state.state import State

LISTED = "list"
"""What cursors of this operation say."""


@operation("audit.list")
def list_events(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the events of the caller's org; with a cursor where it is full."""
    org_id, limit = request.caller.org_id, request.query["limit"]
    at = _walk(request, LISTED)
    events = found(
        state, org_id, at.query, tests(at.query, request.caller), newest_first=at.newest_first, after=at.last
    )
    page = list(islice(events, limit))
    body: dict[str, Any] = {"events": [event_view(each, org_id) for each in page]}
    if len(page) == limit:
        body["cursor"] = cursor_text(Cursor(LISTED, org_id, at.newest_first, at.query, page[-1].id))
    return state, Reply(200, body)


@operation("audit.stats")
def count_events(state: State, request: Request) -> tuple[State, Reply]:
    """Return counts, sums or means of the events of the caller's org."""
    query, asked = query_of(request.query), statistics_of(request.query)
    events = found(state, request.caller.org_id, query, tests(query, request.caller))
    return state, Reply(200, {"buckets": buckets(events, asked, query, request.now)})


def _walk(request: Request, operation_id: str) -> Cursor:
    """Where the walk stands that a request begins or goes on with; InvalidCursor for a cursor of another query."""
    sent, org_id = request.query, request.caller.org_id
    query, order = query_of(sent), sent.get("order")
    if "cursor" not in sent:
        return Cursor(operation_id, org_id, order != "asc", query, "")
    cursor = read_cursor(sent["cursor"], operation_id, org_id)
    if _differs(query, cursor.query) or order not in (None, "desc" if cursor.newest_first else "asc"):
        raise InvalidCursor("The cursor is one of another query.")
    return cursor


def _differs(sent: Query, kept: Query) -> bool:
    """Whether a query that is sent beside a cursor says anything that the cursor's does not."""
    pairs = [(getattr(sent, name), getattr(kept, name)) for name in Query.__struct_fields__]
    return any(new not in (None, (), old) for new, old in pairs)
