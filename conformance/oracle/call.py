"""A request for an operation, taken apart, and the refusals that are right for it, those by its path among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import NamedResource, Operation, Provenance
from conformance.oracle.bodies import Answer
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller

WrongfulRefusal = tuple[str, str]  # the code of a refusal, and the rule that it would break


@dataclass(frozen=True)
class Call:
    """One call of an operation by a caller, in the state of that moment."""

    state: State
    caller: Caller
    operation: Operation
    values: Mapping[str, str]  # path parameters, decoded
    body: Any  # as `ReadBody.value` has it
    query: Mapping[str, list[str]] = field(default_factory=dict)  # decoded, each with all its values

    def find_named_id(self, resource: str) -> str | None:
        """Return the id that the path has for an object of this resource; None where it names none."""
        for parameter in self.operation.path_parameters:
            if parameter.resource and parameter.resource.name == resource:
                return self.values[parameter.name]
        return None

    @property
    def creates(self) -> bool:
        """Return whether a success makes an object: a POST on a collection, or a PUT of what need not be there."""
        return self.operation.method in ("POST", "PUT") and not self.operation.resources

    def find_object(self, resource: str) -> Fact | None:
        """Return the object that the path names, where it is certain what it is and that the org can see it."""
        fact = self.state.get_facts(resource).get(self.find_named_id(resource) or "")
        seen = fact is not None and self.state.is_certain(fact) and fact.is_visible_to(self.caller.org)
        return fact if seen else None


@dataclass(slots=True)
class Refusals:
    """Refusals found so far: those that are true of the request, and those that the run cannot exclude."""

    certain: set[Answer] = field(default_factory=set)
    possible: set[Answer] = field(default_factory=set)

    def add(
        self,
        status: int,
        code: str | None,
        rule: str,
        *,
        certain: bool = True,
        provenance: Provenance = Provenance.SEED,
        effect: DataEffect | None = None,
    ) -> None:
        """Add a refusal; if it is not certain, it is right only if what the run does not know is so.

        `provenance`: weaker where the rule is better founded than that it holds for this request.
        `effect`: what a success does instead, where it is certain that this request has to be refused.
        """
        answer = Answer(status, code, rule, provenance, effect if certain else None)
        (self.certain if certain else self.possible).add(answer)

    def add_if(self, status: int, code: str | None, rule: str, *, so: bool | None) -> None:
        """Add a refusal where this is so; a possible one where the run does not know."""
        if so is not False:
            self.add(status, code, rule, certain=so is True)

    def add_unless(self, status: int, code: str | None, rule: str, *, so: bool | None) -> None:
        """Add a refusal where this is not so; a possible one where the run does not know."""
        self.add_if(status, code, rule, so=None if so is None else not so)

    def add_possible(self, status: int, code: str, rule: str) -> None:
        """Add a refusal that is right only if what the run does not know is so."""
        self.add(status, code, rule, certain=False)


@dataclass(frozen=True, slots=True)
class ObjectInPath:
    """The judge of the path parameter that names an object of one org.

    Others see it only if it is shared, and nobody else changes it.
    """

    in_full: bool = True
    """Whether the facts may be all that an org has, so that whatever is not among them is not there."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Add those by existence, visibility and ownership; possible only where the run cannot know them."""
        state, org, writes = call.state, call.caller.org, not call.operation.safe
        fact = state.get_facts(named.name).get(value)
        known = self.in_full or fact is not None or state.is_gone(named.name, value)
        certain = known and state.is_known(named.name, value, org)
        effect = DataEffect.LOST if writes else DataEffect.LEAKED
        if fact is None:
            rule = "DELETE-GONE" if (named.name, value) in state.gone else "CONTRACT-RIGHT-ANSWER"
            found.add(404, named.not_found, rule, certain=certain)
        elif not fact.is_visible_to(org):
            certain = certain and (fact.owner is not None or org in fact.foreign_to)  # else it may be this org's
            found.add(404, named.not_found, "OWNERSHIP-PRIVATE-HIDDEN", certain=certain, effect=effect)
        elif writes and not fact.is_owned_by(org):
            certain = certain and is_whose_known(fact, org)
            if call.operation.method == "DELETE":
                found.add(404, named.not_found, "OWNERSHIP-SHARED-DELETE", certain=certain, effect=effect)
                found.add(403, "permission_denied", "OWNERSHIP-SHARED-DELETE", certain=certain, effect=effect)
            else:
                found.add(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY", certain=certain, effect=effect)
        if not certain:
            _refuse_uncertain(call, fact, named, found, effect)

    def list_wrongful(self, call: Call, value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """Yield what each refusal would break where the request has to be served."""
        fact = call.state.get_facts(named.name).get(value)
        if fact is not None and not fact.is_visible_to(call.caller.org):
            yield "permission_denied", "OWNERSHIP-PRIVATE-HIDDEN"
        own = fact is not None and fact.is_owned_by(call.caller.org)
        yield named.not_found, "OWNERSHIP-OWN-SERVED" if own else "OWNERSHIP-SHARED-READABLE"


def _refuse_uncertain(call: Call, fact: Fact | None, named: NamedResource, found: Refusals, effect: DataEffect) -> None:
    """Add what is right for an object that may have changed: whose it is never does."""
    org, writes = call.caller.org, not call.operation.safe
    if fact is not None and _is_anothers(fact, org) and (writes or not fact.shareable):
        # It is hidden from the org, or shown and not changed.
        found.add(404, named.not_found, "OWNERSHIP-PRIVATE-HIDDEN", effect=effect)
        if fact.shareable:
            found.add(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY", effect=effect)
        return
    found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
    if writes and (fact is None or not fact.is_owned_by(org)):
        found.add_possible(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY")


def is_whose_known(fact: Fact, org: str) -> bool:
    """Return whether it is certain that the object is the org's own, or that it is not."""
    return fact.is_owned_by(org) or _is_anothers(fact, org)


def _is_anothers(fact: Fact, org: str) -> bool:
    """Return whether it is certain that the object is of no org's but another's, or the platform's."""
    return not fact.is_owned_by(org) and (fact.owner is not None or fact.platform or org in fact.foreign_to)
