"""A request for an operation, taken apart, and the refusals that are found to be right for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Operation
from conformance.oracle.bodies import Answer
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation by a caller, in the state of that moment."""

    state: State
    caller: Caller
    operation: Operation
    values: Mapping[str, str]  # path parameters, decoded
    body: Any  # as `ReadBody.value` has it

    def named(self, resource: str) -> str | None:
        """The id that the path has for an object of this resource; None where it names none."""
        for parameter in self.operation.path_parameters:
            if parameter.resource and parameter.resource.name == resource:
                return self.values[parameter.name]
        return None

    @property
    def creates(self) -> bool:
        """Whether a success makes an object: a POST on a collection."""
        return self.operation.method == "POST" and not self.operation.resources

    def object_of(self, resource: str) -> Fact | None:
        """The object that the path names, where it is certain what it is, and that the caller's org can see it."""
        fact = self.state.facts(resource).get(self.named(resource) or "")
        seen = fact is not None and self.state.certain(fact) and fact.visible_to(self.caller.org)
        return fact if seen else None


@dataclass(slots=True)
class Refusals:
    """Refusals found so far: those that are true of the request, and those that the run cannot exclude."""

    certain: set[Answer] = field(default_factory=set)
    possible: set[Answer] = field(default_factory=set)

    def add(self, status: int, code: str, rule: str, *, certain: bool = True) -> None:
        """A refusal; not certain: right only if what the run does not know is so."""
        (self.certain if certain else self.possible).add(Answer(status, code, rule))

    def add_possible(self, status: int, code: str, rule: str) -> None:
        """A refusal that is right only if what the run does not know is so."""
        self.add(status, code, rule, certain=False)
