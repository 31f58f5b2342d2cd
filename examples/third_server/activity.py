"""Serve streams of what happens in workspaces, while it happens."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from examples.third_server.calls import Call
from examples.third_server.database import Event, Workspace
from examples.third_server.events import show_event
from examples.third_server.operations import operation
from examples.third_server.workspaces import READ, find_workspace

HEARTBEAT = ": heartbeat\n\n"
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 300.0
POLL_SECONDS = 0.05


def _open_stream(call: Call, workspace_id: str | None) -> Response:
    """Answer with a stream that begins now, or after the last event that was received."""
    caller = call.caller
    conditions: list[Any] = [Event.org_id == caller.org_id, Event.category == "activity"]
    with call.reading() as session:
        if workspace_id is not None:
            find_workspace(session, caller, workspace_id, "workspace:read")
            conditions.append(Event.workspace_id == workspace_id)
        elif not caller.holds("workspace:read"):
            own = select(Workspace.id).where(Workspace.created_by == caller.user_id)
            conditions.append(Event.workspace_id.in_(own))
        position = session.scalar(select(func.max(Event.id))) or ""
        received = call.request.headers.get("last-event-id")
        if received:
            known = select(Event.id).where(Event.id == received, Event.org_id == caller.org_id)
            position = session.scalar(known) or position
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _follow(call, conditions, position)
    response = StreamingResponse(stream, headers=headers)
    response.headers["Content-Type"] = "text/event-stream"
    return response


async def _follow(call: Call, conditions: list[Any], position: str) -> AsyncIterator[str]:
    """Send events after a position as they are written, and a comment now and then."""
    started = beaten = time.monotonic()
    writes = -1
    yield HEARTBEAT
    while True:
        moment = time.monotonic()
        if moment - started >= STREAM_SECONDS:
            return
        if moment - beaten >= HEARTBEAT_SECONDS:
            beaten = moment
            yield HEARTBEAT
        current = call.database.writes
        if current != writes:
            writes = current
            for event in await run_in_threadpool(_read_after, call, conditions, position):
                position = event.id
                data = json.dumps(show_event(event), ensure_ascii=False, separators=(",", ":"))
                yield f"event: activity\nid: {event.id}\ndata: {data}\n\n"
        await asyncio.sleep(POLL_SECONDS)


def _read_after(call: Call, conditions: list[Any], position: str) -> list[Event]:
    """Read the events after a position, in the order of their ids."""
    wanted = select(Event).where(*conditions, Event.id > position).order_by(Event.id)
    with call.reading() as session:
        return list(session.scalars(wanted))


@operation("activity.stream", "GET", "/activity/stream", READ, stream=True)
def stream_activity(call: Call) -> Response:
    """Follow what happens in the workspaces of the organisation."""
    return _open_stream(call, None)


@operation(
    "activity.stream_for_workspace",
    "GET",
    "/workspaces/{id}/activity/stream",
    READ,
    stream=True,
)
def stream_workspace_activity(call: Call) -> Response:
    """Follow what happens in one workspace."""
    return _open_stream(call, call.path["id"])
