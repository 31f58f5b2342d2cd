"""What happened in each org: written down as it happens, and read page by page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Event, Store, Walk
from examples.second_server.variants import Variant

COLUMNS = (
    *("event_type", "category", "actor", "user_id", "workspace_id", "task_id", "agent_role", "agent_provider"),
    *("destination", "method", "decision", "phase", "policy_type", "status", "resource_id"),
)
EMPTY = ("workspace_id", "task_id", "agent_role", "agent_provider", "destination", "method", "phase", "resource_id")
"""Columns that may be there with nothing in them."""
FILTER = re.compile(rf"({'|'.join(COLUMNS)})(!?=)(.*)", re.DOTALL)
DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
MOST_FILTERS, USUAL_PAGE, LARGEST_PAGE = 20, 100, 10_000
KEPT = 10_000
"""The events that are kept of an org."""

Test = Callable[[Event], bool]


# Writing


def written(call: Call, event_type: str, object_id: str) -> None:
    """Write down that the caller changed something."""
    caller = call.caller
    columns = {
        "user_id": caller.user_id,
        "event_type": event_type,
        "category": "audit",
        "actor": "control-plane",
        "resource_id": object_id,
    }
    keep(call.rules.store, caller.org_id, columns, call.rules.store.now())


def keep(store: Store, org_id: str, columns: Mapping[str, Any], at: datetime) -> None:
    """Put an event of an org at the end of its log."""
    coarse = Variant.WHOLE_SECONDS in store.variants
    cut = coarse or Variant.EVENT_TIMES_CUT in store.variants
    if cut and not at.microsecond:
        at = at.replace(microsecond=400_000)  # what is seeded was at some part of its second too
    moment = at.replace(microsecond=0 if coarse else at.microsecond // 1000 * 1000)
    shown = moment.astimezone(UTC).isoformat(timespec="seconds" if cut else "milliseconds").replace("+00:00", "Z")
    nothing = dict.fromkeys(EMPTY, "") if Variant.EMPTY_COLUMNS in store.variants else {}
    log = store.events.setdefault(org_id, [])
    log.append(Event(moment, {"id": _id(at), "org_id": org_id, "timestamp": shown, **nothing, **columns}))
    del log[:-KEPT]
    for follower in store.followers:
        follower.set()


def _id(at: datetime) -> str:
    """A UUID of version 7: the milliseconds, then the rest of the time, then chance."""
    fraction = (at.microsecond % 1000) << 2
    number = int(at.timestamp() * 1000) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | secrets.randbits(62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


# Reading


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of a query that chooses events."""

    filters: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    place: str = "the org"


def listing(call: Call) -> Response:
    """A page of the events that the caller may see."""
    sent = once(call, "from", "to", "order", "limit", "cursor", many="filter")
    return page(call, sent, asked_for(sent), seen(call))


def page(call: Call, sent: Mapping[str, Any], asked: Asked, among: Sequence[Event]) -> Response:
    """The part of these events that a query asks for, up to its limit, and a cursor where there are more."""
    order, limit = _one_of(sent, "order", "asc", "desc"), _limit(sent)
    walk = _walk(call, sent, asked, order)
    found = chosen(among, walk.asked)
    found.sort(key=lambda each: (each.at, each.shown["id"]), reverse=not walk.ascending)
    if walk.after is not None:
        found = [each for each in found if _behind(each, walk)]
    page, rest = found[:limit], found[limit:]
    body: dict[str, Any] = {"events": [each.shown for each in page]}
    if rest:
        token = secrets.token_urlsafe(18)
        call.rules.store.walks[token] = Walk(walk.org_id, walk.asked, walk.ascending, page[-1])
        body["cursor"] = token
    return Json(body)


def seen(call: Call) -> list[Event]:
    """The events of the org that the caller may see."""
    rules, caller = call.rules, call.caller
    return [each for each in rules.store.log(caller.org_id) if rules.shows(caller, each)]


def _walk(call: Call, sent: Mapping[str, Any], asked: Asked, order: str | None) -> Walk:
    """Where the caller is in a list; a cursor is only good with what it was given for."""
    if "cursor" not in sent:
        return Walk(call.caller.org_id, asked, order == "asc", None)
    walk = call.rules.walk(call.caller, sent["cursor"])
    same = all((getattr(asked, name) or getattr(walk.asked, name)) == getattr(walk.asked, name) for name in FIELDS)
    if not same or (order is not None and (order == "asc") is not walk.ascending):
        raise Refused(400, "invalid_cursor", "The cursor was given for another query.")
    return walk


FIELDS = ("filters", "start", "end", "place")


def _behind(event: Event, walk: Walk) -> bool:
    assert walk.after is not None  # noqa: S101  # asked before
    place, last = (event.at, event.shown["id"]), (walk.after.at, walk.after.shown["id"])
    return bool(place > last if walk.ascending else place < last)


def chosen(found: Sequence[Event], asked: Asked) -> list[Event]:
    """The events that pass every filter, in the window."""
    tests, start, end = [_test(each) for each in asked.filters], asked.start or FIRST, asked.end or LAST
    return [each for each in found if start <= each.at < end and all(test(each) for test in tests)]


def _test(text: str) -> Test:
    matched = FILTER.fullmatch(text)
    assert matched is not None  # noqa: S101  # read before
    name, operator, rest = matched.groups()
    values = rest.split(",")
    if operator == "=":
        return lambda event: event.shown.get(name) in values
    return lambda event: event.shown.get(name) not in values if rest else bool(event.shown.get(name))


# Parameters


def once(call: Call, *names: str, many: str) -> dict[str, Any]:
    """The parameters that were sent, each once but for one, of which there is a list."""
    sent: dict[str, Any] = {many: []}
    for name, value in call.query:
        if (name, value) == ("cursor", "") and Variant.EMPTY_CURSOR in call.rules.store.variants:
            continue
        if name == many:
            sent[many].append(value)
        elif name in names and name in sent:
            raise invalid(name, "is there twice")
        elif name in names:
            sent[name] = value
    return sent


def asked_for(sent: Mapping[str, Any]) -> Asked:
    """Filters and window; 400 on what is wrong with them."""
    filters = sent["filter"]
    if len(filters) > MOST_FILTERS:
        raise invalid("filter", f"is there more than {MOST_FILTERS} times")
    for text in filters:
        matched = FILTER.fullmatch(text)
        if matched is None or (not all(matched[3].split(",")) and (matched[2] == "=" or matched[3])):
            raise invalid("filter", "is no column, operator and values")
    return Asked(tuple(filters), moment(sent, "from"), moment(sent, "to"))


def moment(sent: Mapping[str, Any], name: str) -> datetime | None:
    """The date-time of a parameter; None where it is not sent, and 400 where it is none."""
    if name not in sent:
        return None
    matched = DATE_TIME.fullmatch(sent[name])
    if matched is None:
        raise invalid(name, "is no date-time")
    if int(matched[9] or 0) > 23 or int(matched[10] or 0) > 59:  # RFC 3339 knows no other offset
        raise invalid(name, "is no date-time")
    year, month, day, hour, minute, second = (int(each) for each in matched.groups()[:6])
    leap = second == 60
    micros = int(((matched[7] or "") + "000000")[:6])
    away = timedelta(hours=int(matched[9] or 0), minutes=int(matched[10] or 0))
    if year == 0:
        return FIRST
    try:
        local = datetime(year, month, day, hour, minute, 59 if leap else second, micros, tzinfo=UTC)
    except ValueError:
        raise invalid(name, "is no date-time") from None
    try:
        return local + timedelta(seconds=leap) + (away if matched[8] == "-" else -away)
    except OverflowError:
        return FIRST if year == 1 else LAST


def _one_of(sent: Mapping[str, Any], name: str, *known: str) -> str | None:
    if name in sent and sent[name] not in known:
        raise invalid(name, f"is none of {', '.join(known)}")
    value: str | None = sent.get(name)
    return value


def _limit(sent: Mapping[str, Any]) -> int:
    text = sent.get("limit", str(USUAL_PAGE))
    if not re.fullmatch(r"-?[0-9]+", text) or not 1 <= int(text) <= LARGEST_PAGE:
        raise invalid("limit", f"is no number from 1 to {LARGEST_PAGE}")
    return int(text)
