"""Creations without an answer, and how the objects that they made are found in a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.mark import carries
from conformance.oracle.declaration import Requested, objects_in
from conformance.oracle.resource import Resource


@dataclass(frozen=True, slots=True)
class LostCreation:
    """One request that may have made an object whose id no answer showed."""

    resource: Resource
    org: str
    requested: Requested
    key: str | None = None
    """Of its entry in the ledger."""

    def found_in(self, listing: Any, mark: str, others: Collection[str]) -> Iterator[str]:
        """The ids of the listed objects that the creation made; others: the ids of what somebody else has."""
        for shown in own_objects(self.resource, listing):
            if shown["id"] in others:
                continue
            if carries(mark, self.requested.name):
                if shown.get("name") == self.requested.name:
                    yield shown["id"]
            elif self.requested.is_shown_by(shown):
                yield shown["id"]


def own_objects(resource: Resource, listing: Any, *, own: bool = True) -> Iterator[dict[str, Any]]:
    """The objects in the answer to a list that have an id and belong, or do not, to the org that was answered."""
    for shown in objects_in(listing):
        ownership = resource.access.shown_as(shown)
        if isinstance(shown.get("id"), str) and (ownership is not None and ownership.own) is own:
            yield dict(shown)
