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
from conformance.http.gateways import growing_pauses
from conformance.oracle.declaration.fields import objects_in
from conformance.oracle.declaration.registry import resource_made_by, resource_of
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import field as field_of
from conformance.recipes.reading import instant
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
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


def auditor(harness: Harness, org: str | None = None, also: Operation | None = None) -> Caller:
    """Return a caller who sees every event of an org, in its log and by `also`, of the first org that has one.

    Else not provoked.
    """
    operation = harness.contract.operations[LIST]
    asked = [operation] if also is None else [also, operation]
    found = (caller for caller in harness.callers(org) if all(sees_all(each, caller) for each in asked))
    if caller := next(found, None):
        return caller
    raise NotProvoked("no caller of the profile sees every event of an org", needs.somebody_for(asked[0]))


def asking(harness: Harness, query: Query, operation_id: str = LIST) -> Request:
    """Return the request with these parameters."""
    return build(harness.contract.operations[operation_id], query=urlencode(query))


def read(harness: Harness, caller: Caller, *query: tuple[str, str]) -> Exchange:
    """Return the page that these parameters ask for; not provoked where it is refused."""
    return harness.hold(caller, asking(harness, query))


def events(exchange: Exchange) -> list[Event]:
    """Return the events of a page."""
    return objects_in(exchange.json)


def ids(found: Iterable[Event]) -> list[str]:
    """Return the ids of events, in their order."""
    return [str(each.get("id")) for each in found]


def granule(found: Iterable[Event]) -> timedelta:
    """Return the span of time within which event times may be inexact: none where they show milliseconds."""
    shown = (_FRACTION.search(str(each.get("timestamp"))) for each in found)
    digits = max((len(each[1]) for each in shown if each), default=0)
    return timedelta(0) if digits >= FINEST else timedelta(seconds=10.0**-digits)


def near(found: Iterable[Event], *bounds: str) -> frozenset[str]:
    """Return the ids of events that lie so near to a bound that nobody can tell on which side of it they were."""
    every, moments = list(found), [instant(each) for each in bounds]
    step = granule(every)
    at = {str(each.get("id")): instant(each.get("timestamp")) for each in every}
    return frozenset(name for name, moment in at.items() if any(abs(moment - bound) < step for bound in moments))


def column(event: Event, name: str) -> str:
    """Return what an event has in a column; an empty text is nothing, as is a column that it lacks."""
    return str(event.get(name) or "")


def user_of(harness: Harness, caller: Caller) -> str:
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
    came_late: bool = field(init=False, default=False)
    """Whether what was waited for was not there at once: then what was written before may have come with it."""
    _before: frozenset[str] = field(init=False)
    _caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self._caller = auditor(self.harness, self.org)
        self._before = frozenset(ids(events(self._read())))

    def new(self) -> tuple[Exchange, list[Event]]:
        """Return the newest page, and the events in it that were not there before."""
        page = self._read()
        return page, [each for each in events(page) if each.get("id") not in self._before]

    def once(self, holds: Callable[[list[Event]], bool]) -> tuple[Exchange, list[Event]]:
        """Return the page and its new events once this holds of them, or the time is over in which they may come."""
        until = time.monotonic() + (self.harness.profile.limits.settle_seconds or USUAL_DELAY_S)
        pauses = growing_pauses()
        page, found = self.new()
        while not holds(found) and time.monotonic() < until:
            time.sleep(next(pauses))
            page, found = self.new()
            self.came_late = True
        return page, found

    def _read(self) -> Exchange:
        return read(self.harness, self._caller, ("limit", str(MANY)))


def newest(harness: Harness, org: str) -> list[Exchange]:
    """Return the newest page of an org's log; none where nobody of the profile sees it, or it is not served."""
    with suppress(NotProvoked):
        if LIST in harness.contract.operations:
            return [read(harness, auditor(harness, org), ("limit", str(FEW)))]
    return []


def of_types(found: Iterable[Event], types: Iterable[str]) -> list[Event]:
    """Return the events of these types."""
    return [each for each in found if each.get("event_type") in {*types}]


def due(operation: Operation) -> tuple[str, ...]:
    """Return the types of the events that a success writes for sure: those of what the operation is about."""
    about = resource_of(operation)
    of_it = tuple(each for each in operation.events if about and each.startswith(f"{about.within or about.name}."))
    return of_it or operation.events


def write(harness: Harness, org: str, count: int = 1) -> None:
    """Have somebody of the org write so many events, of what can be removed again where that is possible."""
    for _ in range(count):
        reasons = [NotProvoked(f"no caller of {org} may do anything that writes an event")]
        for operation in _writing(harness):
            try:
                caller = harness.able(operation, org)
                harness.hold(caller, valid(harness, operation, caller))
                break
            except NotProvoked as reason:
                reasons.append(reason)
        else:
            raise reasons[-1]


def names(answer: Exchange) -> set[str]:
    """Return the ids and names by which an event may tell the object of a request."""
    shown = answer.json if isinstance(answer.json, dict) else {}
    return {*answer.request.path_values.values(), str(shown.get("id")), str(shown.get("name"))}


def may_be_of(event: Event, named: set[str]) -> bool:
    """Return whether an event may be of an object with one of these ids and names: it tells none, or one of them."""
    told = {column(event, "resource_id"), column(event, "workspace_id")} - {""}
    return not told or not told.isdisjoint(named)


def misplaced(event: Event) -> Iterator[tuple[str, str, str]]:
    """Yield the wrong columns of an event of configuration: the name, what is right, what it has."""
    for name, right in (("category", "audit"), ("actor", "control-plane"), *((each, "") for each in PLACES)):
        if (got := column(event, name)) != right:
            yield name, right, got


def _writing(harness: Harness) -> list[Operation]:
    """Return the operations that make something; first those of what can be removed again."""
    made = [o for o in harness.contract.operations.values() if o.events and resource_made_by(o)]

    def stays(operation: Operation) -> bool:
        resource: Any = resource_made_by(operation)
        return resource.removed_by is None

    return sorted(made, key=stays)
