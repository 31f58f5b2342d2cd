"""What keeps an object from being archived: objects of another resource that run, as far as the run knows."""

from __future__ import annotations

from conformance.contract.contract import Provenance
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration import KeptInUse
from conformance.oracle.facts import Fact, State
from conformance.oracle.resource import Refusal, resource_named

REFUSED, FREE = "ARCHIVE-ACTIVE-REFUSED", "ARCHIVE-INACTIVE-FREE"


def refusal_of(resource: str, kept: KeptInUse) -> Refusal:
    """The refusal to archive an object of the resource while something of it runs.

    One that is archived may be refused or left as it is. Of what the run did not make others may have had something
    run meanwhile.
    """

    def archive(call: Call, refusals: Refusals) -> None:
        fact, state = call.object_of(resource), call.state
        if fact is None:
            return
        holders = _holders(state, kept, fact)
        running = [each for each in _running(state, kept, holders) if state.certain(each)]
        if running and not fact.archived:
            assumed = all(each.shown[kept.shown_in] in kept.assumed for each in running)
            provenance = Provenance.ASSUMED if assumed else Provenance.SEED
            refusals.add(409, kept.refused, REFUSED, provenance=provenance)
        elif running or not _all_known(state, kept, [fact, *holders]):
            refusals.add_possible(409, kept.refused, REFUSED)

    return archive


def _holders(state: State, kept: KeptInUse, fact: Fact) -> list[Fact]:
    """Of what something may run that keeps the object in use: the object itself, or what is based on it."""
    if fact.resource == kept.of:
        return [fact]
    holding = resource_named(kept.of)
    if holding is None or holding.parent is None:
        return []
    field = holding.parent.field
    return [each for each in state.facts(kept.of).values() if each.shown.get(field) == fact.id]


def _running(state: State, kept: KeptInUse, holders: list[Fact]) -> list[Fact]:
    ids = {each.id for each in holders}
    found = (each for each in state.facts(kept.by).values() if each.shown.get(kept.field) in ids)
    return [each for each in found if not each.archived and each.shown.get(kept.shown_in) in kept.running]


def _all_known(state: State, kept: KeptInUse, facts: list[Fact]) -> bool:
    """Whether nothing of these can run of which the run does not know."""
    lost = any(resource in (kept.by, kept.of) for resource, _ in state.unsettled)
    return not lost and all(each.made and state.certain(each) for each in facts)
