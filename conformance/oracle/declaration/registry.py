"""The resources of the contract at hand, and which of them an operation is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from conformance.contract.contract import Operation
from conformance.oracle.declaration.lifetime import Parent
from conformance.oracle.declaration.resource import Resource

_WRITTEN: dict[str, Resource] = {}
_AT_HAND: dict[str, Resource] = {}
_TENANCY: list[str] = []
"""The field that names an org, by the contract at hand; nothing where that has none."""


def register(resource: Resource) -> Resource:
    """Enter a resource; ValueError where its name is taken, or it declares an operation twice."""
    if resource.name in _WRITTEN:
        raise ValueError(f"the resource {resource.name!r} is registered twice")
    declared = Counter(each.operation_id for each in resource.operations)
    if twice := [each for each, count in declared.items() if count > 1]:
        raise ValueError(f"the resource {resource.name!r} declares {', '.join(twice)} twice")
    _WRITTEN[resource.name] = _AT_HAND[resource.name] = resource
    _forget()
    return resource


def list_written_resources() -> Mapping[str, Resource]:
    """Return by name what was entered by its home, as it was entered."""
    return _WRITTEN


def use(found: Iterable[Resource], tenancy: str | None) -> None:
    """Take these for the resources from now on, in place of those of the contract before.

    `tenancy`: the field of an object that names its org.
    """
    named = {each.name: each for each in found}
    _AT_HAND.clear()
    _AT_HAND.update(named)
    _TENANCY[:] = [] if tenancy is None else [tenancy]
    _forget()


def find_org_field() -> str:
    """Return the field that names an org, in objects and in sessions.

    Empty where the API of the contract at hand has none.
    """
    return next(iter(_TENANCY), "")


def _forget() -> None:
    for found in (find_resource_of, find_resource_made, find_resource_archived, leaves_something):
        found.cache_clear()


def list_resources() -> Iterable[Resource]:
    """Return every resource of the contract: those with a home in the order of registration, then the others."""
    return _AT_HAND.values()


def find_resource(name: str) -> Resource | None:
    """Return the resource that `x-resource` names so; None where the suite knows none."""
    return _AT_HAND.get(name)


def require_resource(name: str) -> Resource:
    """Return the resource of this name; LookupError where the suite knows none."""
    if (found := _AT_HAND.get(name)) is None:
        raise LookupError(f"the suite knows no resource {name!r}")
    return found


@cache
def find_resource_of(operation: Operation) -> Resource | None:
    """Return the resource that an operation is about: the last that its path names, else the one it lists or makes.

    Of an operation that does neither, the one that says by what state it is refused.
    """
    for named in reversed(operation.resources):
        if found := _AT_HAND.get(named.name):
            return found
    lists = (each for each in list_resources() if each.listed_by == operation.operation_id)
    found = next(lists, None) or find_resource_made(operation)
    return found or find_refusing_resource(operation)


def concerns(operation: Operation, resource: Resource) -> bool:
    """Return whether the operation is about objects of the resource, about what is in one, or about their list."""
    return resource in (find_resource_of(operation), find_resource_in_path(operation), find_resource_made(operation))


def find_refusing_resource(operation: Operation) -> Resource | None:
    """Return the resource whose state decides whether the operation is refused."""
    return next((each for each in list_resources() if each.find_behavior(operation.operation_id).refuses), None)


def find_resource_in_path(operation: Operation) -> Resource | None:
    """Return the resource of which an object has to be there: the first that the path names."""
    return next((found for named in operation.resources if (found := _AT_HAND.get(named.name))), None)


@cache
def find_resource_made(operation: Operation) -> Resource | None:
    """Return the resource of which the operation makes an object."""
    name = operation.operation_id
    return next((each for each in list_resources() if name in each.made_by or each.find_behavior(name).beside), None)


@cache
def find_resource_listed(operation: Operation) -> Resource | None:
    """Return the resource of which the operation lists the objects that are in another one."""
    return next((each for each in list_resources() if each.listed_in == operation.operation_id), None)


@cache
def find_resource_archived(operation_id: str | None) -> Resource | None:
    """Return the resource of which the operation archives an object."""
    return next((each for each in list_resources() if each.archiving and each.archiving.by == operation_id), None)


@cache
def leaves_something(operation: Operation) -> bool:
    """Return whether the operation puts something into an object that nobody can remove from it again."""
    return any(each.find_behavior(operation.operation_id).leaves_something for each in list_resources())


def find_resource_set(operation: Operation) -> Resource | None:
    """Return the resource of which the operation makes or changes the object that its path names."""
    return find_resource_made(operation) if operation.names_object and not operation.resources else None


def list_known_keys(of: Callable[[Resource], bool] = lambda _: True) -> Mapping[str, str]:
    """Return every key that `[known]` of a profile may have beside `expendable`, and what it gives.

    `of`: of those resources alone of which this holds.
    """
    found: dict[str, str] = {}
    for resource in filter(of, list_resources()):
        for ownership in reversed(resource.access.ownerships):
            if key := resource.find_known_key(ownership):
                found[key] = f"{ownership.words.format(resource)}, for the ownership rules"
        found |= {**resource.known, **resource.choices}
        kept = resource.archiving.find_keeper_key(resource.name) if resource.archiving else None
        if kept is not None:
            found[kept] = f"a {resource} that something keeps in use: it is tried to be archived"
    return found


def list_based_on(resource: Resource) -> Iterable[tuple[Resource, Parent]]:
    """Return the resources whose objects are based on those of this one, and how."""
    return ((each, each.parent) for each in list_resources() if each.parent and each.parent.resource == resource.name)


def describe_makeable(of: Callable[[Resource], bool] = lambda _: True) -> str:
    """Return the resources that a run makes objects of, in the words of a message.

    They are those alone of which this holds.
    """
    made = (resource for resource in list_resources() if resource.made_by and of(resource))
    named = [f"{resource}s".replace("_", " ") for resource in made]
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))


def count_depth(resource: Resource) -> int:
    """Return how many others one is based on or holds, each on the next: what is deeper is put away first."""
    parent = find_resource(resource.parent.resource) if resource.parent else None
    kept = (each.archiving.kept_by for each in list_resources() if each.archiving and each.archiving.kept_by)
    holding = next((each.of for each in kept if each.by == resource.name), None)
    above = parent or (find_resource(holding) if holding else None)
    return count_depth(above) + 1 if above else 0
