"""A subject of an expedition: a resource with its objects, its callers, and what is known of how they look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conformance.contract.contract import Operation
from conformance.explorer.cast import Cast, choose_cast
from conformance.explorer.looks import Fail, Looker
from conformance.explorer.memory import SeenObjects
from conformance.explorer.moves import AGAIN, BILLING, PUT_IN, SET_UP, find_operations, find_writes
from conformance.explorer.parts import find_part_readings
from conformance.explorer.population import Population
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_set,
    list_resources,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.recipes.steps import find_steps
from conformance.session.harness import Harness


@dataclass(slots=True)
class ExploredResource:
    """One resource on an expedition."""

    harness: Harness
    resource: Resource
    kind: Kind
    fail: Fail
    population: Population = field(init=False)
    memory: SeenObjects = field(default_factory=SeenObjects)
    looker: Looker = field(init=False)
    cast: Cast = field(init=False)
    """The callers for the objects of the first org."""
    _casts: dict[str, Cast] = field(default_factory=dict)
    _archived: dict[str, bool] = field(default_factory=dict)
    """The answer to whether an object was archived when that was looked at last, by id."""

    def __post_init__(self) -> None:
        cast = choose_cast(self.harness, self.resource, find_writes(self.harness, self.resource))
        if cast is None:
            raise NotProvoked(f"no caller in the profile may change a {self.resource}")
        self.cast = self._casts[cast.org] = cast
        steps = find_steps(self.harness, self.resource, cast.lead, cast.outsider)
        self.looker = Looker(self.harness, self.resource, steps, self.memory, self.fail)
        self.population = Population(self.harness, self.resource, self.kind)

    def find_verbs(self, *, others: bool) -> Mapping[str, Operation | None]:
        """Return by name what can be done: operations, and moves that are none.

        `others`: objects are made, states asked for and postures changed, too.
        """
        found: dict[str, Operation | None] = dict(find_operations(self.harness, self.resource))
        if not others:
            found = {key: o for key, o in found.items() if o is not None and self.is_about_one(o)}
        elif self.harness.provider_states:
            found |= {f"{SET_UP} {n} of {self.resource}": None for n in range(len(self.looker.steps.set_ups))}
            found |= {f"{PUT_IN}: {part}": None for part in self.parts}
            found[BILLING] = None
        return {**found, f"{AGAIN}: {self.resource}": None}

    @property
    def parts(self) -> Mapping[str, Resource]:
        """The resources of which something can be put into an object, by name."""
        found = (each.part for each in find_part_readings(self.harness.contract, self.resource))
        return {each.name: each for each in found if not each.within}

    def is_about_one(self, operation: Operation) -> bool:
        """Return whether the operation is about one object, and makes none."""
        return (find_resource_in_path(operation) or find_resource_set(operation)) is self.resource

    def find_cast(self, fact: Fact) -> Cast:
        """Return the callers of the object's org; the usual cast where none of them may change it."""
        org = fact.owner or self.cast.org
        if org not in self._casts:
            found = choose_cast(self.harness, self.resource, find_writes(self.harness, self.resource), org)
            self._casts[org] = found or self.cast
        return self._casts[org]

    def touch_archived(self) -> None:
        """Forget how those objects look that were archived, or taken into use again, together with something else."""
        now = {fact.id: fact.archived for fact in self.harness.knowledge.get_facts(self.resource.name).values()}
        self.memory.touch(*(each for each, archived in now.items() if self._archived.get(each, archived) != archived))
        self._archived = now


def find_neighbours(harness: Harness, resource: Resource) -> Iterator[Resource]:
    """Yield the resources whose objects name objects of this one: what is done to them may reach these."""
    types = harness.contract.types
    for each in list_resources():
        declared = types.get(each.name)
        named = {reference.to for reference in declared.refers.values()} if declared else set()
        named |= {each.parent.resource} if each.parent else set()
        made = any(operation_id in harness.contract.operations for operation_id in each.made_by)
        if resource.name in named and made and (harness.is_alone or not each.lasts) and find_resource(each.name):
            yield each
