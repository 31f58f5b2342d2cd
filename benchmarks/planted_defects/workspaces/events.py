"""Defects of the log, the statistics, the activity and the stream of a workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.planted_defects.audit.pages import asked
from benchmarks.planted_defects.audit.streams import acts
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.resources.audit.cursor import Cursor, cursor_text, read_cursor
from mock_server.resources.audit.event import log_of
from mock_server.resources.audit.feed import ActivityFeed
from mock_server.resources.audit.pages import page
from mock_server.resources.audit.query import Query, activity_query_of, query_of
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

defect = Declarer(__name__)

_MILLISECOND = timedelta(milliseconds=1)
LISTED, ACTIVITY = "list_for_workspace", "activity"
"""What the cursors of the lists say."""


def _filtered(run: Run, *more: str) -> Outcome:
    """What comes of the request with these filters beside its own."""
    return asked(run, filter=[*run.request.query.get("filter", ()), *more])


OF_OWNER, OF_MEMBER, OF_OTHER_ORG = "/workspaces/ws_01HZ", "/workspaces/ws_acme_busy", "/workspaces/ws_globex_idle"
HIDDEN, NOT_FOUND = "403 workspace_not_visible", "404 workspace_not_found"
FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
ALL = {"limit": 1000}
NOON = "2026-06-13T12:00:00Z"
"""Before the last task of the owner's workspace."""


def listed(scene: Scene, place: str = OF_OWNER, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get(f"{place}/audit", who, params={**ALL, **query}).json()["events"]
    return found


def counted(scene: Scene, place: str = OF_OWNER, who: str = "acme-owner", **query: Any) -> list[int]:
    answer = scene.get(f"{place}/audit/stats", who, params=query)
    return [each["value"] for each in answer.json()["buckets"]]


def activity(scene: Scene, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get(f"{OF_OWNER}/activity", params={**ALL, **query}).json()["events"]
    return found


def times(found: list[dict[str, Any]]) -> list[str]:
    return [each["timestamp"][8:16] for each in found]


def decided(scene: Scene) -> Any:
    """Have the members' workspace restarted by somebody else."""
    steps = {"org_id": "org_acme", "workspace_id": "ws_acme_busy"}
    return [scene.state("workspace is", **steps, status=status) for status in ("stopped", "provisioning")]


def followed(scene: Scene, place: str, who: str = "acme-owner", last: str = "") -> str:
    """What comes down the stream of a workspace at once, or why none is opened."""
    headers = {"Authorization": f"Bearer {scene.mock.token(who)}"} | ({"Last-Event-ID": last} if last else {})
    with scene.client.stream("GET", f"{place}/activity/stream", headers=headers) as answer:
        if answer.status_code != 200:
            answer.read()
            return said(answer)
        return next(answer.iter_text())


defect("filtering-workspace-of-the-org", "AUDIT-WORKSPACE", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace is that of the org.",
    wrong_outcome.of(lambda run: (run.after, page(run.state, run.request, LISTED, query_of(run.request.query)))),
    shown(12, 14, lambda scene: len(listed(scene, **FIRST_DAY))),
)
defect("filtering-workspace-without-activity", "AUDIT-WORKSPACE", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace has no events of category activity.",
    wrong_outcome.of(lambda run: _filtered(run, "category=audit")),
    shown(4, 0, lambda scene: sum(each["category"] == "activity" for each in listed(scene, **FIRST_DAY))),
)
defect("filtering-workspace-counted-without-activity", "AUDIT-WORKSPACE", on=ids.COUNT_EVENTS_WITHIN)(
    "Events of category activity do not count among those of a workspace.",
    wrong_outcome.of(lambda run: _filtered(run, "category=audit")),
    shown([12], [8], counted, **FIRST_DAY),
)


def _of_the_caller(run: Run) -> Outcome:
    narrowed = "audit:read" not in run.request.caller.permissions
    return _filtered(run, f"user_id={run.request.caller.user_id}") if narrowed else run.done


def show_of_the_caller(scene: Scene) -> bool:
    decided(scene)
    return any(each["user_id"] == "system" for each in listed(scene, OF_MEMBER, "acme-member"))


defect("filtering-workspace-of-the-caller", "OWNERSHIP-AUDIT-WORKSPACE", on=ids.LIST_EVENTS_WITHIN)(
    "Who holds audit:read:own alone sees the own events of an own workspace, and not those of others.",
    wrong_outcome.of(_of_the_caller),
    shown(True, False, show_of_the_caller),
)
defect("filtering-workspace-counted-of-the-caller", "OWNERSHIP-AUDIT-WORKSPACE", on=ids.COUNT_EVENTS_WITHIN)(
    "Who holds audit:read:own alone is told how many own events an own workspace has.",
    wrong_outcome.of(_of_the_caller),
    shown(
        True,
        False,
        lambda scene: in_turn(
            decided(scene), counted(scene, OF_MEMBER, "acme-member") == [len(listed(scene, OF_MEMBER))]
        ),
    ),
)


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller read the workspaces of everybody in the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, READ))
    return run.right(run.state, run.request._replace(caller=caller))


defect("ownership-events-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_EVENTS_WITHIN)(
    "With workspace:read:own alone the log of every workspace of the org is read.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(HIDDEN, "200", lambda scene: said(scene.get(f"{OF_OWNER}/audit", "acme-member"))),
)
defect("ownership-events-of-others-counted", "OWNERSHIP-WORKSPACE-BELOW", on=ids.COUNT_EVENTS_WITHIN)(
    "With workspace:read:own alone the events of every workspace of the org are counted.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(HIDDEN, "200", lambda scene: said(scene.get(f"{OF_OWNER}/audit/stats", "acme-member"))),
)
defect("ownership-activity-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_ACTIVITY)(
    "With workspace:read:own alone the activity in every workspace of the org is listed.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(HIDDEN, "200", lambda scene: said(scene.get(f"{OF_OWNER}/activity", "acme-member"))),
)
defect("ownership-streams-of-others", "OWNERSHIP-WORKSPACE-BELOW", on=ids.FOLLOW_WITHIN)(
    "With workspace:read:own alone every workspace of the org is followed.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(HIDDEN, ": heartbeat\n\n", followed, OF_OWNER, "acme-member"),
)


def _of_its_org(run: Run, refusal: errors.WorkspaceNotFound) -> Outcome:
    """What would come of the request of somebody of the org of the workspace."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        raise refusal
    caller = replace(run.request.caller, org_id=workspace.org_id)
    return run.right(run.state, run.request._replace(caller=caller))


defect("ownership-events-of-all-orgs-listed", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace of another org is read.",
    in_place_of(errors.WorkspaceNotFound).of(_of_its_org),
    shown(NOT_FOUND, "200", lambda scene: said(scene.get(f"{OF_OTHER_ORG}/audit"))),
)
defect("ownership-streams-of-all-orgs", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.FOLLOW_WITHIN)(
    "A workspace of another org is followed.",
    in_place_of(errors.WorkspaceNotFound).of(_of_its_org),
    shown(NOT_FOUND, ": heartbeat\n\n", followed, OF_OTHER_ORG),
)


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
    except errors.InvalidCursor:
        return None


def show_workspace_forgotten(scene: Scene) -> list[str]:
    first = scene.get(f"{OF_OWNER}/audit", params={"limit": 2}).json()
    second = scene.get(f"{OF_OWNER}/audit", params={"limit": 11, "cursor": first["cursor"]}).json()
    return sorted({each.get("workspace_id", "") for each in second["events"]})


defect("paging-workspace-forgotten", "AUDIT-WALK", "AUDIT-CURSOR-STEADY", on=ids.LIST_EVENTS_WITHIN)(
    "The later pages of the log of a workspace are those of the org.",
    wrong_outcome.of(lambda run: _with_cursor(run, LISTED, Query())),
    shown(["ws_01HZ"], ["", "ws_01HZ"], show_workspace_forgotten),
)
defect("filtering-of-workspaces-ignored", "AUDIT-FILTER", "AUDIT-FILTER-AND", on=ids.LIST_EVENTS_WITHIN)(
    "The log of a workspace passes over filters.",
    wrong_outcome.of(lambda run: asked(run, "filter")),
    shown(1, 12, lambda scene: len(listed(scene, filter="event_type=task_running", **FIRST_DAY))),
)
defect("statistics-of-workspaces-unfiltered", "STATS-FILTER", on=ids.COUNT_EVENTS_WITHIN)(
    "The statistics of a workspace pass over filters.",
    wrong_outcome.of(lambda run: asked(run, "filter")),
    shown([1], [12], counted, filter="event_type=task_running", **FIRST_DAY),
)
defect("paging-activity-limit-exceeded", "AUDIT-LIMIT", on=ids.LIST_ACTIVITY)(
    "A page of the activity of a workspace holds one event more than its limit.",
    wrong_outcome.of(lambda run: asked(run, limit=run.request.query["limit"] + 1)),
    shown(2, 3, lambda scene: len(activity(scene, limit=2))),
)


def _activity(run: Run, query: Query) -> Outcome:
    """A page of another query in the place of that of the activity; the right one behind a cursor."""
    if "cursor" in run.request.query:
        return run.done
    after, _ = run.done
    return after, page(run.state, run.request, ACTIVITY, query)


def _asked_for(run: Run) -> Query:
    return activity_query_of(run.request.query, run.request.path["id"])


defect("activity-of-both-categories", "ACTIVITY-CATEGORY", on=ids.LIST_ACTIVITY)(
    "The activity of a workspace has its events of category audit too.",
    wrong_outcome.of(lambda run: _activity(run, replace(_asked_for(run), category=None))),
    shown(["activity"], ["activity", "audit"], lambda scene: sorted({each["category"] for each in activity(scene)})),
)
defect("activity-of-the-org", "ACTIVITY-CATEGORY", on=ids.LIST_ACTIVITY)(
    "The activity of a workspace is that of all workspaces of the org.",
    wrong_outcome.of(lambda run: _activity(run, replace(_asked_for(run), workspace_id=None))),
    shown(
        ["ws_01HZ"],
        ["ws_01HZ", "ws_acme_busy"],
        lambda scene: sorted({each["workspace_id"] for each in activity(scene)}),
    ),
)
defect("activity-of-control-plane-alone", "ACTIVITY-CATEGORY", on=ids.LIST_ACTIVITY)(
    "The activity of a workspace lacks what its agent does.",
    wrong_outcome.of(lambda run: _activity(run, replace(_asked_for(run), filters=("actor=control-plane",)))),
    shown(
        ["agent", "control-plane"], ["control-plane"], lambda scene: sorted({each["actor"] for each in activity(scene)})
    ),
)


@defect("activity-after-included", "ACTIVITY-AFTER", on=ids.LIST_ACTIVITY).by(wrong_outcome)
@shown(["13T11:00"], ["13T11:00", "13T09:30"], lambda scene: times(activity(scene, after="2026-06-13T09:30:00Z")))
def after_included(run: Run) -> Outcome:
    """An event at the moment of `after` is listed."""
    query = _asked_for(run) if "cursor" not in run.request.query else Query()
    return run.done if query.since is None else _activity(run, replace(query, since=query.since - _MILLISECOND))


def show_after_is_before(scene: Scene) -> object:
    found = times(activity(scene, after="2026-06-13T09:30:00Z", order="asc"))
    return found if len(found) == 1 else len(found) > 1


@defect("activity-after-is-before", "ACTIVITY-AFTER", on=ids.LIST_ACTIVITY).by(wrong_outcome)
@shown(["13T11:00"], True, show_after_is_before)
def after_is_before(run: Run) -> Outcome:
    """With the oldest event first `after` keeps what came before it."""
    query = _asked_for(run) if "cursor" not in run.request.query else Query()
    if query.since is None or run.request.query.get("order") != "asc":
        return run.done
    return _activity(run, replace(query, since=datetime(1970, 1, 1, tzinfo=UTC), until=query.since))


def show_after_of_the_first_page(scene: Scene) -> list[str]:
    first = scene.get(f"{OF_OWNER}/activity", params={"limit": 2, "after": "2026-06-13T09:10:00Z"}).json()
    second = scene.get(f"{OF_OWNER}/activity", params={"limit": 2, "cursor": first["cursor"]}).json()
    return sorted([first["events"][1]["timestamp"][8:16], *times(second["events"])])[:2]


@defect("activity-after-of-the-first-page", "ACTIVITY-AFTER", on=ids.LIST_ACTIVITY).by(wrong_outcome)
@shown(["13T09:20", "13T09:30"], ["13T09:10", "13T09:20"], show_after_of_the_first_page)
def after_of_the_first_page(run: Run) -> Outcome:
    """The pages after the first go on before the moment of `after`."""
    cursor = _cursor(run, ACTIVITY)
    return run.done if cursor is None else _with_cursor(run, ACTIVITY, replace(cursor.query, since=None))


def show_after_beside_a_cursor(scene: Scene) -> str:
    cursor = scene.get(f"{OF_OWNER}/activity", params={"limit": 2}).json()["cursor"]
    return said(scene.get(f"{OF_OWNER}/activity", params={"after": NOON, "cursor": cursor}))


defect("activity-after-beside-a-cursor", "ACTIVITY-AFTER-CURSOR", on=ids.LIST_ACTIVITY)(
    "Beside a cursor `after` is passed over.",
    in_place_of(errors.ValidationFailed).of(lambda run, _refusal: asked(run, "after")),
    shown("400 validation_error", "200", show_after_beside_a_cursor),
)
defect("activity-tasks-ignored", "ACTIVITY-FILTERS", on=ids.LIST_ACTIVITY)(
    "The task that activity is asked for makes no difference.",
    wrong_outcome.of(lambda run: asked(run, "task_id")),
    shown(0, 28, lambda scene: len(activity(scene, task_id="task_acme_running"))),
)


def show_types_in_part(scene: Scene) -> object:
    found = sorted({each["event_type"] for each in activity(scene, event_type="task_running")})
    return found if len(found) == 1 else len(found) > 1


@defect("activity-types-in-part", "ACTIVITY-FILTERS", on=ids.LIST_ACTIVITY).by(wrong_outcome)
@shown(["task_running"], True, show_types_in_part)
def types_in_part(run: Run) -> Outcome:
    """Activity of a type is whatever its task or workspace did."""
    query = _asked_for(run) if "cursor" not in run.request.query else Query()
    kind = (query.event_type or "").partition("_")[0]
    if kind not in ("task", "workspace"):
        return run.done
    types = {each.event_type for each in log_of(run.state, run.org_id) if each.event_type[: len(kind)] == kind}
    return _activity(run, replace(query, event_type=None, filters=(f"event_type={','.join(sorted(types))}",)))


defect("streams-workspace-of-the-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=ids.FOLLOW_WITHIN)(
    "The stream of a workspace is that of the org.",
    wrong_reply.of(lambda feed, _run: ActivityFeed(feed.org_id, feed.last_received, feed.creator)),
    shown(
        False,
        True,
        lambda scene: '"workspace_id":"ws_acme_busy"' in followed(scene, OF_OWNER, last=acts(scene)[0]["id"]),
    ),
)
