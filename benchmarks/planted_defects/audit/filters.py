"""Defects of filters and windows of the log, and of whose events a caller is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from benchmarks.planted_defects.audit.pages import asked
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.resources.audit.cursor import read_cursor
from mock_server.resources.orgs import ORGS
from mock_server.state.value import replace

defect = Declarer(__name__)

_MILLISECOND = timedelta(milliseconds=1)


def _filters(run: Run, *filters: str) -> Outcome:
    """What comes of the request with these filters in the place of its own."""
    return asked(run, "filter", **({"filter": list(filters)} if filters else {}))


FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}


def events(scene: Scene, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get("/audit", who, params=query).json()["events"]
    return found


def times(found: list[dict[str, Any]]) -> list[str]:
    """The minutes of the day of events."""
    return [each["timestamp"][11:16] for each in found]


def kept(scene: Scene, *filters: str, **query: Any) -> int:
    """How many events of the first day filters keep."""
    return len(events(scene, filter=list(filters), **{**FIRST_DAY, **query}))


defect("filtering-of-one-value", "AUDIT-FILTER", on=ids.LIST_EVENTS)(
    "Of the values of a filter the first alone counts.",
    wrong_outcome.of(
        lambda run: _filters(run, *(each.partition(",")[0] for each in run.request.query.get("filter", ())))
    ),
    shown(2, 1, kept, "event_type=task_running,task_completed"),
)
defect("filtering-not-negated", "AUDIT-FILTER", on=ids.LIST_EVENTS)(
    "A filter that is to keep what has none of its values keeps what has one.",
    wrong_outcome.of(
        lambda run: _filters(
            run,
            *(
                each if each.endswith("!=") else each.replace("!=", "=", 1)
                for each in run.request.query.get("filter", ())
            ),
        )
    ),
    shown(13, 1, kept, "event_type!=task_running"),
)
defect("filtering-of-any", "AUDIT-FILTER", on=ids.LIST_EVENTS)(
    "A filter that asks whether a column is there is passed over.",
    wrong_outcome.of(
        lambda run: _filters(run, *(each for each in run.request.query.get("filter", ()) if not each.endswith("!=")))
    ),
    shown(8, 14, kept, "decision!="),
)
defect("filtering-of-the-last", "AUDIT-FILTER-AND", on=ids.LIST_EVENTS)(
    "Of several filters the last alone counts.",
    wrong_outcome.of(lambda run: _filters(run, *run.request.query.get("filter", ())[-1:])),
    shown(1, 14, kept, "decision=deny", "user_id=usr_acme_owner"),
)
defect("filtering-window-without-end", "AUDIT-WINDOW", "AUDIT-WINDOW-BOUNDS", on=ids.LIST_EVENTS)(
    "The end of a window is passed over.",
    wrong_outcome.of(lambda run: asked(run, "to")),
    shown(14, 100, kept),
)


def _moved(run: Run, name: str) -> dict[str, Any]:
    try:
        return {name: (datetime.fromisoformat(run.request.query[name]) + _MILLISECOND).isoformat()}
    except (KeyError, ValueError, OverflowError):
        return {}


defect("filtering-window-with-its-end", "AUDIT-WINDOW-BOUNDS", on=ids.LIST_EVENTS)(
    "An event at the end of a window is in it.",
    wrong_outcome.of(lambda run: asked(run, **_moved(run, "to"))),
    shown(
        ["09:00"], ["09:10", "09:00"], lambda scene: times(events(scene, **{**FIRST_DAY, "to": "2026-06-01T09:10:00Z"}))
    ),
)
defect("filtering-window-without-its-start", "AUDIT-WINDOW-BOUNDS", on=ids.LIST_EVENTS)(
    "An event at the start of a window is not in it.",
    wrong_outcome.of(lambda run: asked(run, **_moved(run, "from"))),
    shown(["11:10"], [], lambda scene: times(events(scene, **{**FIRST_DAY, "from": "2026-06-01T11:10:00Z"}))),
)


def _of_everybody(run: Run) -> Outcome:
    caller = replace(run.request.caller, permissions=("audit:read",))
    return run.right(run.state, run.request._replace(caller=caller))


defect("filtering-events-of-all-listed", "OWNERSHIP-AUDIT-OWN", "OWNERSHIP-CURSOR", on=ids.LIST_EVENTS)(
    "Who may see the own events alone is shown those of everybody in the org.",
    wrong_outcome.of(_of_everybody),
    shown(
        [],
        ["usr_acme_owner"],
        lambda scene: sorted({each["user_id"] for each in events(scene, "acme-member", **FIRST_DAY)}),
    ),
)
defect("filtering-events-of-all-counted", "OWNERSHIP-AUDIT-OWN", on=ids.COUNT_EVENTS)(
    "Who may see the own events alone is told how many there are of everybody.",
    wrong_outcome.of(_of_everybody),
    shown(
        [],
        [14],
        lambda scene: [
            each["value"] for each in scene.get("/audit/stats", "acme-member", params=FIRST_DAY).json()["buckets"]
        ],
    ),
)


def show_cursor_of_others(scene: Scene) -> str:
    cursor = scene.get("/audit", params={"limit": 1}).json()["cursor"]
    return said(scene.get("/audit", "globex-owner", params={"cursor": cursor}))


@defect("filtering-cursor-of-others", "OWNERSHIP-CURSOR", on=ids.LIST_EVENTS).by(in_place_of(errors.InvalidCursor))
@shown("400 invalid_cursor", "200", show_cursor_of_others)
def cursor_of_others(run: Run, refusal: errors.InvalidCursor) -> Outcome:
    """A cursor of another org shows the events of that org."""
    for org_id in run.state.all(ORGS):
        try:
            read_cursor(run.request.query["cursor"], "list", org_id)
        except errors.InvalidCursor:
            continue
        caller = replace(run.request.caller, org_id=org_id)
        return run.right(run.state, run.request._replace(caller=caller))
    raise refusal
