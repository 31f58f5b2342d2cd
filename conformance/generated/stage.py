"""The real data of one operation's generated run: callers, objects of every ownership, and what bodies refer to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote

from conformance.contract.contract import Operation
from conformance.http.client import LimitReached
from conformance.http.exchange import SAFE, Exchange
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.resource import Resource, resource_in_path, resource_of
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.bodies import Bodies, bodies_of
from conformance.recipes.making import obtain, own
from conformance.session.harness import Harness

CANDIDATES = 8
"""Objects of which the oracle is asked whether the request succeeds on them, before a new one is made."""


@dataclass(slots=True)
class Stage:
    """What a generated request can be about. Made through public calls and provider states."""

    harness: Harness
    operation: Operation
    resource: Resource | None
    """Of which an object is in the operation's path."""
    lead: Caller
    """May do the operation: neither scope nor billing stands in the way."""
    others: tuple[Caller | Credential, ...]
    """Everybody else, and nobody."""
    bodies: Bodies | None = None

    def candidates(self, method: str) -> list[Fact]:
        """Objects on which the lead may well succeed: its own, and for reading whatever it can see."""
        facts = self._facts()
        if method not in SAFE:
            return [fact for fact in facts if fact.owned_by(self.lead.org) and fact.made]
        return [fact for fact in self.subjects(method) if fact.visible_to(self.lead.org)][:CANDIDATES]

    def subjects(self, method: str) -> list[Fact]:
        """The objects that a request of anybody may be about, those that the run made first."""
        known = [fact for fact in self._facts() if self._stays(fact)]
        allowed = (fact for fact in known if method in SAFE or self.harness.guard.may_change(fact.id))
        return sorted(allowed, key=lambda fact: (not fact.made, fact.name or "", fact.owner or ""))

    def _facts(self) -> list[Fact]:
        return list(self.harness.state.facts(self.resource.name).values()) if self.resource else []

    def unharmful(self, value: str, method: str) -> str:
        """The encoded id that was made up; where an unsafe method could meet somebody's object by it, one of nothing.

        A method that the path does not have counts by what it would do if it had it.
        """
        return value if method in SAFE else unharmful(self.harness, value, self.resource)

    def _stays(self, fact: Fact) -> bool:
        """Whether nobody else is likely to change or remove the object while the run goes on."""
        given = (*self.harness.guard.given, *self.harness.profile.known.expendable)
        return self.harness.alone or fact.made or fact.platform or fact.id in given

    def add_object(self) -> list[Fact]:
        """One more own object; none where it cannot be made."""
        with suppress(NotProvoked, LimitReached):
            return [own(self.harness, self.resource, self.lead.org)] if self.resource else []
        return []

    def steps(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """What has to be sent before an exchange so that its path leads to the same."""
        return self.harness.story(exchange)


def unharmful(harness: Harness, value: str, resource: Resource | None) -> str:
    """An encoded id that an unsafe request may be about: the one that is given, if it may, else one of nothing."""
    return value if harness.guard.may_change(unquote(value)) else harness.absent_id(str(resource or "object"))


def set_stage(harness: Harness, operation: Operation) -> Stage:
    """The stage for one operation; not provoked where no caller may do it."""
    lead = harness.able(operation)
    others: list[Caller | Credential] = [c for c in harness.callers() if c is not lead]
    in_path = resource_in_path(operation)
    stage = Stage(harness, operation, in_path, lead, (*others, ANONYMOUS))
    # The target is judged on objects that it has too, so it does not matter which of these it lets be made.
    if in_path is not None:
        for ownership in in_path.access.ownerships:
            with suppress(NotProvoked, LimitReached):
                obtain(harness, in_path, ownership, lead)
    if resource := in_path or resource_of(operation):
        stage.bodies = bodies_of(harness, resource)
        stage.bodies.prepare(operation, lead)
    return stage
