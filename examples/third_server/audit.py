"""Serve the log of events, page by page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, or_, select, tuple_
from starlette.responses import Response

from examples.third_server.calls import Call, reply
from examples.third_server.database import Event
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import COLUMNS, show_event
from examples.third_server.operations import operation
from examples.third_server.times import parse_time
from examples.third_server.workspaces import READ as READ_WORKSPACE
from examples.third_server.workspaces import find_workspace

READ = ("audit:read", "audit:read:own")
PAGE = ("order", "limit", "cursor")
WINDOW = ("filter", "from", "to")
MAX_FILTERS = 20
DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
NANO = 1_000_000
_SECRET = secrets.token_bytes(32)
_FILTER = re.compile(rf"({'|'.join(COLUMNS)})(=[^,]+(,[^,]+)*|!=([^,]+(,[^,]+)*)?)", re.DOTALL)


@dataclass(frozen=True)
class Query:
    """Say which events are asked for, as a cursor keeps it."""

    filters: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    after: int | None = None
    task_id: str | None = None
    event_type: str | None = None
    order: str = "desc"
    limit: int = DEFAULT_LIMIT

    def conditions(self) -> list[Any]:
        """Return the conditions on events that the query makes."""
        made: list[Any] = [_filter_condition(text) for text in self.filters]
        if self.start is not None:
            made.append(Event.timestamp >= -(-self.start // NANO))
        if self.end is not None:
            made.append(Event.timestamp < -(-self.end // NANO))
        if self.after is not None:
            made.append(Event.timestamp > self.after // NANO)
        if self.task_id is not None:
            made.append(Event.task_id == self.task_id)
        if self.event_type is not None:
            made.append(Event.event_type == self.event_type)
        return made


def read_window(call: Call) -> dict[str, Any]:
    """Read the filters and the window that a call has sent."""
    sent: dict[str, Any] = {}
    filters = call.query.get("filter", [])
    if len(filters) > MAX_FILTERS:
        raise refuse_field("filter", f"There are more than {MAX_FILTERS} filters.")
    if not all(_FILTER.fullmatch(text) for text in filters):
        raise refuse_field("filter", "A filter is not one of column=a,b and column!=a,b.")
    if filters:
        sent["filters"] = tuple(filters)
    for name, key in (("from", "start"), ("to", "end"), ("after", "after")):
        text = call.one(name)
        if text is not None:
            sent[key] = parse_time(name, text)
    return sent


def restrict(call: Call, workspace_id: str | None) -> list[Any]:
    """Return the conditions on events that the caller may see."""
    made: list[Any] = [Event.org_id == call.caller.org_id]
    if workspace_id is not None:
        made.append(Event.workspace_id == workspace_id)
    elif not call.caller.holds("audit:read"):
        made.append(Event.user_id == call.caller.user_id)
    return made


def _filter_condition(text: str) -> Any:
    """Turn one filter into a condition."""
    column_name, operator, values = re.split(r"(!?=)", text, maxsplit=1)
    column = getattr(Event, column_name)
    chosen = sorted(set(values.split(",")))
    if operator == "=":
        return column.in_(chosen)
    if values == "":
        return and_(column.is_not(None), column != "")
    return or_(column.is_(None), column.not_in(chosen))


def _read_query(call: Call, scope: str) -> tuple[Query, tuple[int, str] | None]:
    """Read the query of a page, of which a cursor keeps what is left out."""
    sent = read_window(call) | _read_choices(call)
    limit = call.number("limit", 1, MAX_LIMIT)
    cursor = call.one("cursor")
    if cursor is None:
        query = Query(**sent)
        return (query if limit is None else replace(query, limit=limit)), None
    if "after" in sent:
        raise refuse_field("after", "It does not go with a cursor.")
    query, position = _open_cursor(cursor, scope)
    if any(getattr(query, name) != value for name, value in sent.items()):
        raise ApiError("invalid_cursor", "The cursor is one of another query.")
    return (query if limit is None else replace(query, limit=limit)), position


def _read_choices(call: Call) -> dict[str, Any]:
    """Read which task and type the events of a page have, and their order, as far as that was sent."""
    sent = {name: call.one(name) for name in ("task_id", "event_type", "order")}
    for name in ("task_id", "event_type"):
        if sent[name] == "":
            raise refuse_field(name, "It must not be empty.")
    if sent["order"] not in (None, "asc", "desc"):
        raise refuse_field("order", "It must be asc or desc.")
    return {name: value for name, value in sent.items() if value is not None}


def _sign(payload: bytes) -> bytes:
    """Sign what a cursor keeps, so that no caller makes one."""
    return hmac.new(_SECRET, payload, hashlib.sha256).digest()[:16]


def _make_cursor(scope: str, query: Query, last: Event) -> str:
    """Make the cursor of the page after an event."""
    kept = [scope, query.__dict__, last.timestamp, last.id]
    payload = json.dumps(kept, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(payload) + payload).decode().rstrip("=")


def _open_cursor(cursor: str, scope: str) -> tuple[Query, tuple[int, str]]:
    """Open a cursor, unless it is none or one of something else."""
    try:
        encoded = cursor.encode("ascii")
        raw = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), b"-_", validate=True)
    except (ValueError, UnicodeEncodeError):
        raise ApiError("invalid_cursor") from None
    signature, payload = raw[:16], raw[16:]
    if not hmac.compare_digest(signature, _sign(payload)):
        raise ApiError("invalid_cursor")
    kept_scope, kept, moment, event_id = json.loads(payload)
    if kept_scope != scope:
        raise ApiError("invalid_cursor", "The cursor is one of another query.")
    return Query(**kept | {"filters": tuple(kept["filters"])}), (moment, event_id)


def _send_page(call: Call, workspace_id: str | None, *conditions: Any) -> Response:
    """Answer with a page of the events that the caller may see."""
    operation_id = call.request.scope["operation"].id
    scope = f"{operation_id}|{call.caller.org_id}|{workspace_id or ''}"
    query, position = _read_query(call, scope)
    wanted = select(Event).where(*restrict(call, workspace_id), *conditions, *query.conditions())
    ascending = query.order == "asc"
    if position is not None:
        place = tuple_(Event.timestamp, Event.id)
        wanted = wanted.where(place > position if ascending else place < position)
    if ascending:
        wanted = wanted.order_by(Event.timestamp, Event.id)
    else:
        wanted = wanted.order_by(Event.timestamp.desc(), Event.id.desc())
    with call.reading() as session:
        if workspace_id is not None:
            find_workspace(session, call.caller, workspace_id, "workspace:read")
        found = session.scalars(wanted.limit(query.limit + 1)).all()
    page = found[: query.limit]
    body: dict[str, Any] = {"events": [show_event(event) for event in page]}
    if len(found) > query.limit:
        body["cursor"] = _make_cursor(scope, query, page[-1])
    return reply(body)


@operation("audit.list", "GET", "/audit", READ, query=(*WINDOW, *PAGE))
def list_events(call: Call) -> Response:
    """List the events of the organisation."""
    return _send_page(call, None)


@operation(
    "audit.list_for_workspace",
    "GET",
    "/workspaces/{id}/audit",
    READ_WORKSPACE,
    READ,
    query=(*WINDOW, *PAGE),
)
def list_workspace_events(call: Call) -> Response:
    """List the events of a workspace."""
    return _send_page(call, call.path["id"])


@operation(
    "activity.list",
    "GET",
    "/workspaces/{id}/activity",
    READ_WORKSPACE,
    query=("task_id", "event_type", "after", *PAGE),
)
def list_activity(call: Call) -> Response:
    """List what happened in a workspace and to its tasks."""
    return _send_page(call, call.path["id"], Event.category == "activity")
