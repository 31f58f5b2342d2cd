"""Moves: what can be done to an object of the population, as values that can be taken again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from conformance.contract.contract import Contract, Operation
from conformance.explorer.sending import USUAL
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_set
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import INACTIVE, Fact, State
from conformance.oracle.law import AllowedChange
from conformance.recipes.bodies import find_members
from conformance.recipes.steps import list_operations_about
from conformance.session.harness import Harness

AGAIN, BILLING, SET_UP, PUT_IN = "made again", "billing", "set-up", "put in"
"""Moves that are no operation.

An object like this one is made, the org's posture changes, a state is asked for, a part is put into the object.
"""
POSTURES = ("active", *INACTIVE, "active", "trial")
CHOICES = 8
TIMES = (1, 2, 6)
"""The number of times in a row that a move is taken: some things break at the second or the sixth change only."""
GONE, ARCHIVED, NEW_LIFE = "gone", "archived", "second life"


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do to one object."""

    verb: str
    """The id of an operation, or one of the moves that are none."""
    who: str
    """The class of the caller."""
    object: int
    """The place of the object in the population, counted through, so that none is ever out of place."""
    choice: int = 0
    times: int = 1
    way: str = USUAL
    """The way in which the request is sent."""
    drawn: int = 0
    """The draw by which a field of its body has a value of any kind that it may have; 0: as is usual."""
    beside: str = ""
    """The id of an operation on the same object that is under way at once with it; empty: none is."""


def find_writes(harness: Harness, resource: Resource) -> tuple[Operation, ...]:
    """Return the operations that change an object: those that leave its content first, that which removes it last."""
    every = (o for o in harness.contract.operations.values() if not o.is_safe)
    found = [o for o in every if (find_resource_in_path(o) or find_resource_set(o)) is resource]
    order = ("stays", "part", "whole")

    def rank(operation: Operation) -> tuple[bool, int]:
        law = resource.find_behavior(operation.operation_id).may_change or AllowedChange()
        return operation.operation_id == resource.removed_by, order.index(law.content)

    return tuple(sorted(found, key=rank))


def find_operations(harness: Harness, resource: Resource) -> Mapping[str, Operation]:
    """Return by id the operations that make an object of the resource or change one, in the order of `find_writes`."""
    writes = find_writes(harness, resource)
    makes = (each for each in list_operations_about(resource, harness.contract.operations) if not each.is_safe)
    return {each.operation_id: each for each in (*writes, *makes)}


def describe_state(state: State, resource: Resource, fact: Fact, lives: int) -> str:
    """Return the state of an object in words: status, choices of an enum, and whether it is a second one."""
    if state.is_gone(resource.name, fact.id):
        return GONE
    chosen = [f"{name} {fact.shown[name]}" for name in _find_choices(state, resource) if fact.shown.get(name)]
    words = [*chosen, *([ARCHIVED] if fact.archived else []), *([NEW_LIFE] if lives > 1 else [])]
    return ", ".join(words) or "there"


def list_states(state: State, resource: Resource) -> Sequence[str]:
    """Return the states that an object may be in, in the words of `describe_state`; some of them cannot be."""
    choices = _find_choices(state, resource)
    if resource.life is not None:
        values = [[f"{choices[0]} {each}" for each in resource.life.statuses]]
    else:
        enums = _find_enums(state.contract, resource)
        values = [[f"{name} {value}" for value in enums[name]] for name in choices]
    marks = [["", ARCHIVED] if resource.archiving else [""], ["", NEW_LIFE] if resource.removed_by else [""]]
    words = (", ".join(filter(None, each)) or "there" for each in product(*values, *marks))
    return (*words, *([GONE] if resource.removed_by else []))


def _find_choices(state: State, resource: Resource) -> Sequence[str]:
    """Return the fields whose value is a state of the object: its status, and those of an enum that a write changes."""
    if resource.life is not None:
        return (resource.life.shown_in,)
    laws = (each.may_change for each in resource.operations)
    moved = {name for law in laws if law is not None for name in law.moves}
    return sorted(moved & _find_enums(state.contract, resource).keys())


@cache
def _find_enums(contract: Contract, resource: Resource) -> Mapping[str, tuple[str, ...]]:
    """Return the fields of the bodies of a resource's writes that choose of an enum, with what they choose of."""
    found = dict[str, tuple[str, ...]]()
    for operation in contract.operations.values():
        if find_resource_in_path(operation) is resource:
            found |= {name: tuple(filter(None, each)) for name, each in find_members(contract, operation).items()}
    return found
