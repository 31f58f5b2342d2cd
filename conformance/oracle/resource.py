"""What the API is about: each resource registered once, and all that the suite needs to know of it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import State

Judge = Callable[[Call, str, str, Refusals], None]
"""Of a call, the value of a path parameter and the code of its 404: adds the refusals that are right for the value."""
Refusal = Callable[[Call, Refusals], None]
"""Of a call whose body is valid: adds the refusals that its operation's own meaning makes right."""
Effect = Callable[[Call, Exchange], State]
"""Of a call that succeeded, what its answer shows known already: the state after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of the contract."""

    name: str
    """As `x-resource` names it: the key of its facts, of `[known.<name>]`, and of the state `<name> exists`."""
    contract: tuple[str, ...] = ()
    """Operations about it whose path names none of its objects, such as list and create. Read by resource_of."""
    in_path: Judge
    """Whether the object that a path names is there, and whom it is for. Read by the oracle."""
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    """By operation id: refusals by state, beside those that hold for all. Read by the oracle."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """By operation id: what a success does that its answer does not show. Read by the oracle."""
    made: tuple[Any, ...] = ()
    """Ways to make one, the first that the target allows counts. Read by recipes, and by what needs an object."""
    removed_by: str | None = None
    """The operation that removes one; None: it goes with what it is in. Read by custody and the oracle."""
    causes: Mapping[str, Any] = field(default_factory=dict)
    """By error code: how it is provoked, and what that needs. Read by the recipes."""


_REGISTERED: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Enter a resource; ValueError where its name is taken."""
    if resource.name in _REGISTERED:
        raise ValueError(f"the resource {resource.name!r} is registered twice")
    _REGISTERED[resource.name] = resource
    return resource


def resources() -> Iterable[Resource]:
    """Every registered resource, in the order of registration."""
    return _REGISTERED.values()


def resource_named(name: str) -> Resource | None:
    """The resource that `x-resource` names so; None where it is not registered."""
    return _REGISTERED.get(name)


def resource_of(operation: Operation) -> Resource | None:
    """The resource that an operation is about: the last that its path names, else the one that lists it."""
    for named in reversed(operation.resources):
        if found := _REGISTERED.get(named.name):
            return found
    return next((each for each in resources() if operation.operation_id in each.contract), None)
