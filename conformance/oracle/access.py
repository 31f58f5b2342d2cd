"""Right answers where access is narrowed: to own objects, or to the features that an org has."""

from __future__ import annotations

from conformance.contract.contract import NamedResource
from conformance.oracle.breach import DataEffect
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.ownership import PersonalObjects, SwitchableFeature
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State

DENIED = (403, "permission_denied")
OFF = "SUBSYSTEM-DISABLED"
"""The rule of what an org is without."""


def refuse_what_is_anothers(call: Call, resource: Resource, value: str, named: NamedResource, found: Refusals) -> None:
    """Add the refusal where the object that the path names is, or may be, kept from the caller."""
    personal, fact = resource.access.personal, call.state.get_facts(resource.name).get(value)
    if personal is None:
        return
    hidden: bool | None
    if fact is not None:
        hidden = resource.hides(call.state, fact, call.caller, call.operation)
    else:
        possible = resource.narrows(call.caller, call.operation) and not call.state.is_gone(resource.name, value)
        hidden = None if possible else False
    if hidden is not False:
        certain = hidden is True and fact is not None and knows_whose(call.state, personal, fact)
        effect = DataEffect.LEAKED if call.operation.is_safe else DataEffect.LOST
        below = call.operation.operation_id != resource.shown_by and personal.below
        for status, code in {personal.refusal or (404, named.not_found), *((DENIED,) if below else ())}:
            found.add(status, code, below or personal.hidden, certain=certain, effect=effect)


def knows_whose(state: State, personal: PersonalObjects, fact: Fact) -> bool:
    """Return whether it is certain whose the object is, if it is there; of recorded ones where that never changes."""
    return state.is_certain(fact) or (state.is_recorded and personal.stays is not None)


def refuse_while_off(call: Call, off: SwitchableFeature, found: Refusals) -> None:
    """Add the refusal while the org is without the part; it is possible wherever others may switch it off."""
    if call.caller.org in call.state.get_facts(off.state):
        found.add(503, off.code, OFF)
    elif not call.state.is_closed:
        found.add_possible(503, off.code, OFF)


def switch_off(state: State, off: SwitchableFeature, org: str) -> State:
    """Return the state after a part of the API was switched off for an org."""
    return state.with_fact(Fact(resource=off.state, id=org))
