"""Objects that their org names: the suite tells them by names with the mark of a run, and leaves all others alone.

A name is an org's own, so two orgs may have one alike, and it says nothing about the other's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.contract import JsonObject, NamedResource
from conformance.http.exchange import Request
from conformance.mark import FORM
from conformance.oracle.call import Call, InPath, Refusals
from conformance.oracle.declaration.fields import Requested
from conformance.oracle.facts import Fact, State


def fresh_key(session: Any, _caller: Any = None, _fact: Any = None) -> str:
    """A name that nothing has, so that the run may set it."""
    name: str = session.fresh_name()
    session.guard.made(name)
    return name


def read_by(resource: str, key: str) -> Callable[[Fact | None, str, JsonObject], Fact | None]:
    """Return what reads the fact of an object that an org was shown; None of one whose name no run has given."""

    def read(known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
        name = shown.get(key)
        if not isinstance(name, str) or not FORM.match(name):
            return None
        owner = known.owner if known and known.owner else org
        return Fact(resource=resource, id=name, name=name, owner=owner, shown=dict(shown))

    return read


def requested_by(key: str) -> Callable[[State, Request], Requested]:
    """Return what finds an object that was set by the name in its path."""

    def requested(_state: State, request: Request) -> Requested:
        name = request.path_values.get(key)
        return Requested(name, {key: name} if name else {})

    return requested


class ByName(InPath):
    """Judges a name in a path: whether the deletion of what is not there is refused is left open."""

    def refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        fact = call.state.facts(named.name).get(value)
        if fact is None or not fact.owned_by(call.caller.org) or not call.state.certain(fact):
            found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
