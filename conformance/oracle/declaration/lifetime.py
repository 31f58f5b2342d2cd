"""The lifetime of a resource's objects: what they do by themselves, what keeps one in use, how one is archived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from conformance.oracle.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptInUse:
    """A reason not to archive an object: an object of another resource, not archived itself, that runs."""

    by: str
    """The resource of what runs."""
    field: str
    """The field of it that names what it is of."""
    of: str
    """The resource of what it is of: that of the object, or one of what is archived with the object."""
    running: frozenset[str]
    """The statuses in which it runs."""
    assumed: frozenset[str]
    """The statuses that the contract alone takes for running."""
    refused: str
    """The error code of what is refused."""
    counted: str
    """The key of the details that says how many run."""
    given: str
    """The key of `[known]` that names an object of which something runs; that may be tried to be archived."""
    shown_in: str = "status"
    """The field that has its status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The life of objects by themselves: they go from status to status, and some requests are served in some alone."""

    moves: frozenset[str]
    """The fields that change by themselves."""
    onward: Mapping[str, frozenset[str]]
    """The status that one comes to without anybody's doing, by status. What is absent stays."""
    stopped_by: str
    """The operation that brings one to rest, after which it takes a while."""
    all_stopped_by: frozenset[str]
    """The operations that bring several to rest."""
    at_rest: frozenset[str]
    """The statuses in which one rests, so that it can be put away."""
    taken: Mapping[str, tuple[str, ...]]
    """The statuses in which a plain request about one is served, the usual one first, by operation."""
    begins: Mapping[str, str]
    """The status that an operation begins with, by operation."""
    shown_in: str = "status"
    """The field that has the status."""
    bring: Callable[[Any, Fact, tuple[str, ...]], Fact] = lambda _, fact, __: fact
    """The function that brings an object into one of these statuses, where it stays if that can be had."""

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status that one may have."""
        onward = (each for found in self.onward.values() for each in found)
        taken = (each for found in self.taken.values() for each in found)
        return tuple(sorted({*self.onward, *onward, *taken, *self.begins.values(), *self.at_rest}))

    def list_steps(self, *operations: str) -> Mapping[str, frozenset[str]]:
        """Return the statuses that may come next, by itself or by one of these operations, by status."""
        found = dict(self.onward)
        for each in operations:
            found |= {at: found.get(at, frozenset()) | {self.begins[each]} for at in self.taken[each]}
        return found

    def goes_on(self, status: str) -> bool:
        """Return whether what has this status does not stay in it."""
        return status in self.onward

    def list_becoming(self, status: str) -> frozenset[str]:
        """Return the status, and all that it may become without anybody's doing."""
        return close_over(self.onward, status)


def close_over(steps: Mapping[str, Collection[str]], status: str) -> frozenset[str]:
    """Return the status, and all that is reached from it by any number of steps."""
    found, left = {status}, [status]
    while left:
        left += (new := {*steps.get(left.pop(), ())} - found)
        found |= new
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """Objects are taken out of use, and back; whoever may see one reads it by its id all the while."""

    by: str = ""
    """The operation that archives one; as the contract declares it where this is empty."""
    undone_by: str = ""
    """The operation that takes one into use again; likewise."""
    asked_for: str = "include_archived"
    """The query parameter with which the list has archived ones too."""
    shown_in: str = "archived_at"
    """The field that only an archived one has."""
    moves: frozenset[str] = frozenset({"archived_at", "updated_at"})
    """The fields that both change."""
    is_refused_again: bool = False
    """Whether what is archived cannot be archived again. Else that changes nothing."""
    by_state: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the state `<name> exists` that make an archived one, where it can."""
    kept_by: KeptInUse | None = None
    """The objects that keep one in use, so that it cannot be archived."""

    def find_keeper_key(self, resource: str) -> str | None:
        """Return the key of `[known]` that names an object of this resource that is kept in use.

        None where there is none.
        """
        return self.kept_by.given if self.kept_by and self.kept_by.of == resource else None

    def is_listed(self, query: str) -> bool:
        """Return whether a list that was asked for with this query has archived ones."""
        return parse_qs(query).get(self.asked_for) == ["true"]


def asks_for_fewer(query: str, archiving: Archiving | None) -> bool:
    """Return whether a list with this query may hold fewer objects than without, archived ones aside."""
    return not parse_qs(query, keep_blank_values=True).keys() <= {archiving.asked_for if archiving else ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The object that another is based on: archiving it archives that too, which comes back only after it."""

    resource: str
    field: str
    """The field of the object that names it."""
    refused: str
    """The error code of what is refused while it is archived."""
