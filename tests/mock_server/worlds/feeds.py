"""An operation that opens a stream, and one that writes an event, on a copy of the contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mock_server import Settings, create_app
from mock_server.operation import Handler, Reply, Request
from mock_server.resources.audit.event import Event, round_to_milliseconds, with_event
from mock_server.resources.audit.feed import ActivityFeed, read_last_received
from mock_server.state.state import State
from tests.mock_server.serving import DOCUMENT, refusals, written

SCHEMES = {"apiKeyQuery": {"type": "apiKey", "in": "query", "name": "api_key"}}
NO_STORE = (("Cache-Control", "no-store"),)


def follow(state: State, request: Request) -> tuple[State, Reply]:
    """What happens from now on, or since what was received last; of the caller's own workspaces, if it asks so."""
    caller = request.caller
    creator = caller.user_id if request.query.get("own") else None
    feed = ActivityFeed(caller.org_id, read_last_received(request.headers.get("Last-Event-ID")), creator)
    return state, Reply(200, feed, "text/event-stream", NO_STORE)


def write(state: State, request: Request) -> tuple[State, Reply]:
    """Write an event of activity with these columns."""
    moment = round_to_milliseconds(datetime.now(UTC))
    columns = {"category": "activity", "event_type": "workspace_ready", **request.body}
    event = Event(request.caller.org_id, request.caller.user_id, moment, **columns)
    return with_event(state, event), Reply(200, {"ok": True})


FOLLOW = {
    "get": {
        "operationId": "feed.follow",
        "security": [{"bearer": []}, {"apiKeyQuery": []}],
        "parameters": [
            {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}},
            {"name": "own", "in": "query", "schema": {"type": "boolean"}},
        ],
        "responses": {
            "200": {
                "description": "A stream.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            **refusals(),
        },
    }
}
WRITE = {
    "post": {
        "operationId": "feed.write",
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}},
            **refusals("413", "415"),
        },
    }
}


def app_with_feed(folder: Path, **settings: Any) -> Any:
    """The mock with both operations."""
    document = dict(DOCUMENT)
    document["paths"] = {**document["paths"], "/feed": FOLLOW, "/feed/events": WRITE}
    components = document["components"]
    document["components"] = {**components, "securitySchemes": {**components["securitySchemes"], **SCHEMES}}
    handlers = {"feed.follow": Handler(follow), "feed.write": Handler(write)}
    return create_app(replace(Settings(), contract=written(folder, document), **settings), handlers)
