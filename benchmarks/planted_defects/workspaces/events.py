"""Defects of the log, the statistics, the activity and the stream of a workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.planted_defects.audit.pages import asked
from mock_server.deviations.planting.ids import (
    COUNT_EVENTS_WITHIN,
    FOLLOW_WITHIN,
    LIST_ACTIVITY,
    LIST_EVENTS_WITHIN,
)
from mock_server.deviations.planting.operations import (
    Outcome,
    Run,
    in_place_of,
    in_place_of_code,
    wrong_outcome,
    wrong_reply,
)
from mock_server.errors import ApiError, InvalidCursor, ValidationFailed, WorkspaceNotVisible
from mock_server.resources.audit.cursor import Cursor, cursor_text, read_cursor
from mock_server.resources.audit.event import log_of
from mock_server.resources.audit.feed import ActivityFeed
from mock_server.resources.audit.pages import page
from mock_server.resources.audit.query import Query, activity_query_of, query_of
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

_MILLISECOND = timedelta(milliseconds=1)
LISTED, ACTIVITY = "list_for_workspace", "activity"
"""What the cursors of the lists say."""


def _filtered(run: Run, *more: str) -> Outcome:
    """What comes of the request with these filters beside its own."""
    return asked(run, filter=[*run.request.query.get("filter", ()), *more])


@wrong_outcome("filtering-workspace-of-the-org", "AUDIT-WORKSPACE", on=LIST_EVENTS_WITHIN)
def of_the_org(run: Run) -> Outcome:
    """The log of a workspace is that of the org."""
    after, _ = run.done
    return after, page(run.state, run.request, LISTED, query_of(run.request.query))


@wrong_outcome("filtering-workspace-without-activity", "AUDIT-WORKSPACE", on=LIST_EVENTS_WITHIN)
def without_activity(run: Run) -> Outcome:
    """The log of a workspace has no events of category activity."""
    return _filtered(run, "category=audit")


@wrong_outcome("filtering-workspace-counted-without-activity", "AUDIT-WORKSPACE", on=COUNT_EVENTS_WITHIN)
def counted_without_activity(run: Run) -> Outcome:
    """Events of category activity do not count among those of a workspace."""
    return _filtered(run, "category=audit")


def _of_the_caller(run: Run) -> Outcome:
    narrowed = "audit:read" not in run.request.caller.permissions
    return _filtered(run, f"user_id={run.request.caller.user_id}") if narrowed else run.done


@wrong_outcome("filtering-workspace-of-the-caller", "OWNERSHIP-AUDIT-WORKSPACE", on=LIST_EVENTS_WITHIN)
def of_the_caller(run: Run) -> Outcome:
    """Who holds audit:read:own alone sees the own events of an own workspace, and not those of others."""
    return _of_the_caller(run)


@wrong_outcome("filtering-workspace-counted-of-the-caller", "OWNERSHIP-AUDIT-WORKSPACE", on=COUNT_EVENTS_WITHIN)
def counted_of_the_caller(run: Run) -> Outcome:
    """Who holds audit:read:own alone is told how many own events an own workspace has."""
    return _of_the_caller(run)


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller read the workspaces of everybody in the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, READ))
    return run.right(run.state, run.request._replace(caller=caller))


@in_place_of(WorkspaceNotVisible)(
    "ownership-events-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=LIST_EVENTS_WITHIN
)
def of_others_listed(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the log of every workspace of the org is read."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)(
    "ownership-events-of-others-counted", "OWNERSHIP-WORKSPACE-BELOW", on=COUNT_EVENTS_WITHIN
)
def of_others_counted(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the events of every workspace of the org are counted."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)("ownership-activity-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=LIST_ACTIVITY)
def activity_of_others_listed(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the activity in every workspace of the org is listed."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)("ownership-streams-of-others", "OWNERSHIP-WORKSPACE-BELOW", on=FOLLOW_WITHIN)
def streams_of_others(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone every workspace of the org is followed."""
    return _with_all(run)


def _of_its_org(run: Run, refusal: ApiError) -> Outcome:
    """What would come of the request of somebody of the org of the workspace."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        raise refusal
    caller = replace(run.request.caller, org_id=workspace.org_id)
    return run.right(run.state, run.request._replace(caller=caller))


@in_place_of_code("workspace_not_found")(
    "ownership-events-of-all-orgs-listed", "OWNERSHIP-PRIVATE-HIDDEN", on=LIST_EVENTS_WITHIN
)
def of_all_orgs_listed(run: Run, refusal: ApiError) -> Outcome:
    """The log of a workspace of another org is read."""
    return _of_its_org(run, refusal)


@in_place_of_code("workspace_not_found")("ownership-streams-of-all-orgs", "OWNERSHIP-PRIVATE-HIDDEN", on=FOLLOW_WITHIN)
def streams_of_all_orgs(run: Run, refusal: ApiError) -> Outcome:
    """A workspace of another org is followed."""
    return _of_its_org(run, refusal)


def _with_cursor(run: Run, name: str, query: Query) -> Outcome:
    """A page of a query behind the cursor that was sent, whatever that query was; the right one without a cursor."""
    cursor = _cursor(run, name)
    if cursor is None:
        return run.done
    sent = {**run.request.query, "cursor": cursor_text(replace(cursor, query=query))}
    return run.state, page(run.state, run.request._replace(query=sent), name, query)


def _cursor(run: Run, name: str) -> Cursor | None:
    try:
        return read_cursor(run.request.query.get("cursor", ""), name, run.org_id)
    except InvalidCursor:
        return None


@wrong_outcome("paging-workspace-forgotten", "AUDIT-WALK", "AUDIT-CURSOR-STEADY", on=LIST_EVENTS_WITHIN)
def workspace_forgotten(run: Run) -> Outcome:
    """The later pages of the log of a workspace are those of the org."""
    return _with_cursor(run, LISTED, Query())


@wrong_outcome("filtering-of-workspaces-ignored", "AUDIT-FILTER", "AUDIT-FILTER-AND", on=LIST_EVENTS_WITHIN)
def filters_ignored(run: Run) -> Outcome:
    """The log of a workspace passes over filters."""
    return asked(run, "filter")


@wrong_outcome("statistics-of-workspaces-unfiltered", "STATS-FILTER", on=COUNT_EVENTS_WITHIN)
def unfiltered(run: Run) -> Outcome:
    """The statistics of a workspace pass over filters."""
    return asked(run, "filter")


@wrong_outcome("paging-activity-limit-exceeded", "AUDIT-LIMIT", on=LIST_ACTIVITY)
def limit_exceeded(run: Run) -> Outcome:
    """A page of the activity of a workspace holds one event more than its limit."""
    return asked(run, limit=run.request.query["limit"] + 1)


def _activity(run: Run, query: Query) -> Outcome:
    """A page of another query in the place of that of the activity; the right one behind a cursor."""
    if "cursor" in run.request.query:
        return run.done
    after, _ = run.done
    return after, page(run.state, run.request, ACTIVITY, query)


def _asked_for(run: Run) -> Query:
    return activity_query_of(run.request.query, run.request.path["id"])


@wrong_outcome("activity-of-both-categories", "ACTIVITY-CATEGORY", on=LIST_ACTIVITY)
def of_both_categories(run: Run) -> Outcome:
    """The activity of a workspace has its events of category audit too."""
    return _activity(run, replace(_asked_for(run), category=None))


@wrong_outcome("activity-of-the-org", "ACTIVITY-CATEGORY", on=LIST_ACTIVITY)
def activity_of_the_org(run: Run) -> Outcome:
    """The activity of a workspace is that of all workspaces of the org."""
    return _activity(run, replace(_asked_for(run), workspace_id=None))


@wrong_outcome("activity-of-control-plane-alone", "ACTIVITY-CATEGORY", on=LIST_ACTIVITY)
def of_control_plane_alone(run: Run) -> Outcome:
    """The activity of a workspace lacks what its agent does."""
    return _activity(run, replace(_asked_for(run), filters=("actor=control-plane",)))


@wrong_outcome("activity-after-included", "ACTIVITY-AFTER", on=LIST_ACTIVITY)
def after_included(run: Run) -> Outcome:
    """An event at the moment of `after` is listed."""
    query = _asked_for(run) if "cursor" not in run.request.query else Query()
    return run.done if query.since is None else _activity(run, replace(query, since=query.since - _MILLISECOND))


@wrong_outcome("activity-after-is-before", "ACTIVITY-AFTER", on=LIST_ACTIVITY)
def after_is_before(run: Run) -> Outcome:
    """With the oldest event first `after` keeps what came before it."""
    query = _asked_for(run) if "cursor" not in run.request.query else Query()
    if query.since is None or run.request.query.get("order") != "asc":
        return run.done
    return _activity(run, replace(query, since=datetime(1970, 1, 1, tzinfo=UTC), until=query.since))


@wrong_outcome("activity-after-of-the-first-page", "ACTIVITY-AFTER", on=LIST_ACTIVITY)
def after_of_the_first_page(run: Run) -> Outcome:
    """The pages after the first go on before the moment of `after`."""
    cursor = _cursor(run, ACTIVITY)
    return run.done if cursor is None else _with_cursor(run, ACTIVITY, replace(cursor.query, since=None))


@in_place_of(ValidationFailed)("activity-after-beside-a-cursor", "ACTIVITY-AFTER-CURSOR", on=LIST_ACTIVITY)
def after_beside_a_cursor(run: Run, _refusal: ValidationFailed) -> Outcome:
    """Beside a cursor `after` is passed over."""
    return asked(run, "after")


@wrong_outcome("activity-tasks-ignored", "ACTIVITY-FILTERS", on=LIST_ACTIVITY)
def tasks_ignored(run: Run) -> Outcome:
    """The task that activity is asked for makes no difference."""
    return asked(run, "task_id")


@wrong_outcome("activity-types-in-part", "ACTIVITY-FILTERS", on=LIST_ACTIVITY)
def types_in_part(run: Run) -> Outcome:
    """Activity of a type is whatever its task or workspace did."""
    query = _asked_for(run) if "cursor" not in run.request.query else Query()
    kind = (query.event_type or "").partition("_")[0]
    if kind not in ("task", "workspace"):
        return run.done
    types = {
        each.event_type for each in log_of(run.state, run.org_id).ascending() if each.event_type[: len(kind)] == kind
    }
    return _activity(run, replace(query, event_type=None, filters=(f"event_type={','.join(sorted(types))}",)))


@wrong_reply("streams-workspace-of-the-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=FOLLOW_WITHIN)
def stream_of_the_org(feed: ActivityFeed, _run: Run) -> ActivityFeed:
    """The stream of a workspace is that of the org."""
    return ActivityFeed(feed.org_id, feed.last_received, feed.creator)
