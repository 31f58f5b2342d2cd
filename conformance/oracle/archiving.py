"""The right answers of operations that archive objects and take them into use again, whatever the objects are."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.contract import Provenance
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.behavior import Behavior, Refusal
from conformance.oracle.declaration.lifetime import Archiving, KeptInUse, Parent
from conformance.oracle.declaration.registry import find_resource, find_resource_archived
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import AllowedChange

NOT_ARCHIVED = "not_archived"
KEPT, FREE = "ARCHIVE-ACTIVE-REFUSED", "ARCHIVE-INACTIVE-FREE"
RULE, KEEPS, PARENT_FIRST = "ARCHIVE-NOT-ARCHIVED", "ARCHIVE-STAMPS", "ARCHIVE-PARENT-FIRST"
AGAIN, INVALID = "ARCHIVE-AGAIN", "invalid_state"


def list_behaviors(resource: str, archiving: Archiving, parent: Parent | None = None) -> tuple[Behavior, ...]:
    """Return the operations that archive an object and take it into use again.

    They are refused by whether it, or what it is based on, is archived, and by whether something keeps it in use.
    """

    def unarchive(call: Call, refusals: Refusals) -> None:
        fact = call.find_object(resource)
        if fact is not None and not fact.archived:
            refusals.add(409, NOT_ARCHIVED, RULE)
        if fact is not None and parent is not None:
            refusals.add_if(409, parent.refused, PARENT_FIRST, so=_is_archived(call.state, parent, fact))

    law, kept = AllowedChange(archiving.moves, keeps=KEEPS), archiving.kept_by
    return (
        Behavior(archiving.by, refuses=_refuse_while_kept(resource, kept) if kept else None, may_change=law),
        Behavior(
            archiving.undone_by,
            refuses=unarchive,
            may_change=law,
            blames={parent.refused: PARENT_FIRST} if parent else {},
        ),
    )


def _is_archived(state: State, parent: Parent, fact: Fact) -> bool | None:
    """Return whether what an object is based on is archived; None where the run cannot know."""
    based_on = state.get_facts(parent.resource).get(str(fact.shown.get(parent.field)))
    return based_on.archived if based_on is not None and state.is_certain(based_on) else None


def _refuse_while_kept(resource: str, kept: KeptInUse) -> Refusal:
    """Return the refusal to archive an object of the resource while something of it runs.

    One that is archived may be refused or left as it is. Of what the run did not make others may have had something
    run meanwhile.
    """

    def archive(call: Call, refusals: Refusals) -> None:
        fact, state = call.find_object(resource), call.state
        if fact is None:
            return
        holders = _list_holders(state, kept, fact)
        running = [each for each in _list_running(state, kept, holders) if state.is_certain(each)]
        leaving = [each for each in running if each.is_passing and each.shown[kept.shown_in] in kept.assumed]
        if fact.archived:
            refusals.add_possible(409, INVALID, AGAIN)
        if leaving == running and running:  # they may have come to rest by now
            refusals.add_possible(409, kept.refused, KEPT)
        elif running and not fact.archived:
            assumed = all(each.shown[kept.shown_in] in kept.assumed for each in running)
            provenance = Provenance.ASSUMED if assumed else Provenance.SEED
            refusals.add(409, kept.refused, KEPT, provenance=provenance)
        elif running or _may_run(state, kept, holders) or not _are_all_known(state, kept, [fact, *holders]):
            refusals.add_possible(409, kept.refused, KEPT)

    return archive


def _list_holders(state: State, kept: KeptInUse, fact: Fact) -> list[Fact]:
    """Return the objects whose running may keep the object in use: itself, or those based on it."""
    if fact.resource == kept.of:
        return [fact]
    holding = find_resource(kept.of)
    if holding is None or holding.parent is None:
        return []
    field = holding.parent.field
    return [each for each in state.get_facts(kept.of).values() if each.shown.get(field) == fact.id]


def _list_running(state: State, kept: KeptInUse, holders: list[Fact]) -> list[Fact]:
    found = (each for each in _list_possible_holders(state, kept, holders) if kept.field in each.shown)
    return [each for each in found if each.shown.get(kept.shown_in) in kept.running]


def _may_run(state: State, kept: KeptInUse, holders: list[Fact]) -> bool:
    """Return whether something may run of which it is not known by now whether it does."""
    return any({kept.field, kept.shown_in} - each.shown.keys() for each in _list_possible_holders(state, kept, holders))


def _list_possible_holders(state: State, kept: KeptInUse, holders: list[Fact]) -> list[Fact]:
    """Return the objects that would keep these in use if they ran, or may."""
    ids = {None, *(each.id for each in holders)}
    found = (each for each in state.get_facts(kept.by).values() if each.shown.get(kept.field) in ids)
    return [each for each in found if not each.archived]


def _are_all_known(state: State, kept: KeptInUse, facts: list[Fact]) -> bool:
    """Return whether nothing of these can run of which the run does not know."""
    lost = any(resource in (kept.by, kept.of) for resource, _ in state.unsettled)
    return not lost and all(each.made and state.is_certain(each) for each in facts)


def list_refusals_again(operation_id: str | None) -> frozenset[tuple[int, str]]:
    """Return the undeclared status and code by which an archiving may refuse what is archived already."""
    archiving = resource.archiving if (resource := find_resource_archived(operation_id)) else None
    return frozenset() if archiving is None or archiving.is_refused_again else frozenset({(409, INVALID)})


def build_blames(archiving: Archiving) -> Mapping[str, str]:
    """Return what refusing to archive an object, or to take it into use again, would break."""
    return {NOT_ARCHIVED: RULE, **({archiving.kept_by.refused: FREE} if archiving.kept_by else {})}
