"""Binds a test to the one rule that it judges, and spreads it over operations, callers, packs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from conformance.contract.contract import Contract, Operation, Rule
from conformance.needs import CALLER, Need
from conformance.oracle.resource import Resource
from conformance.profile import Caller, Profile

RULE = "conformance_rule"
OVER = "conformance_over"
LONG = "conformance_long"
NEEDS = "conformance_needs"

F = TypeVar("F", bound=Callable[..., object])


class BindingError(Exception):
    """A test cites a rule that it cannot cite; the message names both."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a test may be spread over."""

    contract: Contract
    profile: Profile

    @property
    def operations(self) -> tuple[Operation, ...]:
        """In the contract's order."""
        return tuple(self.contract.operations.values())

    @property
    def callers(self) -> tuple[Caller, ...]:
        """In the profile's order."""
        return self.profile.callers


def rule(rule_id: str) -> Callable[[F], F]:
    """The test judges this rule of the contract."""

    def bind(function: F) -> F:
        marked: F = getattr(pytest.mark, RULE)(rule_id)(function)
        return marked

    return bind


def over(names: str, values: Callable[[Scope], Iterable[object]], need: Need = CALLER) -> Callable[[F], F]:
    """The test runs once for each value, which it takes by these names, as parametrize would have it.

    `need`: what a profile lacks that gives no value.
    """

    def spread(function: F) -> F:
        marked: F = getattr(pytest.mark, OVER)(names, values, need)(function)
        return marked

    return spread


def takes_long(function: F) -> F:
    """The test takes as long as a hundred others: it has its turn while several processes can share the rest."""
    marked: F = getattr(pytest.mark, LONG)(function)
    return marked


def spread_test(metafunc: pytest.Metafunc, scope: Scope) -> None:
    """Parametrize a test by each of its own `over`; by several every combination."""
    for marker in metafunc.definition.iter_markers(OVER):
        names, values, need = marker.args
        found = list(values(scope))
        if found:
            ids = [_id(value if "," in names else (value,)) for value in found]
            metafunc.parametrize(names, found, ids=ids)
        else:
            reason = "the profile has no caller or object to judge it with"
            marks = (pytest.mark.skip(reason=reason), getattr(pytest.mark, NEEDS)(need))
            skipped = pytest.param(*[None] * len(names.split(",")), marks=marks)
            metafunc.parametrize(names, [skipped], ids=["none"])


def rule_of(item: pytest.Item) -> str:
    """The id that a test cites; BindingError where it cites none."""
    marker = item.get_closest_marker(RULE)
    if marker is None:
        raise BindingError(f"{item.nodeid}: cites no rule; bind it with @rule")
    return str(marker.args[0])


def check_bound(items: Iterable[pytest.Item], rules: Mapping[str, Rule]) -> None:
    """BindingError unless every cited rule is one of the contract's and stands in one file."""
    homes: dict[str, Path] = {}
    for item in items:
        cited = rule_of(item)
        if cited not in rules:
            raise BindingError(f"{item.nodeid}: cites {cited}, which x-rules of the contract does not have")
        if homes.setdefault(cited, item.path) != item.path:
            raise BindingError(f"{cited} is claimed by {homes[cited].name} and {item.path.name}; a rule has one file")


def operation_of(item: pytest.Item) -> str | None:
    """The operation that a test judges, where it is spread over operations."""
    callspec = getattr(item, "callspec", None)
    operation = callspec.params.get("operation") if callspec else None
    return operation.operation_id if isinstance(operation, Operation) else None


def _id(values: Iterable[Any]) -> str:
    return "-".join(filter(None, map(_name, values)))


def _name(value: Any) -> str:
    if isinstance(value, Resource):
        return value.name if value.in_case_ids else ""
    if isinstance(value, Caller):
        return value.name
    return str(getattr(value, "id", value))


def needed_by(item: pytest.Item) -> tuple[Need, ...]:
    """What the profile lacks for a test that has nothing to be spread over."""
    return tuple(marker.args[0] for marker in item.iter_markers(NEEDS))
