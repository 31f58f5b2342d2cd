"""Defects of the pages of the log and of their cursors, of filters and windows, and of whose events are shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.log import FIRST_DAY, column, count, events, times, values
from benchmarks.planted_defects.planting.mistakes import asks, edits, grants, wrongly
from benchmarks.planted_defects.planting.runs import asked, body_of, permitted, showing
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.audit.event import read_log
from mock_server.resources.audit.pages import read_cursor
from mock_server.resources.orgs import ORGS

defect = Declarer(__name__)

_OFFSET, _MILLISECOND = "offset-", timedelta(milliseconds=1)
FIRST = [f"01T{each}" for each in ("09:00", "09:10", "09:20", "09:30", "09:40", "09:50")]
LAST = ["01T11:10", "01T11:00"]
"""The first and the last events of the first day."""
INVALID = "400 invalid_cursor"


def _sent(run: Run) -> list[str]:
    """Return the filters that were sent."""
    return list(run.request.query.get("filter", ()))


def _filters(run: Run, *filters: str) -> Outcome:
    """Return what comes of the request with these filters in the place of its own."""
    return asked(run, "filter", **({"filter": list(filters)} if filters else {}))


def _moved(run: Run, name: str) -> Outcome:
    """Return what comes of the request where a bound of its window is a millisecond later."""
    try:
        return asked(run, **{name: (datetime.fromisoformat(run.request.query[name]) + _MILLISECOND).isoformat()})
    except (KeyError, ValueError, OverflowError):
        return run.done


def _behind(run: Run, body: Any) -> Outcome:
    """Return what comes of the request, with another body where it has a cursor."""
    return showing(run, body) if "cursor" in run.request.query else run.done


def page(scene: Scene, **query: Any) -> list[str]:
    """Return the times of a page of the first day."""
    return times(events(scene, **{**FIRST_DAY, **query}))


def kept(scene: Scene, *filters: str) -> int:
    """Return how many events of the first day filters keep."""
    return count(scene, filter=list(filters), **FIRST_DAY)


def walked(scene: Scene, pages: int) -> list[str]:
    """Return the times of the first pages of two events of the first day."""
    query: dict[str, Any] = {"limit": 2, "order": "asc", **FIRST_DAY}
    found: list[str] = []
    for _ in range(pages):
        answer = scene.get("/audit", params=query).json()
        found += times(answer.get("events", []))
        if "cursor" not in answer:
            break
        query["cursor"] = answer["cursor"]
    return found


def with_cursor(scene: Scene, cursor: str, who: str = "acme-owner") -> str:
    return read_status(scene.get("/audit", who, params={"cursor": cursor}))


def cursor_of_another(scene: Scene) -> str:
    return with_cursor(scene, scene.get("/audit", params={"limit": 1}).json()["cursor"], "globex-owner")


def comes_again(scene: Scene) -> bool:
    """Return whether the second page shows what the first did, with a new event between them."""
    first = scene.get("/audit", params={"limit": 1}).json()
    scene.ask("PUT", "/secrets/NEW", json={"value": "x"})
    return bool(events(scene, limit=1, cursor=first["cursor"]) == first["events"])


defect("paging-order-ignored", "AUDIT-ORDER", "AUDIT-WALK", on=ids.LIST_EVENTS)(
    "The newest event comes first whatever the order that is asked for.",
    asks("order"),
    shown(FIRST[:2], LAST, page, order="asc", limit=2),
)
defect("paging-oldest-first", "AUDIT-ORDER", on=ids.LIST_EVENTS)(
    "Without an order the oldest event comes first.",
    wrongly(lambda run: run.done if {"order", "cursor"} & run.request.query.keys() else asked(run, order="asc")),
    shown(LAST, FIRST[:2], page, limit=2),
)
defect("paging-limit-exceeded", "AUDIT-LIMIT", on=ids.LIST_EVENTS)(
    "A page holds one event more than its limit.",
    wrongly(lambda run: asked(run, limit=run.request.query["limit"] + 1)),
    shown(3, 4, count, limit=3),
)
defect("paging-limit-of-nobody", "AUDIT-LIMIT", on=ids.LIST_EVENTS)(
    "A page without a limit holds all events.",
    wrongly(lambda run: asked(run, limit=10_000) if run.request.query["limit"] == 100 else run.done),
    shown(100, 200, count),
)
defect("paging-walk-skips-one", "AUDIT-WALK", "AUDIT-CURSOR-STEADY", on=ids.LIST_EVENTS)(
    "The page after another one lacks its first event.",
    wrongly(lambda run: _behind(run, {**body_of(run), "events": body_of(run)["events"][1:]})),
    shown(FIRST[:4], [*FIRST[:2], FIRST[3]], walked, 2),
)
defect("paging-walk-ends-early", "AUDIT-WALK", on=ids.LIST_EVENTS)(
    "The second page has no cursor, however many more events there are.",
    wrongly(lambda run: _behind(run, {"events": body_of(run)["events"]})),
    shown(FIRST, FIRST[:4], walked, 3),
)
defect("paging-cursor-on-the-last", "AUDIT-CURSOR-ABSENT", on=ids.LIST_EVENTS)(
    "Every page has a cursor.",
    edits(lambda body: {"cursor": "bGFzdA", **body}),
    shown(False, True, lambda scene: "cursor" in scene.get("/audit", params={"limit": 1000}).json()),
)
defect("paging-cursor-nowhere", "AUDIT-CURSOR-ABSENT", "AUDIT-WALK", on=ids.LIST_EVENTS)(
    "No page has a cursor.", edits(lambda body: {"events": body["events"]}), shown(FIRST[:4], FIRST[:2], walked, 2)
)
defect("paging-cursor-forgiven", "AUDIT-CURSOR-BAD", on=ids.LIST_EVENTS)(
    "A cursor that no page had is passed over.",
    grants(errors.InvalidCursor, lambda run: asked(run, "cursor")),
    shown(INVALID, "200", with_cursor, "none"),
)
defect("filtering-of-one-value", "AUDIT-FILTER", on=ids.LIST_EVENTS)(
    "Of the values of a filter the first alone counts.",
    wrongly(lambda run: _filters(run, *(each.partition(",")[0] for each in _sent(run)))),
    shown(2, 1, kept, "event_type=task_running,task_completed"),
)
defect("filtering-not-negated", "AUDIT-FILTER", on=ids.LIST_EVENTS)(
    "A filter that is to keep what has none of its values keeps what has one.",
    wrongly(lambda run: _filters(run, *(e if e.endswith("!=") else e.replace("!=", "=", 1) for e in _sent(run)))),
    shown(13, 1, kept, "event_type!=task_running"),
)
defect("filtering-of-any", "AUDIT-FILTER", on=ids.LIST_EVENTS)(
    "A filter that asks whether a column is there is passed over.",
    wrongly(lambda run: _filters(run, *(each for each in _sent(run) if not each.endswith("!=")))),
    shown(8, 14, kept, "decision!="),
)
defect("filtering-of-the-last", "AUDIT-FILTER-AND", on=ids.LIST_EVENTS)(
    "Of several filters the last alone counts.",
    wrongly(lambda run: _filters(run, *_sent(run)[-1:])),
    shown(1, 14, kept, "decision=deny", "user_id=usr_acme_owner"),
)
defect("filtering-window-without-end", "AUDIT-WINDOW", "AUDIT-WINDOW-BOUNDS", on=ids.LIST_EVENTS)(
    "The end of a window is passed over.", asks("to"), shown(14, 100, kept)
)
defect("filtering-window-with-its-end", "AUDIT-WINDOW-BOUNDS", on=ids.LIST_EVENTS)(
    "An event at the end of a window is in it.",
    wrongly(lambda run: _moved(run, "to")),
    shown(FIRST[:1], [FIRST[1], FIRST[0]], page, to="2026-06-01T09:10:00Z"),
)
defect("filtering-window-without-its-start", "AUDIT-WINDOW-BOUNDS", on=ids.LIST_EVENTS)(
    "An event at the start of a window is not in it.",
    wrongly(lambda run: _moved(run, "from")),
    shown(LAST[:1], [], lambda scene: page(scene, **{"from": "2026-06-01T11:10:00Z"})),
)
defect("filtering-events-of-all-listed", "OWNERSHIP-AUDIT-OWN", "OWNERSHIP-CURSOR", on=ids.LIST_EVENTS)(
    "Who may see the own events alone is shown those of everybody in the org.",
    wrongly(lambda run: permitted(run, permissions=("audit:read",))),
    shown([], ["usr_acme_owner"], column, "user_id", who="acme-member", **FIRST_DAY),
)
defect("filtering-events-of-all-counted", "OWNERSHIP-AUDIT-OWN", on=ids.COUNT_EVENTS)(
    "Who may see the own events alone is told how many there are of everybody.",
    wrongly(lambda run: permitted(run, permissions=("audit:read",))),
    shown([], [14], values, who="acme-member", **FIRST_DAY),
)


@defect("paging-cursor-of-a-number", "AUDIT-CURSOR-STEADY", on=ids.LIST_EVENTS).wrongly
@shown(False, True, comes_again)
def cursor_of_a_number(run: Run) -> Outcome:
    """A cursor says how many events were shown, so that new ones move what the next page shows."""
    cursor, limit = run.request.query.get("cursor", ""), run.request.query["limit"]
    before = int(cursor.removeprefix(_OFFSET)) if cursor.startswith(_OFFSET) else 0
    if not before and "cursor" in run.request.query:
        return run.done
    after, outcome = asked(run, "cursor", limit=len(read_log(run.state, run.org_id)) + 1)
    assert isinstance(outcome, Reply)
    found = outcome.body["events"][before : before + limit]
    more = {"cursor": f"{_OFFSET}{before + limit}"} if len(found) == limit else {}
    return after, Reply(200, {"events": found, **more})


@defect("filtering-cursor-of-others", "OWNERSHIP-CURSOR", on=ids.LIST_EVENTS).grants(errors.InvalidCursor)
@shown(INVALID, "200", cursor_of_another)
def cursor_of_others(run: Run) -> Outcome | None:
    """A cursor of another org shows the events of that org."""
    for org_id in run.state.all(ORGS):
        try:
            read_cursor(run.request.query["cursor"], "list", org_id)
        except errors.InvalidCursor:
            continue
        return permitted(run, org_id=org_id)
    return None
