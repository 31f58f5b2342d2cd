"""Objects that their org names: the suite tells them by names with the mark of a run, and leaves all others alone.

A name is an org's own, so two orgs may have one alike, and it says nothing about the other's.
"""

from __future__ import annotations

from typing import Any

from conformance.contract.contract import NamedResource
from conformance.oracle.call import Call, ObjectInPath, Refusals


def make_fresh_key(session: Any, _caller: Any = None, _fact: Any = None) -> str:
    """Return a name that nothing has, so that the run may set it."""
    name: str = session.make_fresh_name()
    session.guard.allow_made(name)
    return name


class NameInPath(ObjectInPath):
    """The judge of a name in a path: whether the deletion of what is not there is refused is left open."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        fact = call.state.get_facts(named.name).get(value)
        if fact is None or not fact.is_owned_by(call.caller.org) or not call.state.is_certain(fact):
            found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
