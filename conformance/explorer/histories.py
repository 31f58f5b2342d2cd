"""Requests that overlapped, and what was read after them, judged as a history: some order of them has to explain all.

In an order each answer is one that the oracle knows for right in the state by then, and what is shown is that state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Operation
from conformance.explorer.linear import CompletedOperation, find_impossible
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_of, find_resource_set
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import describe_answers, find_effect, is_meant, is_right
from conformance.oracle.learning import observe
from conformance.oracle.showing import Mismatch, find_mismatches
from conformance.profile import Caller
from conformance.recipes.reading import differing_fields as changed_fields
from conformance.recipes.steps import ConfiguredSteps, Steps
from conformance.results.difference import NO_EVIDENCE, Evidence, from_fields
from conformance.values import copy_with

Order = tuple[int, ...]
"""The exchanges of a history, by their places, in the order in which they would have happened."""
TIMES = frozenset({"updated_at"})
"""Fields that say when: of two writes the later one may have looked at the clock first."""


@dataclass(frozen=True, slots=True)
class CallerExchange:
    """An exchange, and whose it was."""

    caller: Caller
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Misfit:
    """The answer that no order explains: what the one that comes furthest would have had in its place."""

    exchange: Exchange
    expected: str
    got: str
    effect: DataEffect | None = None
    evidence: Evidence = NO_EVIDENCE


@dataclass(slots=True)
class History:
    """Exchanges that overlapped, and reads that came after them, from a state on."""

    before: State
    together: Sequence[CallerExchange]
    looks: Sequence[CallerExchange]
    steps: Callable[[Resource, Caller], Steps]
    """The demands that a resource makes of its updates and parts, for a caller."""
    has_overlap: bool = False
    """Whether all that was sent at once may have happened in any order, whenever each was answered."""
    _states: dict[Order, State] = field(default_factory=dict)
    _furthest: tuple[int, Misfit | None] = (-1, None)
    _explained: Order = ()

    def find_explanation(self) -> State | None:
        """Return the state at the end of an order that explains every exchange; None where there is none."""
        first: Order = ()
        self._states = {first: self.before}
        unexplained = find_impossible(tuple(self._list_done()), first, self._put_next)
        return None if unexplained is not None else self._states[self._explained]

    @property
    def misfit(self) -> Misfit:
        """Return what no order explains, once that has turned out."""
        found = self._furthest[1]
        assert found is not None  # noqa: S101  # an order ends where an exchange did not fit
        return found

    @property
    def _all(self) -> Sequence[CallerExchange]:
        return (*self.together, *self.looks)

    def _list_done(self) -> Iterator[CompletedOperation[int]]:
        """Yield each exchange with its times.

        Lists stand behind what they overlapped: they are held against all of it.
        """
        begins = min(each.exchange.started for each in self.together)
        ends = max(_ended(each.exchange) for each in self.together)
        for place, each in enumerate(self._all):
            begun, ended = each.exchange.started, _ended(each.exchange)
            if self._is_list(place):
                begun = ended = ends
            elif place < len(self.together) and self.has_overlap:
                begun, ended = begins, ends
            elif place >= len(self.together):
                begun = ended = ends + place
            yield CompletedOperation(begun, ended, place)

    def _is_list(self, place: int) -> bool:
        """Return whether an exchange is a list that was read beside writes."""
        operation = self._find_operation(self._all[place].exchange)
        resource = find_resource_of(operation) if operation else None
        listed_by = {resource.listed_by, resource.listed_in} if resource else set()
        return place < len(self.together) and operation is not None and operation.operation_id in listed_by

    def _find_operation(self, exchange: Exchange) -> Operation | None:
        return self.before.contract.operations.get(exchange.operation_id or "")

    # One step of an order

    def _put_next(self, order: Order, place: int) -> Order | None:
        """Return the order with one more exchange; None where that cannot have come next."""
        state, seen = self._states[order], self._all[place]
        if self._is_list(place) and any(not self._is_list(n) for n in range(len(self.together)) if n not in order):
            return None
        if misfit := next(self._find_misfits(order, place), None):
            if len(order) > self._furthest[0]:
                self._furthest = (len(order), misfit)
            return None
        longer = (*order, place)
        self._states[longer] = state if self._is_list(place) else self._learn(state, seen)
        self._explained = longer
        return longer

    def _find_misfits(self, order: Order, place: int) -> Iterator[Misfit]:
        """Yield what keeps an exchange from having come next."""
        state, seen = self._states[order], self._all[place]
        exchange = seen.exchange
        if self._is_list(place):
            yield from self._find_in_no_state([self._states[order[:n]] for n in range(len(order) + 1)], seen)
            return
        answers = expect(state, seen.caller, exchange.request)
        if not is_right(exchange, answers) and not is_meant(state.contract, exchange, answers):
            effect = find_effect(state.contract, exchange, answers)
            yield Misfit(exchange, f"{describe_answers(answers)}, by any order", str(exchange), effect)
        elif exchange.has_succeeded:
            operation = self._find_operation(exchange)
            reads = operation is not None and operation.is_safe
            found = (
                self._find_read_mismatches(state, seen) if reads else self._find_write_mismatches(state, seen, order)
            )
            yield from (_make_misfit(exchange, each) for each in found)

    def _find_in_no_state(self, states: Sequence[State], seen: CallerExchange) -> Iterator[Misfit]:
        """Yield what a list shows that was so in none of these states."""
        answers = frozenset().union(*(expect(each, seen.caller, seen.exchange.request) for each in states))
        if not is_right(seen.exchange, answers) and not is_meant(self.before.contract, seen.exchange, answers):
            yield Misfit(seen.exchange, describe_answers(answers), str(seen.exchange))
            return
        found = [{each.about: each for each in self._find_read_mismatches(state, seen)} for state in states]
        for about, unlike in found[0].items():
            if all(about in each for each in found):
                yield _make_misfit(seen.exchange, unlike)

    def _find_read_mismatches(self, state: State, seen: CallerExchange) -> Iterator[Mismatch]:
        """Yield what a read shows otherwise than it was in a state."""
        yield from find_mismatches(state, seen.caller, seen.exchange, TIMES)
        operation = self._find_operation(seen.exchange)
        resource = find_resource_in_path(operation) if operation else None
        if operation is None or resource is None or operation.operation_id in (resource.shown_by, resource.listed_by):
            return
        fact = _find_object(state, resource, seen.exchange)
        if fact is not None and state.is_certain(fact):
            for breach in self.steps(resource, seen.caller).check_read(seen.exchange, fact):
                yield Mismatch(fact.id, breach.expected, breach.got, breach.effect, breach.evidence)

    def _find_write_mismatches(self, state: State, seen: CallerExchange, order: Order) -> Iterator[Mismatch]:
        """Yield what the answer to a write shows otherwise than the write leaves its object.

        Where another write comes after it in the order the answer may show that one's effect too, so nothing is.
        """
        exchange, left = seen.exchange, [n for n in range(len(self.together)) if n not in order]
        operation = self._find_operation(exchange)
        resource = (find_resource_in_path(operation) or find_resource_set(operation)) if operation else None
        if resource is None or operation is None or sum(self._is_write(n) for n in left) > 1:
            return
        fact = _find_object(state, resource, exchange)
        if fact is None or not fact.shown or not state.is_certain(fact) or read_id(exchange.json) != fact.id:
            return
        law = resource.find_behavior(operation.operation_id).may_change
        sent = _read_sent_fields(exchange) if operation.operation_id == resource.updated_by else {}
        if law is not None:
            moves = law.moves & sent.keys() if sent else law.moves
            ignoring = moves | resource.moves | TIMES
            if moved := changed_fields(state.contract, dict(fact.shown), exchange.json, ignoring=ignoring):
                evidence = from_fields(moved, fact.shown, exchange.json)
                lost = resource.find_loss(state.contract, moved)
                yield Mismatch(fact.id, "every other field as before", f"another {', '.join(moved)}", lost, evidence)
        right = self._merge_fields(resource, seen, sent, fact)
        differing = [name for name in right if not resource.is_alike(name, exchange.json.get(name), right[name])]
        if differing:
            evidence = from_fields(differing, right, exchange.json)
            yield Mismatch(fact.id, "what was sent", f"another {', '.join(differing)}", DataEffect.LOST, evidence)

    def _is_write(self, place: int) -> bool:
        """Return whether an exchange that was sent at once with others is a write that succeeded."""
        exchange = self.together[place].exchange
        operation = self._find_operation(exchange)
        return operation is not None and not operation.is_safe and exchange.has_succeeded

    def _merge_fields(
        self, resource: Resource, seen: CallerExchange, sent: Mapping[str, Any], fact: Fact
    ) -> Mapping[str, Any]:
        """Return the fields that an update has to leave: what was sent, or that merged with what is there."""
        steps = self.steps(resource, seen.caller)
        if isinstance(steps, ConfiguredSteps) and sent:
            return steps.merge_sent(sent, fact.shown)
        return {name: value for name, value in sent.items() if name in fact.shown}

    def _learn(self, state: State, seen: CallerExchange) -> State:
        """Return the state after an exchange.

        Of an object that a write changed and did not show the changed fields go.
        """
        after, operation = observe(state, seen.caller, seen.exchange), self._find_operation(seen.exchange)
        resource = find_resource_in_path(operation) if operation else None
        if operation is None or resource is None or operation.is_safe or not seen.exchange.has_succeeded:
            return after
        law, fact = (
            resource.find_behavior(operation.operation_id).may_change,
            _find_object(after, resource, seen.exchange),
        )
        if law is None or fact is None or read_id(seen.exchange.json) == fact.id:
            return after
        shown = {name: value for name, value in fact.shown.items() if name not in law.moves}
        return after.with_fact(copy_with(fact, shown=shown))


def _ended(exchange: Exchange) -> float:
    return exchange.started + exchange.elapsed_ms / 1000


def _make_misfit(exchange: Exchange, unlike: Mismatch) -> Misfit:
    return Misfit(exchange, f"{unlike.expected}, by any order", unlike.got, unlike.effect, unlike.evidence)


def _find_object(state: State, resource: Resource, exchange: Exchange) -> Fact | None:
    """Return what is known of the object of the resource that a request names."""
    facts = state.get_facts(resource.name)
    return next((facts[each] for each in exchange.request.path_values.values() if each in facts), None)


def _read_sent_fields(exchange: Exchange) -> Mapping[str, Any]:
    """Return the fields that a request sent as JSON."""
    sent = json.loads(exchange.request.content or b"{}")
    return sent if isinstance(sent, dict) else {}
