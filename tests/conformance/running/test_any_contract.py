"""A contract that lacks features, roles, traits of its types, or rules: what asks for them is not applicable."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance import rules
from conformance.budget import QUICK
from conformance.contract.contract import Contract, ContractError
from conformance.contract.file import load
from conformance.contract.reader import read
from conformance.declared.compiler import use_contract
from conformance.oracle.served import narrow_to_profile
from conformance.profile import Caller, Profile
from conformance.running.binding import RULE, Scope, describe_unserved, find_rule, list_rules, parametrize_test
from tests.agreement.labels import add_labels

Way = tuple[str, ...]
DOCUMENT = add_labels()
ROOTS = ("x-features", "x-roles", "x-permission-sets", "x-rules", "x-resource-types")
WAYS: list[Way] = [(root, name) for root in ROOTS for name in DOCUMENT[root]]
WAYS += [
    ("x-resource-types", name, trait)
    for name, declared in DOCUMENT["x-resource-types"].items()
    for trait in declared
    if trait != "schema"
]
PROFILE = Profile(
    name="any",
    url="https://api.any.example/v1",
    callers=(
        Caller("first-owner", "org_first", "t1", role="owner", scopes=frozenset({"caps:write", "auth:write"})),
        Caller("first-member", "org_first", "t2", role="member", scopes=frozenset({"auth:write:own"})),
        Caller("second-owner", "org_second", "t3", role="owner", scopes=frozenset({"caps:write"})),
    ),
)


class Planned:
    """A test as pytest knows it before it has cases: its marks, and the cases that it is given."""

    def __init__(self, function: Any) -> None:
        self.nodeid, self.marks, self.cases = function.__name__, list(function.pytestmark), list[Any]()

    @property
    def definition(self) -> Planned:
        return self

    def iter_markers(self, name: str) -> Iterator[pytest.Mark]:
        return (mark for mark in self.marks if mark.name == name)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next(self.iter_markers(name), None)

    def parametrize(self, _names: str, values: list[Any]) -> None:
        self.cases += values


@pytest.fixture(autouse=True)
def _ours_again() -> Iterator[None]:
    yield
    use_contract(load())


def planned() -> list[Planned]:
    """Every test of the suite."""
    modules = (import_module(each.name) for each in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."))
    found = {function for module in modules for _, function in getmembers(module, isfunction)}
    return [Planned(each) for each in found if any(mark.name == RULE for mark in getattr(each, "pytestmark", ()))]


def without(*ways: Way) -> Contract:
    """The contract without what stands at these places; ContractError where a linter refuses that."""
    document = {**DOCUMENT, **{root: {**DOCUMENT[root]} for root in ROOTS}}
    for root, name, *trait in ways:
        if trait and name in document[root]:
            document[root][name] = {key: each for key, each in document[root][name].items() if key not in trait}
        elif not trait:
            document[root].pop(name, None)
    return narrow_to_profile(use_contract(read(Path("any.yaml"), document)), PROFILE)


def plan(contract: Contract) -> None:
    """Give each test that may apply its cases, as a dry run does."""
    scope = Scope(contract, PROFILE, QUICK)
    for each in planned():
        item = cast("Any", each)
        if any(cited in contract.rules for cited in list_rules(item)):
            parametrize_test(item, scope)
            assert find_rule(item)


# A plan draws values itself, to tell which parameters have limits.
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.nested_given])
@given(ways=st.sets(st.sampled_from(WAYS), min_size=1, max_size=8))
def test_whatever_a_contract_lacks_a_run_of_it_can_be_planned(ways: set[Way]) -> None:
    try:
        contract = without(*ways)
    except ContractError:
        return  # a linter refused it, and said where
    plan(contract)


@pytest.mark.parametrize("root", ["x-features", "x-permission-sets", "x-resource-types"])
def test_without_all_of_a_kind_a_run_can_be_planned(root: str) -> None:
    plan(without(*(way for way in WAYS if way[0] == root and len(way) == 2)))


def test_an_operation_that_the_contract_has_not_is_not_served() -> None:
    document = {**DOCUMENT, "x-rules": {**DOCUMENT["x-rules"]}}
    document["paths"] = {path: each for path, each in DOCUMENT["paths"].items() if path.startswith("/labels")}
    document["x-features"] = {"tenancy": DOCUMENT["x-features"]["tenancy"]}
    document["x-resource-types"] = {"label": DOCUMENT["x-resource-types"]["label"]}
    document["x-rules"] = {
        name: {**rule, "operations": ["labels.*"]} if "operations" in rule else rule
        for name, rule in DOCUMENT["x-rules"].items()
    }
    contract = narrow_to_profile(use_contract(read(Path("any.yaml"), document)), PROFILE)
    plan(contract)
    [said] = describe_unserved(contract)
    assert "pack_not_found" in said
    assert "label_not_found" not in said
    assert describe_unserved(load()) == ()
