"""The trail of events, to which everything is added and from which nothing goes: what it has to have by now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from conformance.contract.contract import Operation
from conformance.judging.events import is_last, limit_of
from conformance.judging.objects import ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_made, find_resource_of
from conformance.profile import Caller
from conformance.resources.events.log import (
    CONFIGURATION,
    Event,
    collect_names,
    get_column,
    list_due_types,
    may_be_of,
    sees_all,
)
from conformance.resources.events.source import list_event_lists
from conformance.results.difference import from_field, from_list

WRITTEN, USER, OF_ACTIVITY = "AUDIT-WRITTEN", "AUDIT-USER", "ACTIVITY-WRITTEN"
_IDS = ("resource_id", "workspace_id", "task_id")
"""The columns that say of what an event is, and the fields that name it in an answer."""
_WHOLE = frozenset({"limit", "order"})
"""The parameters of a query that leave no event out but those of other pages."""
LATEST_S = 30.0
"""The seconds by which an event has come that is not written together with the change."""
MOST = 1000
"""The number of changes that are remembered, the latest."""


@dataclass(frozen=True, slots=True)
class DueEvent:
    """An event that a change has written, which made something or removed it."""

    org: str
    types: frozenset[str]
    named: frozenset[str]
    """The ids and names by which it may tell the object; none: by another one that nobody has shown."""
    user: str | None
    """The user id of who asked; `system` for a key, None where that is not known."""
    started: float
    ended: float
    made: str | None = None
    """The id of what it made, which nothing had before."""

    @property
    def rule(self) -> str:
        """The rule that says that it is written."""
        return WRITTEN if any(CONFIGURATION in each for each in self.types) else OF_ACTIVITY

    def is_in(self, events: Sequence[Event]) -> bool:
        """Return whether it may be one of these."""
        found = (each for each in events if get_column(each, "event_type") in self.types)
        return any(not self.named or may_be_of(each, {*self.named}) for each in found)

    def is_told_by(self, event: Event) -> bool:
        """Return whether an event says that it is of what was made, and of nothing else that was not asked about."""
        ids = {get_column(event, name) for name in _IDS} - {""}
        return self.made in ids <= self.named and get_column(event, "event_type") in self.types


@dataclass(slots=True)
class Trail:
    """The knowledge of the events of a place."""

    settle_s: float = 0.0
    due: list[DueEvent] = field(default_factory=list)

    def judge(
        self, seen: ObservedExchange, events: list[Event], shown: tuple[ShownObject, ...], opinion: Opinion
    ) -> None:
        """Judge a page of events by the changes seen before, and remember the change of this exchange."""
        caller, operation = seen.sender.caller, seen.operation
        if operation is None or caller is None:
            return
        there = {each.id for each in shown if each.resource.stays_away}
        # What is shown after its removal was not removed.
        self.due = [each for each in self.due if each.made or not each.named & there] if there else self.due
        if events and list_event_lists([operation]):
            opinion.add(self._check_users(caller, events))
            if not seen.is_uncertain and _is_whole(seen, operation, caller):
                opinion.add(self._check_page(seen, caller, operation, events))
        if not seen.is_uncertain:
            self._learn(seen, caller, operation)

    def _check_users(self, caller: Caller, events: Sequence[Event]) -> Iterator[Breach]:
        """Yield a breach where the event of a creation names another user than its caller, or comes too often."""
        for each in self.due:
            own = [event for event in events if each.is_told_by(event)]
            if each.org != caller.org or not own:
                continue
            if len({read_id(e) for e in own}) > len(each.types):
                said = "the one event of what was made", f"{len(own)} of them"
                yield Breach(each.rule, *said, evidence=from_list(*said))
            users = {get_column(e, "user_id") for e in own} - {""}
            if each.user is not None and users - {each.user}:
                rule = USER if each.rule == WRITTEN else each.rule
                evidence = from_field("user_id", each.user, min(users))
                yield Breach(rule, "user_id of who asked", "another", evidence=evidence)

    def _check_page(
        self, seen: ObservedExchange, caller: Caller, operation: Operation, events: list[Event]
    ) -> Iterator[Breach]:
        """Yield the events that the newest page lacks."""
        query = parse_qs(seen.exchange.request.query)
        limit = limit_of(query)
        full = limit is None or len(events) >= limit
        if query.get("order", ["desc"]) != ["desc"] or operation.names_object:
            return
        begin = self._find_certain_time(caller, events) if full or not is_last(seen) else float("-inf")
        for each in self.due:
            late = seen.started is None or seen.started < each.ended + max(LATEST_S, self.settle_s)
            if each.org == caller.org and each.started > begin and not late and not each.is_in(events):
                said = f"an event {' or '.join(sorted(each.types))}", "no such event since the request"
                yield Breach(each.rule, *said, evidence=from_list(*said))

    def _find_certain_time(self, caller: Caller, events: Sequence[Event]) -> float:
        """Return the time since when every event has to be on the page: that of the oldest change on it."""
        there = (each for each in self.due if each.org == caller.org and each.made)
        found = [each.ended for each in there if any(map(each.is_told_by, events))]
        return min(found, default=float("inf"))

    def _learn(self, seen: ObservedExchange, caller: Caller, operation: Operation) -> None:
        """Remember the event of a change that certainly was one: something was made, or is gone."""
        resource, made = find_resource_of(operation), find_resource_made(operation)
        removed = resource is not None and operation.operation_id == resource.removed_by
        if not (made or removed) or not operation.events or not seen.exchange.has_succeeded or not seen.is_answer_known:
            return
        if seen.started is None or seen.ended is None:
            return
        shown = seen.json if isinstance(seen.json, dict) else {}
        made_id = read_id(made.as_made(operation.operation_id, shown)) if made and not made.by_name else ""
        user = caller.user_id or ("system" if caller.permission_set else None)
        beside = {str(shown[name]) for name in _IDS if isinstance(shown.get(name), str)}
        named = frozenset(collect_names(seen.exchange) | beside | ({made_id} if made_id else set()))
        if removed and resource is not None and resource.returns:
            named = frozenset()  # a path may name one by another id than its event does
        found = DueEvent(
            caller.org, frozenset(list_due_types(operation)), named, user, seen.started, seen.ended, made_id or None
        )
        self.due = [*self.due[-MOST:], found]


def _is_whole(seen: ObservedExchange, operation: Operation, caller: Caller) -> bool:
    """Return whether a page is the first of all events, and its caller sees them all."""
    query = parse_qs(seen.exchange.request.query, keep_blank_values=True)
    return caller.scopes is not None and sees_all(operation, caller) and query.keys() <= _WHOLE
