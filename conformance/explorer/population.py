"""The objects of an expedition: one that everything is about first, and others that are like it on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from conformance.explorer.cast import Cast
from conformance.oracle.declaration.ownership import Ownership
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.recipes.making import create_owned
from conformance.session.harness import Harness

ALIKE, ABROAD, OTHER_KIND = "alike", "alike abroad", "of another kind"
BESIDE = (ALIKE, ABROAD, OTHER_KIND)
"""The objects that can stand beside the first: one like it in its org, one in another, and one made otherwise."""


def find_kinds(resource: Resource) -> tuple[Kind, ...]:
    """Return the kinds of a resource's objects: those that it declares, else one for each way an org's own stands."""
    if resource.kinds:
        return resource.kinds
    return tuple(_make_kind(resource, way) for way in resource.access.ownerships if way.is_own)


def _make_kind(resource: Resource, way: Ownership) -> Kind:
    return Kind(way.id, lambda session, org, _like: create_owned(session, resource, org, way))


@dataclass(slots=True)
class Population:
    """The objects that moves are about, in the order of their making; those that are gone too."""

    harness: Harness
    resource: Resource
    kind: Kind
    objects: list[Fact] = field(default_factory=list)
    lives: list[int] = field(default_factory=list)
    """The number of objects that there were in the place of each."""

    def make(self, cast: Cast, beside: Sequence[str]) -> None:
        """Make the first object in the lead's org, and the others, as far as they can be had."""
        self.add(self.kind.make(self.harness, cast.org, None))
        for fact in self._make_beside(cast, beside):
            self.add(fact)

    def _make_beside(self, cast: Cast, beside: Sequence[str]) -> Iterator[Fact]:
        first, harness = self.objects[0], self.harness
        for each in beside:
            with suppress(NotProvoked):
                if each == ALIKE:
                    yield self.kind.make(harness, cast.org, first)
                elif each == ABROAD and cast.outsider is not None and self.kind.is_owned:
                    yield self.kind.make(harness, cast.outsider.org, first)
                elif each == OTHER_KIND and (others := [k for k in find_kinds(self.resource) if k is not self.kind]):
                    yield others[0].make(harness, cast.org, first)

    def add(self, fact: Fact) -> None:
        """Add an object, unless it is there."""
        if fact.id not in {each.id for each in self.objects}:
            self.objects.append(fact)
            self.lives.append(1)

    def find(self, place: int) -> tuple[int, Fact]:
        """Return the index of an object, counted modulo their number, and its present or last fact."""
        at = place % len(self.objects)
        known = self.harness.knowledge.get_facts(self.resource.name).get(self.objects[at].id)
        if known is not None:
            self.objects[at] = known
        return at, self.objects[at]

    def make_again(self, place: int) -> Fact:
        """Make an object that is like the one in a place, which takes its place where that one is gone."""
        at, former = self.find(place)
        made = self.kind.make(self.harness, former.owner or self.objects[0].owner or "", former)
        if self.harness.knowledge.is_gone(self.resource.name, former.id):
            self.objects[at] = made
            self.lives[at] += 1
        else:
            self.add(made)
        return made
