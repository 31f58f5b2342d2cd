"""Follow what happens in the workspaces of an org.

What each promises stands in openapi.yaml, in the rules of the clause streams.
"""

from __future__ import annotations

from mock_server.resources.audit.feed import Feed, last_received
from mock_server.resources.operation import Reply, Request, operation
from mock_server.state.state import State

_NO_STORE = (("Cache-Control", "no-store"),)


@operation("activity.stream")
def stream(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of the caller's org; of the caller's own workspaces where no more may be seen."""
    caller = request.caller
    creator = None if "workspace:read" in caller.permissions else caller.user_id
    feed = Feed(caller.org_id, last_received(request.headers.get("Last-Event-ID")), creator)
    return state, Reply(200, feed, "text/event-stream", _NO_STORE)
