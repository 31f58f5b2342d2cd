"""The part of a contract that a target serves, as its profile says."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NoReturn, TypeVar

from conformance.contract.contract import Cell, Contract, Operation, Rule, is_named
from conformance.contract.routing import find_route
from conformance.oracle.declaration.registry import find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.profile import Profile, ProfileError

T = TypeVar("T")


class NotServed(NotProvoked):
    """Raised where a rule needs an operation that the target does not serve; the message names it."""

    def __init__(self, *operations: Operation | str) -> None:
        named = (each if isinstance(each, str) else f"{each.method} {each.path}" for each in operations)
        *others, last = named
        super().__init__(f"{', '.join(others)} and {last} are not served" if others else f"{last} is not served")


class ServedOperations(dict[str, Operation]):
    """The served operations by id. To look up another one raises NotServed, whether the contract declares it or not."""

    def __init__(self, served: Mapping[str, Operation], declared: Mapping[str, Operation]) -> None:
        super().__init__(served)
        self._declared = declared

    def __missing__(self, operation_id: str) -> NoReturn:
        raise NotServed(self._declared.get(operation_id, operation_id))


def narrow_to_profile(contract: Contract, profile: Profile) -> Contract:
    """Return the part of the contract that the target of a profile serves, all of it where the profile names none.

    Raises ProfileError where a pattern of the profile matches no operation, or where nothing is left.
    """
    if not (profile.operations or profile.not_served):
        return replace(contract, operations=ServedOperations(contract.operations, contract.operations))
    served = (
        match_operations(contract, profile.operations, "target.operations")
        if profile.operations
        else contract.operations
    )
    left_out = match_operations(contract, profile.not_served, "target.not_served")
    return narrow(contract, [each for each in served if each not in left_out])


def narrow(contract: Contract, served: Iterable[str]) -> Contract:
    """Return the contract with these operations alone, in its own order; ProfileError where there is none."""
    chosen = frozenset(served)
    operations = {name: each for name, each in contract.operations.items() if name in chosen}
    if not operations:
        raise ProfileError("target.not_served: leaves no operation of the contract that could be judged")
    if len(operations) == len(contract.operations):
        return contract
    about = (each for each in contract.rules.values() if not each.operations or _is_about(each, operations))
    rules = {each.id: each for each in about}
    served_ones = ServedOperations(operations, contract.whole.operations)
    return replace(contract, operations=served_ones, rules=rules, part_of=contract.whole)


def _is_about(rule: Rule, operations: Iterable[str]) -> bool:
    return any(is_named(each, rule.operations) for each in operations)


def match_operations(contract: Contract, patterns: Iterable[str], place: str) -> dict[str, None]:
    """Return the ids of the operations that any of the patterns matches; ProfileError where one matches none."""
    found: dict[str, None] = {}
    for pattern in patterns:
        ids = [each for each in contract.operations if is_named(each, [pattern])]
        if not ids:
            raise ProfileError(
                f"{place}: {pattern!r} matches no operation of the contract; {_guess_operation(contract, pattern)}"
            )
        found |= dict.fromkeys(ids)
    return found


def is_served(contract: Contract, *values: object) -> bool:
    """Return whether all of these are served, as far as they are operations, ids of some, cells or resources."""
    return all(_is_served(contract, value) for value in values)


def _is_served(contract: Contract, value: object) -> bool:
    if isinstance(value, Resource):
        return any(find_resource_of(each) is value for each in contract.operations.values())
    named = value.operation_id if isinstance(value, Operation | Cell) else value
    return not isinstance(named, str) or named in contract.operations or named not in contract.whole.operations


def as_far_as_served(*looks: Callable[[], T]) -> list[T]:
    """Return what comes of each of these that needs nothing which the target does not serve; NotServed where none is.

    So a rule that is seen by several answers is judged by those that there are.
    """
    found: list[T] = []
    without: list[NotServed] = []
    for look in looks:
        try:
            found.append(look())
        except NotServed as reason:
            without.append(reason)
    if without and not found:
        raise without[0]
    return found


def find_unserved_operation(contract: Contract, method: str, path: str) -> Operation | None:
    """Return the operation that a request is for where the target does not serve it, else None."""
    if contract.part_of is None:
        return None
    operation = find_route(contract.whole, method, path).operation
    return None if operation is None or operation.operation_id in contract.operations else operation


def describe_answering(answers: Iterable[tuple[str, object]]) -> str:
    """Return in words that operations answer which are not served, as the profile says; each with its answer."""
    statuses, named = "404, 405 or 501", ", ".join(f"{name} ({answer})" for name, answer in answers)
    return f"not served, as the profile says, but they answer otherwise than with {statuses}: {named}"


def _guess_operation(contract: Contract, pattern: str) -> str:
    groups = dict.fromkeys(f"{each.partition('.')[0]}.*" for each in contract.operations)
    near = difflib.get_close_matches(pattern, groups if "*" in pattern else contract.operations, n=1)
    return f"did you mean {near[0]}?" if near else f"patterns of it are {', '.join(groups)}"
