"""Operations on the activity of a workspace, and the streams of one workspace or of all of an org.

What each promises stands in openapi.yaml, in the rules of the clauses activity and streams.
"""

from __future__ import annotations

from dataclasses import replace

from mock_server.operation import Reply, Request, operation
from mock_server.resources.audit.feed import ActivityFeed, read_last_received
from mock_server.resources.audit.pages import make_page
from mock_server.resources.audit.query import read_activity_query
from mock_server.resources.workspaces.access import READ, find_visible_workspace
from mock_server.state.state import State

_NO_STORE = (("Cache-Control", "no-store"),)


@operation("activity.list")
def list_activity(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the activity of a workspace."""
    query = read_activity_query(request.query, request.path["id"])
    find_visible_workspace(state, request)
    return state, make_page(state, request, "activity", query)


@operation("activity.stream")
def open_stream(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of the caller's org; of the caller's own workspaces where no more may be seen."""
    caller = request.caller
    creator = None if READ in caller.permissions else caller.user_id
    return state, _open(request, ActivityFeed(caller.org_id, creator=creator))


@operation("activity.stream_for_workspace")
def open_workspace_stream(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of a workspace."""
    workspace = find_visible_workspace(state, request)
    return state, _open(request, ActivityFeed(workspace.org_id, workspace_id=workspace.id))


def _open(request: Request, feed: ActivityFeed) -> Reply:
    """The answer that is a stream: what came after the event that was received last, and what happens."""
    feed = replace(feed, last_received=read_last_received(request.headers.get("Last-Event-ID")))
    return Reply(200, feed, "text/event-stream", _NO_STORE)
