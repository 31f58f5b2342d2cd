"""Operations on the activity of a workspace, and the streams of one workspace or of all of an org.

What each promises stands in openapi.yaml, in the rules of the clauses activity and streams.
"""

from __future__ import annotations

from dataclasses import replace

from mock_server.operation import Reply, Request, operation
from mock_server.resources.audit.feed import ActivityFeed, last_received
from mock_server.resources.audit.pages import page
from mock_server.resources.audit.query import activity_query_of
from mock_server.resources.workspaces.access import READ, find
from mock_server.state.state import State

_NO_STORE = (("Cache-Control", "no-store"),)


@operation("activity.list")
def list_activity(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the activity of a workspace."""
    query = activity_query_of(request.query, request.path["id"])
    find(state, request)
    return state, page(state, request, "activity", query)


@operation("activity.stream")
def stream(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of the caller's org; of the caller's own workspaces where no more may be seen."""
    caller = request.caller
    creator = None if READ in caller.permissions else caller.user_id
    return state, _opened(request, ActivityFeed(caller.org_id, creator=creator))


@operation("activity.stream_for_workspace")
def stream_of_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of a workspace."""
    workspace = find(state, request)
    return state, _opened(request, ActivityFeed(workspace.org_id, workspace_id=workspace.id))


def _opened(request: Request, feed: ActivityFeed) -> Reply:
    """The answer that is a stream: what came after the event that was received last, and what happens."""
    feed = replace(feed, last_received=last_received(request.headers.get("Last-Event-ID")))
    return Reply(200, feed, "text/event-stream", _NO_STORE)
