"""Events of an org or of a workspace: list them page by page, and count them.

What each promises stands in openapi.yaml, in the rules of the clauses audit, paging, filtering and statistics.
"""

from __future__ import annotations

from mock_server.access.callers import Caller
from mock_server.operation import Reply, Request, operation
from mock_server.resources.audit.pages import page
from mock_server.resources.audit.query import Query, found, query_of, tests
from mock_server.resources.audit.statistics import Statistics, buckets, statistics_of
from mock_server.resources.workspaces.access import find
from mock_server.state.state import State


@operation("audit.list")
def list_events(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the events of the caller's org."""
    return state, page(state, request, "list", query_of(request.query), narrowed_to=request.caller)


@operation("audit.stats")
def count_events(state: State, request: Request) -> tuple[State, Reply]:
    """Return counts, sums or means of the events of the caller's org."""
    asked = statistics_of(request.query)
    return state, _counted(state, request, asked, query_of(request.query), request.caller)


@operation("audit.list_for_workspace")
def list_events_of_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the events of a workspace, whoever caused them."""
    query = query_of(request.query, find(state, request).id)
    return state, page(state, request, "list_for_workspace", query)


@operation("audit.stats_for_workspace")
def count_events_of_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Return counts, sums or means of the events of a workspace, whoever caused them."""
    asked = statistics_of(request.query)
    return state, _counted(state, request, asked, query_of(request.query, find(state, request).id))


def _counted(
    state: State, request: Request, asked: Statistics, query: Query, narrowed_to: Caller | None = None
) -> Reply:
    events = found(state, request.caller.org_id, query, tests(query, narrowed_to))
    return Reply(200, {"buckets": buckets(events, asked, query, request.now)})
