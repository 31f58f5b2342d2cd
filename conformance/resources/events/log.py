"""The events of an org as somebody reads them who sees them all, and those that a request wrote."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from conformance import needs
from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import draw_growing_pauses
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.declaration.registry import find_resource_made, find_resource_of
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import get_field as field_of
from conformance.recipes.reading import parse_time
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.events.declaration import LIST
from conformance.session.harness import Harness

OWN = ":own"
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
CONFIGURATION = "."
"""The columns that the types of events of configuration have, and those of workspaces and tasks have not."""
FINEST = 3
"""The digits of a second that the contract has events show."""
_FRACTION = re.compile(r"(?<=:\d\d)\.?(\d*)(?=[Zz+-]|$)")
PLACES = ("workspace_id", "task_id", "agent_role", "agent_provider")
MANY = 1000
"""The events of a page that is to hold all that a test wrote."""
USUAL_DELAY_S = 5.0
"""The delay of an event in a log, where the profile does not say how long a target takes to settle."""
FEW = 60
"""The events that a test works on at most."""

Query = Sequence[tuple[str, str]]
Event = JsonObject


def sees_all(operation: Operation, caller: Caller) -> bool:
    """Return whether the caller holds the scope that shows the events of everybody in the org."""
    return all(any(not each.endswith(OWN) for each in caller.held & {*group}) for group in operation.permissions.groups)


def list_auditors(harness: Harness, org: str | None = None, also: Operation | None = None) -> list[Caller]:
    """Return the callers who see every event of their org, in its log and by `also`."""
    asked = _list_asked(harness, also)
    return [caller for caller in harness.callers(org) if all(sees_all(each, caller) for each in asked)]


def find_auditor(harness: Harness, org: str | None = None, also: Operation | None = None) -> Caller:
    """Return the first of `list_auditors`; not provoked where there is none."""
    if found := list_auditors(harness, org, also):
        return found[0]
    needed = needs.need_somebody_for(_list_asked(harness, also)[0])
    raise NotProvoked("no caller of the profile sees every event of an org", needed)


def _list_asked(harness: Harness, also: Operation | None) -> list[Operation]:
    operation = harness.contract.operations[LIST]
    return [operation] if also is None else [also, operation]


def build_query(harness: Harness, query: Query, operation_id: str = LIST) -> Request:
    """Return the request with these parameters."""
    return build(harness.contract.operations[operation_id], query=urlencode(query))


def read(harness: Harness, caller: Caller, *query: tuple[str, str]) -> Exchange:
    """Return the page that these parameters ask for; not provoked where it is refused."""
    return harness.hold(caller, build_query(harness, query))


def list_events(exchange: Exchange) -> list[Event]:
    """Return the events of a page."""
    return list_objects(exchange.json)


def list_ids(found: Iterable[Event]) -> list[str]:
    """Return the ids of events, in their order."""
    return [str(each.get("id")) for each in found]


def find_granule(found: Iterable[Event]) -> timedelta:
    """Return the span of time within which event times may be inexact: none where they show milliseconds."""
    shown = (_FRACTION.search(str(each.get("timestamp"))) for each in found)
    digits = max((len(each[1]) for each in shown if each), default=0)
    return timedelta(0) if digits >= FINEST else timedelta(seconds=10.0**-digits)


def list_near(found: Iterable[Event], *bounds: str) -> frozenset[str]:
    """Return the ids of events that lie so near to a bound that nobody can tell on which side of it they were."""
    every, moments = list(found), [parse_time(each) for each in bounds]
    step = find_granule(every)
    at = {str(each.get("id")): parse_time(each.get("timestamp")) for each in every}
    return frozenset(name for name, moment in at.items() if any(abs(moment - bound) < step for bound in moments))


def get_column(event: Event, name: str) -> str:
    """Return what an event has in a column; an empty text is nothing, as is a column that it lacks."""
    return str(event.get(name) or "")


def ask_user(harness: Harness, caller: Caller) -> str:
    """Return the user that the caller is, as its session says; not provoked where there is none to ask."""
    operation = harness.contract.operations.get("session.get")
    if operation is None:
        raise NotProvoked("the contract has no operation that tells who is calling")
    user = field_of(harness.hold(caller, build(operation)).json, "user_id")
    if not isinstance(user, str):
        raise NotProvoked("the target does not say who is calling")
    return user


@dataclass(slots=True)
class Log:
    """The events of an org that came since this was made."""

    harness: Harness
    org: str
    has_come_late: bool = field(init=False, default=False)
    """Whether what was waited for was not there at once: then what was written before may have come with it."""
    _before: frozenset[str] = field(init=False)
    _caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self._caller = find_auditor(self.harness, self.org)
        self._before = frozenset(list_ids(list_events(self._read())))

    def read_new(self) -> tuple[Exchange, list[Event]]:
        """Return the newest page, and the events in it that were not there before."""
        page = self._read()
        return page, [each for each in list_events(page) if each.get("id") not in self._before]

    def read_once(self, holds: Callable[[list[Event]], bool]) -> tuple[Exchange, list[Event]]:
        """Return the page and its new events once this holds of them, or the time is over in which they may come."""
        until = time.monotonic() + (self.harness.profile.limits.settle_seconds or USUAL_DELAY_S)
        pauses = draw_growing_pauses()
        page, found = self.read_new()
        while not holds(found) and time.monotonic() < until:
            time.sleep(next(pauses))
            page, found = self.read_new()
            self.has_come_late = True
        return page, found

    def _read(self) -> Exchange:
        return read(self.harness, self._caller, ("limit", str(MANY)))


def read_newest(harness: Harness, org: str) -> list[Exchange]:
    """Return the newest page of an org's log; none where nobody of the profile sees it, or it is not served."""
    with suppress(NotProvoked):
        if LIST in harness.contract.operations:
            return [read(harness, find_auditor(harness, org), ("limit", str(FEW)))]
    return []


def filter_by_type(found: Iterable[Event], types: Iterable[str]) -> list[Event]:
    """Return the events of these types."""
    return [each for each in found if each.get("event_type") in {*types}]


def list_due_types(operation: Operation) -> tuple[str, ...]:
    """Return the types of the events that a success writes for sure: those of what the operation is about."""
    about = find_resource_of(operation)
    of_it = tuple(each for each in operation.events if about and each.startswith(f"{about.within or about.name}."))
    return of_it or operation.events


def write(harness: Harness, org: str, count: int = 1) -> None:
    """Have somebody of the org write so many events, of what can be removed again where that is possible."""
    for _ in range(count):
        reasons = [NotProvoked(f"no caller of {org} may do anything that writes an event")]
        for operation in _list_writing(harness):
            try:
                caller = harness.able(operation, org)
                harness.hold(caller, build_valid(harness, operation, caller))
                break
            except NotProvoked as reason:
                reasons.append(reason)
        else:
            raise reasons[-1]


def collect_names(answer: Exchange) -> set[str]:
    """Return the ids and names by which an event may tell the object of a request."""
    shown = answer.json if isinstance(answer.json, dict) else {}
    return {*answer.request.path_values.values(), str(shown.get("id")), str(shown.get("name"))}


def may_be_of(event: Event, named: set[str]) -> bool:
    """Return whether an event may be of an object with one of these ids and names: it tells none, or one of them."""
    told = {get_column(event, "resource_id"), get_column(event, "workspace_id")} - {""}
    return not told or not told.isdisjoint(named)


def find_misplaced(event: Event) -> Iterator[tuple[str, str, str]]:
    """Yield the wrong columns of an event of configuration: the name, what is right, what it has."""
    for name, right in (("category", "audit"), ("actor", "control-plane"), *((each, "") for each in PLACES)):
        if (got := get_column(event, name)) != right:
            yield name, right, got


def _list_writing(harness: Harness) -> list[Operation]:
    """Return the operations that make something; first those of what can be removed again."""
    made = [o for o in harness.contract.operations.values() if o.events and find_resource_made(o)]

    def is_permanent(operation: Operation) -> bool:
        resource: Any = find_resource_made(operation)
        return resource.removed_by is None

    return sorted(made, key=is_permanent)
