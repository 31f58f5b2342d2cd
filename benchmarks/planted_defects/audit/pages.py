"""Defects of the pages of the log, and of their cursors."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.audit.event import log_of

defect = Declarer(__name__)

_OFFSET = "offset-"


def asked(run: Run, *without: str, **query: Any) -> tuple[Any, Any]:
    """What comes of the same request with other parameters, and without some."""
    sent = {name: value for name, value in run.request.query.items() if name not in without}
    return run.right(run.state, run.request._replace(query={**sent, **query}))


def _body(outcome: Any) -> Any:
    assert isinstance(outcome, Reply)  # of what is done
    return outcome.body


FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}


def events(scene: Scene, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get("/audit", who, params=query).json()["events"]
    return found


def times(found: list[dict[str, Any]]) -> list[str]:
    """The minutes of the day of events."""
    return [each["timestamp"][11:16] for each in found]


def walked(scene: Scene, pages: int) -> list[str]:
    """The minutes of the first pages of two events of the first day."""
    query: dict[str, Any] = {"limit": 2, "order": "asc", **FIRST_DAY}
    found: list[str] = []
    for _ in range(pages):
        page = scene.get("/audit", params=query).json()
        found += times(page.get("events", []))
        if "cursor" not in page:
            break
        query["cursor"] = page["cursor"]
    return found


FIRST_SIX = ["09:00", "09:10", "09:20", "09:30", "09:40", "09:50"]


defect("paging-order-ignored", "AUDIT-ORDER", "AUDIT-WALK", on=ids.LIST_EVENTS)(
    "The newest event comes first whatever the order that is asked for.",
    wrong_outcome.of(lambda run: asked(run, "order")),
    shown(
        ["09:00", "09:10"], ["11:10", "11:00"], lambda scene: times(events(scene, order="asc", limit=2, **FIRST_DAY))
    ),
)
defect("paging-oldest-first", "AUDIT-ORDER", on=ids.LIST_EVENTS)(
    "Without an order the oldest event comes first.",
    wrong_outcome.of(
        lambda run: asked(run, **({} if {"order", "cursor"} & run.request.query.keys() else {"order": "asc"}))
    ),
    shown(["11:10", "11:00"], ["09:00", "09:10"], lambda scene: times(events(scene, limit=2, **FIRST_DAY))),
)
defect("paging-limit-exceeded", "AUDIT-LIMIT", on=ids.LIST_EVENTS)(
    "A page holds one event more than its limit.",
    wrong_outcome.of(lambda run: asked(run, limit=run.request.query["limit"] + 1)),
    shown(3, 4, lambda scene: len(events(scene, limit=3))),
)
defect("paging-limit-of-nobody", "AUDIT-LIMIT", on=ids.LIST_EVENTS)(
    "A page without a limit holds all events.",
    wrong_outcome.of(lambda run: asked(run, **({"limit": 10_000} if run.request.query["limit"] == 100 else {}))),
    shown(100, 200, lambda scene: len(events(scene))),
)


@defect("paging-walk-skips-one", "AUDIT-WALK", "AUDIT-CURSOR-STEADY", on=ids.LIST_EVENTS).by(wrong_outcome)
@shown(FIRST_SIX[:4], ["09:00", "09:10", "09:30"], walked, 2)
def walk_skips_one(run: Run) -> Outcome:
    """The page after another one lacks its first event."""
    if "cursor" not in run.request.query:
        return run.done
    return run.state, Reply(200, {**_body(run.outcome), "events": _body(run.outcome)["events"][1:]})


defect("paging-walk-ends-early", "AUDIT-WALK", on=ids.LIST_EVENTS)(
    "The second page has no cursor, however many more events there are.",
    wrong_outcome.of(
        lambda run: (
            run.done
            if "cursor" not in run.request.query
            else (run.state, Reply(200, {"events": _body(run.outcome)["events"]}))
        )
    ),
    shown(FIRST_SIX, FIRST_SIX[:4], walked, 3),
)
defect("paging-cursor-on-the-last", "AUDIT-CURSOR-ABSENT", on=ids.LIST_EVENTS)(
    "Every page has a cursor.",
    wrong_reply.of(lambda body, _run: {"cursor": "bGFzdA", **body}),
    shown(False, True, lambda scene: "cursor" in scene.get("/audit", params={"limit": 1000}).json()),
)
defect("paging-cursor-nowhere", "AUDIT-CURSOR-ABSENT", "AUDIT-WALK", on=ids.LIST_EVENTS)(
    "No page has a cursor.",
    wrong_reply.of(lambda body, _run: {"events": body["events"]}),
    shown(FIRST_SIX[:4], FIRST_SIX[:2], walked, 2),
)
defect("paging-cursor-forgiven", "AUDIT-CURSOR-BAD", on=ids.LIST_EVENTS)(
    "A cursor that no page had is passed over.",
    in_place_of(errors.InvalidCursor).of(lambda run, _refusal: asked(run, "cursor")),
    shown("400 invalid_cursor", "200", lambda scene: said(scene.get("/audit", params={"cursor": "none"}))),
)


def show_cursor_of_a_number(scene: Scene) -> str:
    first = scene.get("/audit", params={"limit": 1}).json()
    scene.ask("PUT", "/secrets/NEW", json={"value": "x"})
    second = scene.get("/audit", params={"limit": 1, "cursor": first["cursor"]}).json()
    return "the same" if second["events"] == first["events"] else "next"


@defect("paging-cursor-of-a-number", "AUDIT-CURSOR-STEADY", on=ids.LIST_EVENTS).by(wrong_outcome)
@shown("next", "the same", show_cursor_of_a_number)
def cursor_of_a_number(run: Run) -> Outcome:
    """A cursor says how many events were shown, so that new ones move what the next page shows."""
    cursor, limit = run.request.query.get("cursor", ""), run.request.query["limit"]
    shown = int(cursor.removeprefix(_OFFSET)) if cursor.startswith(_OFFSET) else 0
    if not shown and "cursor" in run.request.query:
        return run.done
    after, outcome = asked(run, "cursor", limit=len(log_of(run.state, run.org_id)) + 1)
    page = _body(outcome)["events"][shown : shown + limit]
    more = {"cursor": f"{_OFFSET}{shown + limit}"} if len(page) == limit else {}
    return after, Reply(200, {"events": page, **more})
