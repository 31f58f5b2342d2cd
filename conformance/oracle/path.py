"""What the path says of a request: whether the object that it names is there, and who may see and change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from conformance.contract.contract import NamedResource
from conformance.oracle.call import Call, Refusals

WrongfulRefusal = tuple[str, str]  # the code of a refusal, and the rule that it would break


class InPath(Protocol):
    """Judges the path parameter that names an object of a resource."""

    def refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Add the refusals that are right for the value of the parameter."""

    def wrongful(self, call: Call, value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """What each refusal would break where the request has to be served."""


@dataclass(frozen=True, slots=True)
class ObjectInPath:
    """An object of one org: others see it only if it is shared, and nobody else changes it."""

    def refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Existence, visibility and ownership; possible only where the run cannot know them."""
        state, org, writes = call.state, call.caller.org, not call.operation.safe
        fact = state.facts(named.name).get(value)
        certain = state.is_known(named.name, value, org)
        if fact is None:
            rule = "DELETE-GONE" if (named.name, value) in state.gone else "CONTRACT-RIGHT-ANSWER"
            found.add(404, named.not_found, rule, certain=certain)
        elif not fact.visible_to(org):
            found.add(404, named.not_found, "OWNERSHIP-PRIVATE-HIDDEN", certain=certain)
        elif writes and not fact.owned_by(org):
            if call.operation.method == "DELETE":
                found.add(404, named.not_found, "OWNERSHIP-SHARED-DELETE", certain=certain)
                found.add(403, "permission_denied", "OWNERSHIP-SHARED-DELETE", certain=certain)
            else:
                found.add(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY", certain=certain)
        if not certain:
            found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
            if writes and (fact is None or not fact.owned_by(org)):
                found.add_possible(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY")

    def wrongful(self, call: Call, value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        fact = call.state.facts(named.name).get(value)
        if fact is not None and not fact.visible_to(call.caller.org):
            yield "permission_denied", "OWNERSHIP-PRIVATE-HIDDEN"
        own = fact is not None and fact.owned_by(call.caller.org)
        yield named.not_found, "OWNERSHIP-OWN-SERVED" if own else "OWNERSHIP-SHARED-READABLE"
