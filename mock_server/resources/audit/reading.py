"""Events of an org or of a workspace: list them page by page, and count them.

What each promises stands in openapi.yaml, in the rules of the clauses audit, paging, filtering and statistics.
"""

from __future__ import annotations

from mock_server.access.callers import Caller
from mock_server.operation import Reply, Request, operation
from mock_server.resources.audit.pages import make_page
from mock_server.resources.audit.query import Query, find_events, make_tests, read_query
from mock_server.resources.audit.statistics import Statistics, make_buckets, read_statistics
from mock_server.resources.workspaces.access import find_visible_workspace
from mock_server.state.state import State


@operation("audit.list")
def list_events(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the events of the caller's org."""
    return state, make_page(state, request, "list", read_query(request.query), narrowed_to=request.caller)


@operation("audit.stats")
def count_events(state: State, request: Request) -> tuple[State, Reply]:
    """Return counts, sums or means of the events of the caller's org."""
    asked = read_statistics(request.query)
    return state, _count(state, request, asked, read_query(request.query), request.caller)


@operation("audit.list_for_workspace")
def list_events_of_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the events of a workspace, whoever caused them."""
    query = read_query(request.query, find_visible_workspace(state, request).id)
    return state, make_page(state, request, "list_for_workspace", query)


@operation("audit.stats_for_workspace")
def count_events_of_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Return counts, sums or means of the events of a workspace, whoever caused them."""
    asked = read_statistics(request.query)
    return state, _count(state, request, asked, read_query(request.query, find_visible_workspace(state, request).id))


def _count(state: State, request: Request, asked: Statistics, query: Query, narrowed_to: Caller | None = None) -> Reply:
    events = find_events(state, request.caller.org_id, query, make_tests(query, narrowed_to))
    return Reply(200, {"buckets": make_buckets(events, asked, query, request.now)})
