"""Cursors of pages of events: the query that a page answered and its last event, as an opaque text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from mock_server.errors import InvalidCursor
from mock_server.resources.audit.query import Query
from mock_server.state.records import RecordProblem, made, told
from mock_server.state.value import Value

_VERSION = b"1"


class Cursor(Value):
    """Where a walk stands, and what it walks over."""

    operation: str
    org_id: str
    newest_first: bool
    query: Query
    last: str


def cursor_text(cursor: Cursor) -> str:
    """Return a cursor as the text that an answer has; it does not begin as a session token does."""
    return urlsafe_b64encode(_VERSION + orjson.dumps(told(cursor))).decode().rstrip("=")


def read_cursor(text: str, operation: str, org_id: str) -> Cursor:
    """Return the cursor of a text; InvalidCursor where it is none, or one of another operation or org."""
    try:
        record = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)).removeprefix(_VERSION))
        cursor = made(Cursor, _record(record), {})
        whole = cursor_text(cursor) == text
    except (ValueError, TypeError, RecordProblem):  # orjson's error is a ValueError, base64's too
        whole = False
    if not whole or (cursor.operation, cursor.org_id) != (operation, org_id):
        raise InvalidCursor("The cursor is none of this query.")
    return cursor


def _record(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value
