"""Secrets of an org: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conformance.contract.contract import Operation
from conformance.declared.compiler import make_fresh_key
from conformance.hostile.addresses import draw_canary
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import Field
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.law import AllowedChange
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.steps import Steps
from conformance.results.difference import from_field
from conformance.session.harness import Harness


def make_fresh_value(session: Harness, _caller: Caller | None = None, _fact: Fact | None = None) -> str:
    """Return a value that stands nowhere else."""
    return f"value-{draw_canary(session.random)}"


SET, DELETE = "secrets.set", "secrets.delete"
FIELDS: Mapping[str, Field] = {"name": Field(make_fresh_key), "value": Field(make_fresh_value)}


@dataclass(slots=True)
class SecretSteps(Steps):
    """Secrets that are set, and set again."""

    _created: dict[str, object] = field(default_factory=dict)
    """The time at which each was made, as it was answered first."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        stands = fact.id in self.harness.knowledge.get_facts(self.resource.name)
        again = operation.operation_id == SET and stands and choice % 2
        if again and isinstance(caller, Caller) and fact.is_owned_by(caller.org):
            return with_right_body(self.harness, operation, caller, choose_path_values(operation, fact), fact)
        return Steps.request(self, operation, caller, fact, choice)

    def check_creation(self, _exchange: Exchange, made: Fact, _choice: int) -> Iterator[Breach]:
        """Yield one that is set again keeps the time of its creation."""
        now = made.shown.get("created_at")
        before = self._created.setdefault(made.id, now)
        if now != before:
            yield Breach(
                "SECRET-SET", "created_at as before", "another", evidence=from_field("created_at", before, now)
            )


register(
    Resource(
        name="secret",
        operations=(Behavior(SET, may_change=AllowedChange(frozenset({"updated_at"}), keeps="SECRET-SET")),),
        fields=FIELDS,
        steps=SecretSteps,
    )
)
