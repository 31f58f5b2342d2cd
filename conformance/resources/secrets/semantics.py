"""What the contract says of secrets beyond its schemas.

A name is an org's own, so two orgs may have one alike, and it says nothing about the other's. The suite tells secrets
by their names: those that carry the mark of a run, which nobody else gives, are facts, and all others are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.contract import JsonObject, NamedResource
from conformance.mark import FORM
from conformance.oracle.call import Call, InPath, Refusals
from conformance.oracle.declaration.resource import Refusal
from conformance.oracle.facts import Fact

LIST, SET, DELETE = "secrets.list", "secrets.set", "secrets.delete"


def read_secret(known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
    """The fact of a secret that an org was shown; None of one whose name no run has given."""
    name = shown.get("name")
    if not isinstance(name, str) or not FORM.match(name):
        return None
    owner = known.owner if known and known.owner else org
    return Fact(resource="secret", id=name, name=name, owner=owner, shown=dict(shown))


class ByName(InPath):
    """Judges the name of a secret: whether the deletion of one that is not there is refused is left open."""

    def refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        fact = call.state.facts(named.name).get(value)
        if fact is None or not fact.owned_by(call.caller.org) or not call.state.certain(fact):
            found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")


def _nothing(_call: Call, _refusals: Refusals) -> None:
    """No state of a secret stands in the way of a request."""


REFUSALS: Mapping[str, Refusal] = dict.fromkeys((LIST, SET, DELETE), _nothing)
