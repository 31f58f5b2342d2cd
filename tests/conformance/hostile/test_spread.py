"""Hostile values and credentials are spread over the operations, and a run meets each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import conformance.resources  # noqa: F401  # registers what paths name
from conformance.contract.contract import Contract
from conformance.hostile.credentials import CREDENTIALS, WrongCredential
from conformance.hostile.kind import HostileValue
from conformance.hostile.trying import ROUNDS, VALUES, deal_kinds

Kinds = Sequence[HostileValue] | Sequence[WrongCredential]
TABLES = pytest.mark.parametrize("kinds", [VALUES, CREDENTIALS], ids=["values", "credentials"])
SEEDS = st.integers(min_value=0, max_value=2**63)


def _pairs(kinds: Kinds, contract: Contract, seed: int) -> set[tuple[int, str]]:
    """The place of each kind in its table, and the operation that it is tried at."""
    places = {id(kind): place for place, kind in enumerate(kinds)}
    return {
        (places[id(kind)], operation.operation_id)
        for operation in contract.operations.values()
        for kind in deal_kinds(kinds, contract, operation, seed)
    }


def _suited(kinds: Kinds, contract: Contract) -> set[tuple[int, str]]:
    return {
        (place, operation.operation_id)
        for place, kind in enumerate(kinds)
        for operation in contract.operations.values()
        if kind.suits(operation)
    }


@TABLES
def test_each_kind_is_met_in_every_run(contract: Contract, kinds: Kinds) -> None:
    @given(SEEDS)
    @settings(max_examples=10)
    def met(seed: int) -> None:
        assert {place for place, _ in _pairs(kinds, contract, seed)} == set(range(len(kinds)))

    met()


@TABLES
def test_each_pair_is_met_in_three_successive_runs(contract: Contract, kinds: Kinds) -> None:
    @given(SEEDS)
    @settings(max_examples=10)
    def met(seed: int) -> None:
        runs = [_pairs(kinds, contract, seed + more) for more in range(ROUNDS)]
        assert set().union(*runs) == _suited(kinds, contract)

    met()


@TABLES
def test_a_run_tries_few_more_than_a_third_of_what_is_not_tried_everywhere(contract: Contract, kinds: Kinds) -> None:
    rare = {place for place, kind in enumerate(kinds) if not kind.is_tried_everywhere}
    all_pairs = {pair for pair in _suited(kinds, contract) if pair[0] in rare}
    for seed in range(ROUNDS):
        tried = {pair for pair in _pairs(kinds, contract, seed) if pair[0] in rare}
        assert len(tried) <= 0.45 * len(all_pairs)


@TABLES
def test_each_rule_has_something_to_try_at_each_of_its_operations(contract: Contract, kinds: Kinds) -> None:
    for operation in contract.operations.values():
        of_rules = {kind.rule for kind in kinds if kind.suits(operation)}
        for seed in range(ROUNDS):
            assert {kind.rule for kind in deal_kinds(kinds, contract, operation, seed)} == of_rules


@TABLES
def test_a_new_operation_gets_every_kind(contract: Contract, kinds: Kinds) -> None:
    """One more operation of the contract is tried like those before."""
    known = contract.operations["packs.replace_image"]
    new = replace(known, operation_id="packs.renamed")
    larger = replace(contract, operations={**contract.operations, "packs.renamed": new})
    tried = {kind.name for seed in range(ROUNDS) for kind in deal_kinds(kinds, larger, new, seed)}
    assert tried == {kind.name for kind in kinds if kind.suits(known)}


def test_each_name_is_of_one_kind(contract: Contract) -> None:
    assert contract.rules.keys() >= {kind.rule for kind in (*VALUES, *CREDENTIALS)}
    assert len({kind.name for kind in VALUES}) == len(VALUES)
    assert len({(kind.name, kind.of) for kind in CREDENTIALS}) == len(CREDENTIALS)
