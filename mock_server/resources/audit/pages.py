"""Pages of events: what a request asks for, and where its walk stands, which its cursor says as an opaque text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice
from typing import Any

import msgspec

from mock_server.access.callers import Caller
from mock_server.errors import InvalidCursor
from mock_server.operation import Reply, Request
from mock_server.resources.audit.event import show_event
from mock_server.resources.audit.query import Query, find_events, make_tests
from mock_server.state.state import State
from mock_server.state.value import Value

_VERSION = b"1"


class Cursor(Value):
    """The position of a walk over pages, and what it walks over."""

    operation: str
    org_id: str
    newest_first: bool
    query: Query
    last: str


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor as the text that an answer has; it does not begin as a session token does."""
    return urlsafe_b64encode(_VERSION + msgspec.json.encode(cursor)).decode().rstrip("=")


def read_cursor(text: str, operation: str, org_id: str) -> Cursor:
    """Return the cursor of a text; InvalidCursor where it is none, or one of another operation or org."""
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4)).removeprefix(_VERSION)
        cursor = msgspec.json.decode(content, type=Cursor)
    except (ValueError, msgspec.MsgspecError):  # base64's error is a ValueError
        raise InvalidCursor("The cursor is none of this query.") from None
    if (write_cursor(cursor), cursor.operation, cursor.org_id) != (text, operation, org_id):
        raise InvalidCursor("The cursor is none of this query.")
    return cursor


def make_page(state: State, request: Request, name: str, query: Query, *, narrowed_to: Caller | None = None) -> Reply:
    """Return a page of the events that a query asks for; with a cursor where it is full.

    `name`: what the cursors of the operation say. `narrowed_to`: who sees the own events alone, unless by scope.
    Raises InvalidCursor for a cursor of another query.
    """
    org_id, limit = request.caller.org_id, request.query["limit"]
    at = _walk(request, name, query)
    passes = make_tests(at.query, narrowed_to)
    shown = list(
        islice(find_events(state, org_id, at.query, passes, newest_first=at.newest_first, after=at.last), limit)
    )
    body: dict[str, Any] = {"events": [show_event(each, org_id) for each in shown]}
    if len(shown) == limit:
        body["cursor"] = write_cursor(Cursor(name, org_id, at.newest_first, at.query, shown[-1].id))
    return Reply(200, body)


def _walk(request: Request, name: str, query: Query) -> Cursor:
    """Return the position of the walk that a request begins or goes on with."""
    sent, org_id = request.query, request.caller.org_id
    order = sent.get("order")
    if "cursor" not in sent:
        return Cursor(name, org_id, order != "asc", query, "")
    cursor = read_cursor(sent["cursor"], name, org_id)
    if _differs(query, cursor.query) or order not in (None, "desc" if cursor.newest_first else "asc"):
        raise InvalidCursor("The cursor is one of another query.")
    return cursor


def _differs(sent: Query, kept: Query) -> bool:
    """Whether a query that is sent beside a cursor says anything that the cursor's does not."""
    pairs = [(getattr(sent, name), getattr(kept, name)) for name in Query.__struct_fields__]
    return any(new not in (None, (), old) for new, old in pairs)
