"""The comparison of shown objects with what is known of them, in which no other request had a part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Operation
from conformance.contract.schemas import list_field_names
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.lifetime import asks_for_fewer
from conformance.oracle.declaration.registry import find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller
from conformance.results.difference import NO_EVIDENCE, Evidence, from_fields, from_list


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that an answer shows otherwise than it is known to be."""

    about: str
    """The id of the object."""
    expected: str
    got: str
    effect: DataEffect | None = None
    evidence: Evidence = NO_EVIDENCE


def find_mismatches(
    state: State, caller: Caller, exchange: Exchange, ignoring: Collection[str] = ()
) -> Iterator[Mismatch]:
    """Yield the certain differences between a read or list and the known facts; nothing for other answers.

    `ignoring`: fields that may have any value.
    """
    operation = state.contract.operations.get(exchange.operation_id or "")
    resource = find_resource_of(operation) if operation else None
    if resource is None or operation is None or not exchange.has_succeeded:
        return
    shown = _ShownObjects(state, resource, operation, caller, exchange, frozenset(ignoring))
    if operation.operation_id == resource.listed_by:
        yield from shown.check_list()
    elif resource.within is None:
        yield from shown.check_read()


@dataclass(frozen=True, slots=True)
class _ShownObjects:
    """An answer that shows objects of a resource."""

    state: State
    resource: Resource
    operation: Operation
    caller: Caller
    exchange: Exchange
    ignoring: frozenset[str]

    def check_read(self) -> Iterator[Mismatch]:
        """Yield what is wrong with the one object that the answer shows."""
        for fact in self.state.list_certainly_made(self.resource.name):
            if fact.id in self.exchange.request.path_values.values() and read_id(self.exchange.json) == fact.id:
                yield from self._find_differences(fact, self.exchange.json)

    def check_list(self) -> Iterator[Mismatch]:
        """Yield what is wrong with the list; of one that was asked for a part of it nothing is."""
        if asks_for_fewer(self.exchange.request.query, self.resource.archiving):
            return
        listed = {read_id(each): each for each in list_objects(self.exchange.json)}
        for fact in self.state.list_certainly_made(self.resource.name):
            stands = self._is_listed(fact)
            if stands is not None and stands is not (fact.id in listed):
                yield self._describe_misplaced(fact, stands=stands)
            elif fact.id in listed:
                yield from self._find_differences(fact, listed[fact.id])
        for object_id in listed.keys() - self.state.get_facts(self.resource.name).keys():
            if (self.resource.name, object_id) in self.state.gone:
                said = f"no deleted {self.resource} in the list", "one"
                yield Mismatch(object_id, *said, evidence=from_list(*said))

    def _is_listed(self, fact: Fact) -> bool | None:
        """Return whether the list holds an object for the caller; None where the run cannot know."""
        hidden = self.resource.hides(self.state, fact, self.caller, self.operation)
        seen = fact.is_visible_to(self.caller.org) and self.resource.is_listed(fact, self.exchange.request.query)
        return None if seen and hidden is None else seen and not hidden

    def _describe_misplaced(self, fact: Fact, *, stands: bool) -> Mismatch:
        said = (f"the {self.resource} in the list", "not in it") if stands else (f"no such {self.resource}", "one")
        lost = DataEffect.LOST if stands and fact.is_owned_by(self.caller.org) else None
        return Mismatch(fact.id, *said, effect=lost, evidence=from_list(*said))

    def _find_differences(self, fact: Fact, shown: Mapping[str, Any]) -> Iterator[Mismatch]:
        """Yield the fields of an object that differ from the last answer that showed them."""
        known = list_field_names(self.state.contract) & fact.shown.keys() & shown.keys()
        compared = known - self.resource.by_viewer - self.resource.moves - self.ignoring
        if differing := sorted(name for name in compared if fact.shown[name] != shown[name]):
            said = f"the {self.resource} as it is", f"another {', '.join(differing)}"
            lost = self.resource.find_loss(self.state.contract, differing)
            yield Mismatch(fact.id, *said, effect=lost, evidence=from_fields(differing, fact.shown, shown))
