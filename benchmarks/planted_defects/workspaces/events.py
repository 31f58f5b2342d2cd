"""Defects of the log, the statistics, the activity and the stream of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.planted_defects.audit.streams import acts, begun
from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.log import FIRST_DAY, column, count, events, times, values
from benchmarks.planted_defects.planting.mistakes import asks, edits, grants, wrongly
from benchmarks.planted_defects.planting.runs import asked
from benchmarks.planted_defects.scene import Scene, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.resources.audit.event import read_log
from mock_server.resources.audit.feed import ActivityFeed
from mock_server.resources.audit.pages import Cursor, make_page, read_cursor, write_cursor
from mock_server.resources.audit.query import Query, read_activity_query, read_query
from mock_server.state.value import replace

defect = Declarer(__name__)

_MILLISECOND, _LONG_AGO = timedelta(milliseconds=1), datetime(1970, 1, 1, tzinfo=UTC)
LISTED, ACTIVITY = "list_for_workspace", "activity"
"""The content of the cursors of the lists."""
OWN, THEIRS, ABROAD = (f"/workspaces/{each}" for each in (ws.IDLE, ws.BUSY, ws.FOREIGN))
LOG, ACTS, STATS = f"{OWN}/audit", f"{OWN}/activity", f"{OWN}/audit/stats"
RUNNING, HALF_PAST = "event_type=task_running", "2026-06-13T09:30:00Z"
MEMBER, HEARTBEAT = "acme-member", ": heartbeat\n\n"


def _filtered(run: Run, *more: str) -> Outcome:
    """Return what comes of the request with these filters beside its own."""
    return asked(run, filter=[*run.request.query.get("filter", ()), *more])


_without_activity = wrongly(lambda run: _filtered(run, "category=audit"))


@wrongly
def _of_the_caller(run: Run) -> Outcome:
    """Show the own events alone to whoever sees the own events of an org alone."""
    caller = run.request.caller
    return run.done if "audit:read" in caller.permissions else _filtered(run, f"user_id={caller.user_id}")


def _behind(run: Run, name: str, change: Callable[[Cursor], Query]) -> Outcome:
    """Return what comes of the request where the query of its cursor is another."""
    try:
        cursor = read_cursor(run.request.query.get("cursor", ""), name, run.org_id)
    except errors.InvalidCursor:
        return run.done
    query = change(cursor)
    sent = {**run.request.query, "cursor": write_cursor(replace(cursor, query=query))}
    return run.state, make_page(run.state, run.request._replace(query=sent), name, query)


def _acts(change: Callable[[Query, Run], Query]) -> Plan:
    """Plan that the activity is that of another query, where none is made of a cursor."""

    def wrong(run: Run) -> Outcome:
        if "cursor" in run.request.query:
            return run.done
        right = read_activity_query(run.request.query, run.request.path["id"])
        query = change(right, run)
        return run.done if query == right else (run.after, make_page(run.state, run.request, ACTIVITY, query))

    return wrongly(wrong)


def times_after(scene: Scene, **query: str) -> list[str]:
    return times(events(scene, ACTS, limit=1000, after=HALF_PAST, **query))[:2]


def listed(scene: Scene, **query: str) -> int:
    return count(scene, LOG, limit=1000, **FIRST_DAY, **query)


def counted(scene: Scene, **query: str) -> list[int]:
    return values(scene, STATS, **FIRST_DAY, **query)


def decide(scene: Scene) -> None:
    """Have the members' workspace restarted by somebody else."""
    for each in ("stopped", "provisioning"):
        scene.state("workspace is", org_id="org_acme", workspace_id=ws.BUSY, status=each)


def users_listed(scene: Scene) -> bool:
    decide(scene)
    return "system" in column(scene, "user_id", f"{THEIRS}/audit", MEMBER, limit=1000)


def all_counted(scene: Scene) -> bool:
    decide(scene)
    return values(scene, f"{THEIRS}/audit/stats", MEMBER) == [count(scene, f"{THEIRS}/audit", limit=1000)]


def second_page(scene: Scene, place: str, limit: int, **query: str) -> tuple[Any, Any]:
    """Return the events of the first two pages, of which the second may have eleven."""
    first = scene.get(place, params={"limit": 2, **query}).json()
    return first["events"], events(scene, place, limit=limit, cursor=first["cursor"])


def workspaces_of_second_page(scene: Scene) -> list[str]:
    return sorted({each.get("workspace_id", "") for each in second_page(scene, LOG, 11)[1]})


def times_of_two_pages(scene: Scene) -> list[str]:
    first, second = second_page(scene, ACTS, 2, after="2026-06-13T09:10:00Z")
    return sorted([*times(first[1:2]), *times(second)])[:2]


def after_and_a_cursor(scene: Scene) -> str:
    cursor = scene.get(ACTS, params={"limit": 2}).json()["cursor"]
    return send(scene, ACTS, params={"after": "2026-06-13T12:00:00Z", "cursor": cursor})


def of_the_org(scene: Scene) -> bool:
    """Return whether an event of another workspace comes down the stream of one."""
    return f'"workspace_id":"{ws.BUSY}"' in begun(scene, last=acts(scene)[0]["id"], place=OWN)


defect("filtering-workspace-of-the-org", "AUDIT-WORKSPACE", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace is that of the org.",
    wrongly(lambda run: (run.after, make_page(run.state, run.request, LISTED, read_query(run.request.query)))),
    shown(12, 14, listed),
)
defect("filtering-workspace-without-activity", "AUDIT-WORKSPACE", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace has no events of category activity.",
    _without_activity,
    shown(["activity", "audit"], ["audit"], column, "category", LOG, **FIRST_DAY),
)
defect("filtering-workspace-counted-without-activity", "AUDIT-WORKSPACE", on=ids.COUNT_EVENTS_WITHIN)(
    "Events of category activity do not count among those of a workspace.", _without_activity, shown([12], [8], counted)
)
defect("filtering-workspace-of-the-caller", "OWNERSHIP-AUDIT-WORKSPACE", on=ids.LIST_EVENTS_WITHIN)(
    "Who holds audit:read:own alone sees the own events of an own workspace, and not those of others.",
    _of_the_caller,
    shown(True, False, users_listed),
)
defect("filtering-workspace-counted-of-the-caller", "OWNERSHIP-AUDIT-WORKSPACE", on=ids.COUNT_EVENTS_WITHIN)(
    "Who holds audit:read:own alone is told how many own events an own workspace has.",
    _of_the_caller,
    shown(True, False, all_counted),
)
defect("ownership-events-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_EVENTS_WITHIN)(
    "With workspace:read:own alone the log of every workspace of the org is read.",
    ws.opens(),
    shown(ws.HIDDEN, "200", send, LOG, MEMBER),
)
defect("ownership-events-of-others-counted", "OWNERSHIP-WORKSPACE-BELOW", on=ids.COUNT_EVENTS_WITHIN)(
    "With workspace:read:own alone the events of every workspace of the org are counted.",
    ws.opens(),
    shown(ws.HIDDEN, "200", send, STATS, MEMBER),
)
defect("ownership-activity-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_ACTIVITY)(
    "With workspace:read:own alone the activity in every workspace of the org is listed.",
    ws.opens(),
    shown(ws.HIDDEN, "200", send, ACTS, MEMBER),
)
defect("ownership-streams-of-others", "OWNERSHIP-WORKSPACE-BELOW", on=ids.FOLLOW_WITHIN)(
    "With workspace:read:own alone every workspace of the org is followed.",
    ws.opens(),
    shown("403", HEARTBEAT, begun, MEMBER, place=OWN),
)
defect("ownership-events-of-all-orgs-listed", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace of another org is read.",
    ws.opens_abroad(),
    shown(ws.MISSING, "200", send, f"{ABROAD}/audit"),
)
defect("ownership-streams-of-all-orgs", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.FOLLOW_WITHIN)(
    "A workspace of another org is followed.", ws.opens_abroad(), shown("404", HEARTBEAT, begun, place=ABROAD)
)
defect("paging-workspace-forgotten", "AUDIT-WALK", "AUDIT-CURSOR-STEADY", on=ids.LIST_EVENTS_WITHIN)(
    "The later pages of the log of a workspace are those of the org.",
    wrongly(lambda run: _behind(run, LISTED, lambda _cursor: Query())),
    shown([ws.IDLE], ["", ws.IDLE], workspaces_of_second_page),
)
defect("filtering-of-workspaces-ignored", "AUDIT-FILTER", "AUDIT-FILTER-AND", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace passes over filters.", asks("filter"), shown(1, 12, listed, filter=RUNNING)
)
defect("statistics-of-workspaces-unfiltered", "STATS-FILTER", on=ids.COUNT_EVENTS_WITHIN)(
    "The statistics of a workspace pass over filters.", asks("filter"), shown([1], [12], counted, filter=RUNNING)
)
defect("paging-activity-limit-exceeded", "AUDIT-LIMIT", on=ids.LIST_ACTIVITY)(
    "A page of the activity of a workspace holds one event more than its limit.",
    wrongly(lambda run: asked(run, limit=run.request.query["limit"] + 1)),
    shown(2, 3, count, ACTS, limit=2),
)
defect("activity-of-both-categories", "ACTIVITY-CATEGORY", on=ids.LIST_ACTIVITY)(
    "The activity of a workspace has its events of category audit too.",
    _acts(lambda query, _run: replace(query, category=None)),
    shown(["activity"], ["activity", "audit"], column, "category", ACTS, limit=1000),
)
defect("activity-of-the-org", "ACTIVITY-CATEGORY", on=ids.LIST_ACTIVITY)(
    "The activity of a workspace is that of all workspaces of the org.",
    _acts(lambda query, _run: replace(query, workspace_id=None)),
    shown([ws.IDLE], [ws.IDLE, ws.BUSY], column, "workspace_id", ACTS, limit=1000),
)
defect("activity-of-control-plane-alone", "ACTIVITY-CATEGORY", on=ids.LIST_ACTIVITY)(
    "The activity of a workspace lacks what its agent does.",
    _acts(lambda query, _run: replace(query, filters=("actor=control-plane",))),
    shown(["agent", "control-plane"], ["control-plane"], column, "actor", ACTS, limit=1000),
)
defect("activity-after-included", "ACTIVITY-AFTER", on=ids.LIST_ACTIVITY)(
    "An event at the moment of `after` is listed.",
    _acts(lambda query, _run: query if query.since is None else replace(query, since=query.since - _MILLISECOND)),
    shown(["13T11:00"], ["13T11:00", "13T09:30"], times_after),
)
defect("activity-after-of-the-first-page", "ACTIVITY-AFTER", on=ids.LIST_ACTIVITY)(
    "The pages after the first go on before the moment of `after`.",
    wrongly(lambda run: _behind(run, ACTIVITY, lambda cursor: replace(cursor.query, since=None))),
    shown(["13T09:20", "13T09:30"], ["13T09:10", "13T09:20"], times_of_two_pages),
)
defect("activity-after-beside-a-cursor", "ACTIVITY-AFTER-CURSOR", on=ids.LIST_ACTIVITY)(
    "Beside a cursor `after` is passed over.",
    grants(errors.ValidationFailed, lambda run: asked(run, "after")),
    shown("400 validation_error", "200", after_and_a_cursor),
)
defect("activity-tasks-ignored", "ACTIVITY-FILTERS", on=ids.LIST_ACTIVITY)(
    "The task that activity is asked for makes no difference.",
    asks("task_id"),
    shown(0, 28, count, ACTS, limit=1000, task_id="task_acme_running"),
)
defect("streams-workspace-of-the-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=ids.FOLLOW_WITHIN)(
    "The stream of a workspace is that of the org.",
    edits(lambda feed: ActivityFeed(feed.org_id, feed.last_received, feed.creator)),
    shown(False, True, of_the_org),
)


@defect("activity-after-is-before", "ACTIVITY-AFTER", on=ids.LIST_ACTIVITY).plans(_acts)
@shown(["13T11:00"], ["01T09:10", "01T09:20"], times_after, order="asc")
def after_is_before(query: Query, run: Run) -> Query:
    """With the oldest event first `after` keeps what came before it."""
    if query.since is None or run.request.query.get("order") != "asc":
        return query
    return replace(query, since=_LONG_AGO, until=query.since)


@defect("activity-types-in-part", "ACTIVITY-FILTERS", on=ids.LIST_ACTIVITY).plans(_acts)
@shown(1, 4, lambda scene: len(column(scene, "event_type", ACTS, limit=1000, event_type="task_running")))
def of_kind(query: Query, run: Run) -> Query:
    """Activity of a type is whatever its task or workspace did."""
    kind = (query.event_type or "").partition("_")[0]
    if kind not in ("task", "workspace"):
        return query
    types = {each.event_type for each in read_log(run.state, run.org_id)}
    filters = (f"event_type={','.join(sorted(each for each in types if each.startswith(kind)))}",)
    return replace(query, event_type=None, filters=filters)
