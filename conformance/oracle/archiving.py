"""What is right for operations that archive objects and take them into use again, whatever the objects are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.oracle.call import Call, Refusals, WrongfulRefusal
from conformance.oracle.declaration import Archiving
from conformance.oracle.law import Law
from conformance.oracle.resource import Refusal

NOT_ARCHIVED = "not_archived"
RULE, KEEPS = "ARCHIVE-NOT-ARCHIVED", "ARCHIVE-STAMPS"


def refusals_of(resource: str, archiving: Archiving) -> Mapping[str, Refusal]:
    """By operation: the refusals of a resource's objects by whether they are archived."""

    def unarchive(call: Call, refusals: Refusals) -> None:
        fact = call.object_of(resource)
        if fact is not None and not fact.archived:
            refusals.add(409, NOT_ARCHIVED, RULE)

    return {archiving.undone_by: unarchive}


def laws_of(archiving: Archiving) -> Mapping[str, Law]:
    """By operation: what archiving changes of its object."""
    law = Law(archiving.moves, keeps=KEEPS)
    return {archiving.by: law, archiving.undone_by: law}


def wrongful(_call: Call) -> Iterator[WrongfulRefusal]:
    """What refusing to take an archived object into use again would break."""
    yield NOT_ARCHIVED, RULE
