"""Laws of one page of events, or of one answer with statistics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from urllib.parse import parse_qs

from conformance.contract.contract import Contract, JsonObject, Operation, Provenance
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import NOT_LISTED, Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import parse_time
from conformance.resources.events.declaration import LIST
from conformance.resources.events.log import CONFIGURATION, UUID7, Event, find_misplaced, get_column, sees_all
from conformance.resources.events.source import list_event_lists
from conformance.results.difference import from_field, from_list

ORDER, LIMIT, ONCE, CURSOR = "AUDIT-ORDER", "AUDIT-LIMIT", "AUDIT-ID", "AUDIT-CURSOR-ABSENT"
COLUMNS, OWN, FILTER, WINDOW = "AUDIT-COLUMNS", "OWNERSHIP-AUDIT-OWN", "AUDIT-FILTER", "AUDIT-WINDOW"
OF_WORKSPACE, ACTIVITY, SORTED = "AUDIT-WORKSPACE", "ACTIVITY-CATEGORY", "STATS-NO-EMPTY"
USUAL_LIMIT = 100
OF_TYPE, AFTER = "ACTIVITY-FILTERS", "ACTIVITY-AFTER"
FOLLOWING = "cursor"
"""The parameter that asks for the page after another one, and the field of a page that has it."""
TIME, CATEGORY = "timestamp", "category"
_OF_PAGES = frozenset({"limit", "order", FOLLOWING, "time_bucket"})
"""Parameters that choose no events."""
_LEAST_OF_TIME = timedelta(seconds=1)
"""The amount by which a shown time may be less than the known one."""


def list_events(seen: ObservedExchange) -> list[Event]:
    """Return the events that an answer lists; none where it lists anything else."""
    if seen.operation is None or not seen.exchange.has_succeeded or not seen.is_answer_known:
        return []
    return [each for each in list_objects(seen.json) if TIME in each and CATEGORY in each]


def judge_events(contract: Contract, seen: ObservedExchange, events: list[Event], opinion: Opinion) -> None:
    """Say what cannot be so of a page of events, or of buckets that count them."""
    operation = seen.operation
    if operation is None or not seen.exchange.has_succeeded or not seen.is_answer_known:
        return
    if list_event_lists([operation]):
        opinion.add(_check_page(seen, events), [ORDER, LIMIT] if len(events) > 1 else [])
    if events:
        opinion.add(_check_each(contract, events), [ONCE])
        opinion.add(_check_workspace(seen, operation, events), [OF_WORKSPACE] if _find_workspace(seen) else [])
        opinion.add(_check_persons(seen.sender.caller, operation, events))
        opinion.add(_check_query(seen, events))
    elif not operation.names_object or _find_workspace(seen):
        opinion.add(_check_buckets(seen))


def limit_of(query: Mapping[str, list[str]]) -> int | None:
    """Return how many events a page may have; None where that is as on the page before, beside a cursor."""
    given = query.get("limit", ["" if FOLLOWING in query else str(USUAL_LIMIT)])[0]
    return int(given) if given.isdecimal() else None


def is_last(seen: ObservedExchange) -> bool:
    """Return whether a page says that no other one follows."""
    return not (isinstance(seen.json, Mapping) and FOLLOWING in seen.json)


def _check_page(seen: ObservedExchange, events: list[Event]) -> Iterator[Breach]:
    """Yield a breach where a page is not in the order asked for, is too long, or has an event twice."""
    query = parse_qs(seen.exchange.request.query)
    # What is left out beside a cursor is as it was on the page before.
    order, limit = query.get("order", ["" if FOLLOWING in query else "desc"])[0], limit_of(query)
    steps = {"asc" if one < other else "desc" for one, other in pairwise(map(_get_time, events)) if one != other}
    if len(steps) > 1 or (order and steps - {order}):
        yield _make_breach(ORDER, "events by their time", "another order")
    if limit is not None and len(events) > limit:
        yield _make_breach(LIMIT, f"at most {limit} events", str(len(events)))
    if not is_last(seen) and (not events or (limit is not None and len(events) < limit)):
        yield _make_breach(CURSOR, "no cursor on a page that is not full", "one")
    ids = [read_id(each) for each in events]
    if len(ids) > len({*ids}):
        yield _make_breach(ONCE, "each event once", "one of them twice")
    caller = seen.sender.caller
    if caller is not None and any(each.get(find_org_field()) not in (None, caller.org) for each in events):
        yield _make_breach(NOT_LISTED, "no event of another org", "one")


def _get_time(event: Event) -> str:
    return str(event[TIME])


def _check_each(contract: Contract, events: Sequence[Event]) -> Iterator[Breach]:
    """Yield a breach where an event has no id of its own kind, or one of configuration not its columns."""
    for each in events:
        if not UUID7.fullmatch(read_id(each)):
            yield Breach(ONCE, "ids that are a UUIDv7", "another", evidence=from_field("id", "a UUIDv7", read_id(each)))
            break
    of_configuration = _list_configuration_types(contract)
    for each in events:
        for name, right, got in find_misplaced(each) if get_column(each, "event_type") in of_configuration else ():
            said = f"{name} {right}" if right else f"no {name}"
            yield Breach(COLUMNS, said, "another" if right else "one", evidence=from_field(name, right or None, got))


@lru_cache(maxsize=4)
def _list_configuration_types(contract: Contract) -> frozenset[str]:
    """Return the types of the events of configuration that the contract names."""
    types = (event_type for operation in contract.operations.values() for event_type in operation.events)
    return frozenset(each for each in types if CONFIGURATION in each)


def _find_workspace(seen: ObservedExchange) -> str | None:
    """Return the workspace that the path names, whose events are asked for."""
    parameters = seen.operation.path_parameters if seen.operation else ()
    ids = (seen.values[p.name] for p in parameters if p.resource)
    return next(ids, None)


def _check_workspace(seen: ObservedExchange, operation: Operation, events: list[Event]) -> Iterator[Breach]:
    """Yield a breach where the events of a workspace are another's, or its activity is not of that category."""
    workspace = _find_workspace(seen)
    if workspace is None:
        return
    activity = operation.tag == "activity"
    rule = ACTIVITY if activity else OF_WORKSPACE
    if any(get_column(each, "workspace_id") != workspace for each in events):
        yield _make_breach(rule, "events of the workspace", "one of another, or of none")
    if activity and any(each[CATEGORY] != "activity" for each in events):
        yield _make_breach(rule, "events of category activity", "one of another")


def _check_persons(caller: Caller | None, operation: Operation, events: list[Event]) -> Iterator[Breach]:
    """Yield a breach where a caller who may see only its own events is shown another person's."""
    if operation.operation_id != LIST or caller is None or not caller.role or not caller.user_id:
        return
    if caller.scopes is None or sees_all(operation, caller):
        return
    if any(get_column(each, "user_id") != caller.user_id for each in events):
        said = "the caller's own events", "one of somebody else"
        yield Breach(OWN, *said, effect=DataEffect.LEAKED, evidence=from_list(*said))


def _check_query(seen: ObservedExchange, events: list[Event]) -> Iterator[Breach]:
    """Yield a breach where an event does not satisfy the filters or is not in the window of time asked for."""
    query = parse_qs(seen.exchange.request.query)
    for name, rule, expected in (
        ("filter", FILTER, "events for which the filter holds"),
        ("event_type", OF_TYPE, "events of the type that is asked for"),
        ("task_id", OF_TYPE, "events of the task that is asked for"),
        ("from", WINDOW, "events of the window that is asked for"),
        ("to", WINDOW, "events of the window that is asked for"),
        ("after", AFTER, "events after the time that is asked for"),
    ):
        if name in query and any(is_asked_for({name: query[name]}, each) is False for each in events):
            # That the parameter is named so is assumed.
            founded = Provenance.ASSUMED if rule == FILTER else Provenance.SEED
            yield Breach(rule, expected, "another one", founded, evidence=from_list(expected, "another one"))


def is_asked_for(query: Mapping[str, list[str]], event: Event) -> bool | None:
    """Return whether an event is one of those that a query asks for; None where that is not known."""
    said = [_fits(name, each, event) for name, given in query.items() if name not in _OF_PAGES for each in given]
    return False if False in said else None if None in said else True


def _fits(name: str, asked: str, event: Event) -> bool | None:
    """Return whether an event is as one parameter asks; None where that is not known."""
    if name == "filter":
        return _is_kept(asked, event)
    if name in ("event_type", "task_id"):
        return get_column(event, name) == asked
    with suppress(NotProvoked):
        time, bound = parse_time(event.get(TIME)), parse_time(asked)
        near = abs(time - bound) < _LEAST_OF_TIME
        if name in ("from", "after"):
            return None if near else time > bound
        if name == "to":
            return None if near and time < bound else time < bound
    return None


def _is_kept(text: str, event: Event) -> bool:
    """Return whether a filter keeps an event."""
    before, _, after = text.partition("=")
    has = get_column(event, before.removesuffix("!"))
    if not after:
        return bool(has)  # whatever it is, where it is `!=`; `=` alone is no filter, and refused
    return (has in after.split(",")) is not before.endswith("!")


def _check_buckets(seen: ObservedExchange) -> Iterator[Breach]:
    """Yield a breach where buckets do not come by their time, then by their group, each once."""
    found = [each for each in list_objects(seen.json) if isinstance(each.get("group"), dict) and "value" in each]
    query = parse_qs(seen.exchange.request.query)
    if "metric" not in query and any(each["value"] == 0 for each in found):
        yield _make_breach(SORTED, "no bucket without events", "one")
    if len(found) < 2:  # one has no order
        return
    columns = query.get("group_by", [""])[0].split(",")  # without it a bucket has no group
    if "top" in query or "bucket_by" in query:
        return
    with suppress(NotProvoked):
        keys = [_build_key(each, columns) for each in found]
        if keys != sorted({*keys}):
            yield _make_breach(
                SORTED, "buckets by their time, then by their group, each once", "another order, or one twice"
            )


def _build_key(bucket: JsonObject, columns: Sequence[str]) -> tuple[float, ...] | tuple[float | str, ...]:
    moment = parse_time(bucket["bucket"]).timestamp() if bucket.get("bucket") is not None else 0.0
    return (moment, *(get_column(bucket["group"], name) for name in columns))


def _make_breach(rule: str, expected: str, got: str) -> Breach:
    return Breach(rule, expected, got, evidence=from_list(expected, got))
