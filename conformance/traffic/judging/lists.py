"""What one list, or one page of events, says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qs

from conformance.contract.contract import JsonObject
from conformance.oracle.declaration.fields import id_of, objects_in
from conformance.oracle.effect import DataEffect
from conformance.oracle.laws import Breach
from conformance.results.difference import of_list
from conformance.traffic.judging.objects import LIST, Shown
from conformance.traffic.judging.observed import Observed
from conformance.traffic.judging.opinion import Opinion
from conformance.traffic.judging.rule_ids import ARCHIVED, LISTED, NOT_LISTED

ORDER, LIMIT, ONCE, CURSOR = "AUDIT-ORDER", "AUDIT-LIMIT", "AUDIT-ID", "AUDIT-CURSOR-ABSENT"
USUAL_LIMIT = 100
TIME, CATEGORY = "timestamp", "category"


def judge_lists(seen: Observed, shown: tuple[Shown, ...], opinion: Opinion) -> None:
    """Say what cannot be so of a list, whatever the server has."""
    if shown and shown[0].how == LIST:
        opinion.add(_list(seen, shown), [LISTED] if len(shown) > 1 else [])
    if seen.operation is not None and seen.exchange.succeeded and seen.answer_known:
        events = [each for each in objects_in(seen.exchange.json) if TIME in each and CATEGORY in each]
        opinion.add(_events(seen, events), [ORDER, LIMIT] if len(events) > 1 else [])


def _list(seen: Observed, shown: tuple[Shown, ...]) -> Iterator[Breach]:
    """An object is there once, none is archived unless that is asked for, and none is kept from the caller."""
    resource, ids = shown[0].resource, [each.id for each in shown]
    if len(ids) > len({*ids}):
        yield _wrong(LISTED, f"each {resource} once in the list", "one of them twice")
    archiving = resource.archiving
    fresh = archiving is not None and not archiving.in_list(seen.exchange.request.query)
    if fresh and archiving and any(each.object.get(archiving.shown_in) is not None for each in shown):
        yield _wrong(ARCHIVED, f"no archived {resource} in the list", "one")
    personal, caller = resource.access.personal, seen.sender.caller
    if personal is None or caller is None or caller.user_id is None or seen.operation is None:
        return
    hidden = (personal.hides(personal.person_in(s.object), caller, caller.user_id, seen.operation) for s in shown)
    if any(each is True for each in hidden):
        breach = _wrong(personal.listed, f"no {resource} of somebody else in the list", "one")
        yield Breach(breach.rule, breach.expected, breach.got, effect=DataEffect.LEAKED, evidence=breach.evidence)


def _events(seen: Observed, events: list[JsonObject]) -> Iterator[Breach]:
    """A page of events is in the order that is asked for, and no longer than that, and has each event once."""
    query = parse_qs(seen.exchange.request.query)
    times = [str(each[TIME]) for each in events]
    descending = query.get("order", ["desc"]) != ["asc"]
    if any((one < other) is descending and one != other for one, other in pairwise(times)):
        yield _wrong(ORDER, "events by their time", "another order")
    limit = query.get("limit", [str(USUAL_LIMIT)])[0]
    if limit.isdigit() and len(events) > int(limit):
        yield _wrong(LIMIT, f"at most {limit} events", str(len(events)))
    if limit.isdigit() and len(events) < int(limit) and "cursor" in (seen.exchange.json or {}):
        yield _wrong(CURSOR, "no cursor on a page that is not full", "one")
    ids = [id_of(each) for each in events]
    if len(ids) > len({*ids}):
        yield _wrong(ONCE, "each event once", "one of them twice")
    caller = seen.sender.caller
    if caller is not None and any(each.get("org_id") not in (None, caller.org) for each in events):
        yield _wrong(NOT_LISTED, "no event of another org", "one")


def _wrong(rule: str, expected: str, got: str) -> Breach:
    return Breach(rule, expected, got, evidence=of_list(expected, got))
