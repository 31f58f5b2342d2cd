"""Marks of a test: the one rule that it judges, and the values that it is parametrized over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from conformance.budget import Budget, BudgetPart
from conformance.contract.contract import Contract, Operation, Rule
from conformance.contract.conventions import CONVENTIONS
from conformance.contract.file import load
from conformance.contract.routing import index_paths
from conformance.needs import CALLER, Need
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.served import NotServed, is_served
from conformance.profile import Caller, Profile
from conformance.results.plain_text import count_noun

RULE = "conformance_rule"
JUDGES = "conformance_judges"
"""The function that says which rules of a law a case judges."""
OPERATION = "operation"
"""The parameter of a test that judges one operation after the other."""
OVER = "conformance_over"
LONG = "conformance_long"
IN_FULL = "conformance_in_full"
SENDS = "conformance_sends"
ABOUT = "conformance_about"
WHOLE_PATH = "conformance_whole_path"
NEEDS = "conformance_needs"

UNDECLARED = frozenset({"not_found", "method_not_allowed"})
"""Codes of requests that are for no operation, so that none declares them."""

F = TypeVar("F", bound=Callable[..., object])
Deal = Callable[[pytest.Mark, list[Any]], Sequence[Any]]
"""The function that keeps some of the cases that an `over` mark gives, as pytest takes them."""


class BindingError(Exception):
    """A test cites no rule, an unknown one, or one of another file; the message names both."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The values that a test can be parametrized over."""

    contract: Contract
    profile: Profile
    budget: Budget
    chosen: Collection[str] = ()
    """The ids of the operations that are to be judged; none: all of them."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The contract's operations that are to be judged, in its order."""
        every = self.contract.operations
        return tuple(each for name, each in every.items() if not self.chosen or name in self.chosen)

    @property
    def callers(self) -> tuple[Caller, ...]:
        """The profile's callers, in its order."""
        return self.profile.callers

    def list_callers_of_each_kind(self, operation: Operation) -> list[Caller]:
        """Return one caller of each kind, by role and permission set, who may do the operation."""
        able = [each for each in self.callers if operation.permissions.are_held_by(each.held)]
        return list({(each.role, each.permission_set): each for each in reversed(able)}.values())


def rule(rule_id: str) -> Callable[[F], F]:
    """Mark a test as the judge of this rule of the contract."""
    return _mark_by(RULE, rule_id)


def law(*rule_ids: str, names: str, values: Callable[[Scope, Rule], Iterable[object]]) -> Callable[[F], F]:
    """Mark a test as the judge of several rules that say one thing of different operations.

    `names`, `values`: by what it is parametrized for each of the rules that the contract has.
    """

    def mark_test(function: F) -> F:
        return _mark_by(RULE, *rule_ids)(_mark_by(OVER, names, values, CALLER, True)(function))  # noqa: FBT003  # by rule

    return mark_test


def over(names: str, values: Callable[[Scope], Iterable[object]], need: Need = CALLER) -> Callable[[F], F]:
    """Parametrize a test by names as pytest does, with values that are known once the profile is.

    `need`: what the profile lacks where there is no value.
    """
    return _mark_by(OVER, names, values, need, False)  # noqa: FBT003  # of the one rule


def about(*patterns: str) -> Callable[[F], F]:
    """Mark a test that is about these operations of its rule alone, and has no parameter that says so."""
    return _mark_by(ABOUT, patterns)


def sends(requests: int) -> Callable[[F], F]:
    """Mark a test that sends about so many requests, for a dry run to say."""
    return _mark_by(SENDS, requests)


def about_the_whole_path(function: F) -> F:
    """Mark a test of which a case with one operation is about all operations of its path."""
    return _mark_by(WHOLE_PATH)(function)


def takes_long(function: F) -> F:
    """Mark a test that takes as long as a hundred others; several processes begin it early."""
    return _mark_by(LONG)(function)


def is_long(item: pytest.Item) -> bool:
    """Return whether a test is marked as one that takes long."""
    return item.get_closest_marker(LONG) is not None


def in_full(function: F) -> F:
    """Mark a test of which each budget judges every case."""
    return _mark_by(IN_FULL)(function)


def is_in_full(item: pytest.Item) -> bool:
    """Return whether each budget judges every case of a test."""
    return item.get_closest_marker(IN_FULL) is not None


def _mark_by(name: str, *arguments: object) -> Callable[[F], F]:
    mark: Callable[[F], F] = getattr(pytest.mark, name).with_args(*arguments)
    return mark


def parametrize_test(metafunc: pytest.Metafunc, scope: Scope, deal: Deal | None = None) -> None:
    """Parametrize a test by its `over` marks; several give every combination.

    A test that is spread over operations of which none is chosen stays without parameters, as `is_spread` says; so
    does a law of which the contract has no rule. `deal` keeps those of the cases that are to be judged, of each rule;
    where several marks are combined, that is known of their combinations alone.
    """
    if scope.chosen and metafunc.definition.get_closest_marker(WHOLE_PATH):
        scope = replace(scope, chosen=list_operations_beside(scope.contract, scope.chosen))
    markers = [*metafunc.definition.iter_markers(OVER)]
    deal = None if markers[1:] else deal
    for marker in markers:
        rules = [scope.contract.rules.get(each) for each in list_rules(metafunc.definition)]
        judged = [each for each in rules if each is not None] if marker.args[-1] else [None]
        spread = [_build_params(marker, scope, rule) for rule in judged]
        given = [each for cases in spread for each in (deal(marker, cases) if deal else cases)]
        if not given and marker.args[-1] and not scope.chosen:
            given = [_build_skipped(marker, rule, "nothing that the contract has is of this law") for rule in judged]
        if not given:
            return
        metafunc.parametrize(marker.args[0], given)


def _build_params(marker: pytest.Mark, scope: Scope, rule: Rule | None) -> list[Any]:
    """Return the values of an `over` mark as pytest takes them, or what is skipped where it has none.

    Empty where it is spread over operations of which none is chosen. `rule`: that of a law that they are for.
    """
    (_, given, need, _), names = marker.args, split_names(marker)
    values: Callable[[Scope], Iterable[Any]] = (lambda scope: given(scope, rule)) if rule else given
    found, lacks = _filter_served(values, scope)
    if scope.chosen and OPERATION in names:
        at = names.index(OPERATION)
        found = [each for each in found if (each[at] if names[1:] else each).operation_id in scope.chosen]
    if not found and scope.chosen and _filter_served(values, replace(scope, chosen=()))[0]:
        return []
    if rule and not found and not lacks and scope.callers:  # nothing that the contract has is of this rule of the law
        return []
    if cases := [each if names[1:] else (each,) for each in found]:
        return [_build_param(each, rule) for each in cases]
    reason = lacks or "the profile has no caller or object to judge it with"
    return [_build_skipped(marker, rule, reason, *([] if lacks else [getattr(pytest.mark, NEEDS)(need)]))]


def _build_skipped(marker: pytest.Mark, rule: Rule | None, reason: str, *marks: pytest.MarkDecorator) -> Any:
    """Return the one case of a mark that has no value."""
    nothing = (None,) * len(split_names(marker))
    return _build_param(nothing, rule, pytest.mark.skip(reason=reason), *marks, named=("none",))


def _build_param(
    values: tuple[Any, ...], rule: Rule | None, *marks: pytest.MarkDecorator, named: tuple[str, ...] = ()
) -> Any:
    """Return a case as pytest takes it; `rule`: that of a law that it judges."""
    said = [rule.id] if rule else []
    judged = (getattr(pytest.mark, JUDGES)(each) for each in said)
    return pytest.param(*values, marks=[*judged, *marks], id=_make_id((*said, *(named or values))))


def _filter_served(values: Callable[[Scope], Iterable[object]], scope: Scope) -> tuple[list[Any], str]:
    """Return the values about what the target serves; where only what it does not serve leaves none, that reason."""
    try:
        every = list(values(scope))
    except NotServed as reason:
        return [], str(reason)
    if scope.contract.part_of is None:
        return every, ""
    if served := [each for each in every if is_served(scope.contract, *(each if isinstance(each, tuple) else (each,)))]:
        return served, ""
    whole = replace(scope, contract=scope.contract.whole)
    without = every or list(values(whole))
    return [], "what it is about is not served" if without else ""


def list_rules(item: pytest.Item) -> tuple[str, ...]:
    """Return the ids of the rules that a test cites, of which a law has several; BindingError where it cites none."""
    marker = item.get_closest_marker(RULE)
    if marker is None:
        raise BindingError(f"{item.nodeid}: cites no rule; bind it with @rule")
    return marker.args


def find_rule(item: pytest.Item) -> str:
    """Return the id of the rule that a case judges; BindingError where its test cites none."""
    judged = item.get_closest_marker(JUDGES)
    return str(judged.args[0]) if judged else list_rules(item)[0]


def check_bound(items: Iterable[pytest.Item], contract: Contract) -> tuple[str, ...]:
    """Return the cited rules that do not apply; BindingError where one is of no contract, or stands in two files.

    One does not apply where the contract lacks a feature that it asks for, or has only others in its `x-rules`.
    """
    homes: dict[str, Path] = {}
    inapplicable: dict[str, None] = {}
    for item, cited in ((each, rule_id) for each in items for rule_id in list_rules(each)):
        if cited not in contract.rules:
            if cited not in {*contract.inapplicable, *contract.waived} and cited not in load().rules:
                raise BindingError(f"{item.nodeid}: cites {cited}, which x-rules of the contract does not have")
            inapplicable[cited] = None
        if homes.setdefault(cited, item.path) != item.path:
            raise BindingError(f"{cited} is claimed by {homes[cited].name} and {item.path.name}; a rule has one file")
    return tuple(inapplicable)


def describe_inapplicable(contract: Contract, cited: Collection[str]) -> tuple[str, ...]:
    """Return in words how many of the rules that the suite judges do not apply, and why; nothing where all do.

    That a document has nothing which a convention is about is no news.
    """
    reasons: dict[str, list[str]] = {}
    for name in (each for each in cited if each not in CONVENTIONS):
        lacking = " and ".join(contract.inapplicable.get(name, ()))
        why = f"the API has no {lacking}" if lacking else "x-rules does not have them"
        why = f"x-rules waives it: {contract.waived[name]}" if name in contract.waived else why
        reasons.setdefault(why, []).append(name)
    if contract.is_plain and reasons:
        told = "; ".join(f"{why}: {', '.join(sorted(names))}" for why, names in reasons.items())
        return (f"{count_noun(sum(map(len, reasons.values())), 'rule')} not applicable: {told}",)
    return tuple(
        f"{count_noun(len(names), 'rule')} not applicable, since {why}: {', '.join(sorted(names))}"
        for why, names in reasons.items()
    )


def describe_untested(contract: Contract, items: Iterable[pytest.Item]) -> tuple[str, ...]:
    """Return in words which rules of the contract no test of the suite is about; nothing where there are none."""
    untested = sorted(contract.rules.keys() - {cited for item in items for cited in list_rules(item)})
    return (f"no test of the suite is about {', '.join(untested)}, so nothing judges them",) if untested else ()


def describe_unserved(contract: Contract) -> tuple[str, ...]:
    """Return in words which codes of the closed enum no operation answers with; nothing where there are none."""
    declared = UNDECLARED | {each.code for each in contract.whole.cells}
    unserved = [code for code in contract.whole.error_codes if code not in declared]
    return (f"no operation answers with {', '.join(unserved)}, so nothing judges them",) if unserved else ()


def list_operations_beside(contract: Contract, chosen: Collection[str]) -> frozenset[str]:
    """Return the ids of the operations on the paths of these."""
    every = index_paths(contract).values()
    found = ({each.operation_id for each in methods.values()} for methods in every)
    return frozenset().union(*(ids for ids in found if not ids.isdisjoint(chosen)))


def split_names(marker: pytest.Mark) -> list[str]:
    """Return the names that an `over` mark parametrizes a test by."""
    return [name.strip() for name in marker.args[0].split(",")]


def is_spread(item: pytest.Item) -> bool:
    """Return whether a test has a value for each name that it is parametrized by: else it is no case."""
    given = read_parameters(item)
    return all(name in given for marker in item.iter_markers(OVER) for name in split_names(marker))


def find_operation(item: pytest.Item) -> str | None:
    """Return the id of the operation that a test is parametrized by; None where there is none."""
    operation = read_parameters(item).get(OPERATION)
    return operation.operation_id if isinstance(operation, Operation) else None


def find_part(item: pytest.Item) -> BudgetPart | None:
    """Return the part of what is drawn that a test takes; None where it takes none."""
    part = read_parameters(item).get("part")
    return part if isinstance(part, BudgetPart) else None


def read_parameters(item: pytest.Item) -> Mapping[str, object]:
    """Return the parameters of a test by name; empty where it has none."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


def _make_id(values: Iterable[Any]) -> str:
    return "-".join(filter(None, map(name_of_value, values)))


def name_of_value(value: Any) -> str:
    """Return the name that a parameter's value has in the ids of cases; empty where it has none."""
    if isinstance(value, Resource):
        return value.name if value.in_case_ids else ""
    if isinstance(value, Caller):
        return value.name
    return str(getattr(value, "id", value))


def list_needs(item: pytest.Item) -> tuple[Need, ...]:
    """Return what the profile lacks for a test that has no value to be parametrized by."""
    return tuple(marker.args[0] for marker in item.iter_markers(NEEDS))
