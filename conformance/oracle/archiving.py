"""What is right for operations that archive objects and take them into use again, whatever the objects are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.oracle import running
from conformance.oracle.call import Call, Refusals, WrongfulRefusal
from conformance.oracle.declaration import Archiving, Parent
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import Law
from conformance.oracle.resource import Refusal

NOT_ARCHIVED = "not_archived"
RULE, KEEPS, PARENT_FIRST = "ARCHIVE-NOT-ARCHIVED", "ARCHIVE-STAMPS", "ARCHIVE-PARENT-FIRST"


def refusals_of(resource: str, archiving: Archiving, parent: Parent | None = None) -> Mapping[str, Refusal]:
    """By operation: the refusals of a resource's objects by whether they, or what they are based on, are archived.

    And by whether something keeps them in use.
    """

    def unarchive(call: Call, refusals: Refusals) -> None:
        fact = call.object_of(resource)
        if fact is not None and not fact.archived:
            refusals.add(409, NOT_ARCHIVED, RULE)
        if fact is not None and parent is not None:
            archived = _is_archived(call.state, parent, fact)
            if archived is not False:
                refusals.add(409, parent.refused, PARENT_FIRST, certain=archived is True)

    refusals_by: dict[str, Refusal] = {archiving.undone_by: unarchive}
    if archiving.kept_by is not None:
        refusals_by[archiving.by] = running.refusal_of(resource, archiving.kept_by)
    return refusals_by


def _is_archived(state: State, parent: Parent, fact: Fact) -> bool | None:
    """Whether what an object is based on is archived; None where the run cannot know."""
    based_on = state.facts(parent.resource).get(str(fact.shown.get(parent.field)))
    return based_on.archived if based_on is not None and state.certain(based_on) else None


def laws_of(archiving: Archiving) -> Mapping[str, Law]:
    """By operation: what archiving changes of its object."""
    law = Law(archiving.moves, keeps=KEEPS)
    return {archiving.by: law, archiving.undone_by: law}


def wrongful(archiving: Archiving) -> Iterator[WrongfulRefusal]:
    """What refusing to archive an object, or to take it into use again, would break."""
    yield NOT_ARCHIVED, RULE
    if archiving.kept_by is not None:
        yield archiving.kept_by.refused, running.FREE
