"""Grammars of formats: each branch is met, of each field in three runs."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.contract import Contract
from conformance.contract.schemas import get_schemas
from conformance.recipes.values.grammars import GRAMMARS, NO_INTEGER, ODD_INTEGER, PATH, REFERENCE, VERSION, Grammar
from conformance.recipes.values.value_kinds import ROUNDS, deal, find_grammar, find_kinds_of_field, list_fields

EVERY = (*GRAMMARS, PATH, NO_INTEGER, ODD_INTEGER)


@pytest.mark.parametrize("grammar", EVERY, ids=lambda each: next(iter(each.rules)))
@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_a_text_goes_through_the_branch_that_is_asked_for(grammar: Grammar, seed: int) -> None:
    for branch in grammar.branches:
        text, taken = grammar.draw(Random(seed), branch)  # noqa: S311  # reproducible, not secret
        assert branch in taken
        assert "{" not in text.replace("`{|}~", "")
        assert text == grammar.draw(Random(seed), branch)[0]  # noqa: S311  # reproducible, not secret


def test_a_reference_has_a_host_with_port_components_tag_and_digest() -> None:
    drawn = {str(each): REFERENCE.draw(Random(1), each)[0] for each in REFERENCE.branches}  # noqa: S311  # reproducible, not secret
    assert drawn["reference-localhost"].startswith("localhost:")
    assert "__" in drawn["component-two-underscores"]
    assert "@" in drawn["end-digest"]
    tagged, _, digest = drawn["end-tag-digest"].partition("@")
    assert ":" in tagged.rpartition("/")[2]
    assert ":" in digest


@pytest.mark.parametrize("first", [0, 7, 41])
def test_three_runs_meet_every_branch_that_a_field_allows(contract: Contract, first: int) -> None:
    """Counted by the names of the kinds that successive seeds deal for each field that has a grammar."""
    counted = 0
    for operation in contract.operations.values():
        for name in list_fields(operation):
            kinds = find_kinds_of_field(contract, operation, name)
            met = [{str(each) for each in deal(kinds, seed)} for seed in range(first, first + ROUNDS)]
            assert set().union(*met) == {str(each) for each in kinds}
            counted += sum("-" in str(each) for each in kinds)
    assert counted > len(REFERENCE.branches)


def test_a_reference_to_an_image_may_have_every_branch(contract: Contract) -> None:
    schema = contract.document["components"]["schemas"]["ImageRef"]
    assert find_grammar(schema, lambda value: get_schemas(contract).fits(schema, value)) is REFERENCE
    offered = {str(each) for each in find_kinds_of_field(contract, contract.operations["packs.create"], "image_ref")}
    assert {str(each) for each in REFERENCE.branches} <= offered


@pytest.mark.parametrize(
    ("operation_id", "name", "rule"),
    [
        ("providers.create", "name", "slug"),
        ("providers.create", "domain", "host"),
        ("memberships.invite", "email", "address"),
    ],
)
def test_the_grammar_of_a_pattern_is_found(contract: Contract, operation_id: str, name: str, rule: str) -> None:
    offered = {str(each) for each in find_kinds_of_field(contract, contract.operations[operation_id], name)}
    grammar = next(each for each in GRAMMARS if next(iter(each.rules)) == rule)
    met = {str(each) for each in grammar.branches} & offered
    assert len(met) > len(grammar.branches) // 2


@pytest.mark.parametrize("left", ["A-Z", "a-z"])
def test_versions_have_letters_of_both_cases_wherever_they_may(contract: Contract, left: str) -> None:
    """The contract's pattern takes every text, and with the letters of one case alone in one place not all of them."""
    pattern = contract.document["components"]["schemas"]["PackManifest"]["properties"]["version"]["pattern"]
    drawn = [VERSION.draw(Random(seed), each)[0] for seed in range(ROUNDS) for each in VERSION.branches]  # noqa: S311  # reproducible, not secret
    assert all(re.search(pattern, text) for text in drawn)
    places = [it.span() for it in re.finditer("A-Za-z", pattern)]
    assert places
    for begin, end in places:
        narrower = pattern[:begin] + left + pattern[end:]
        assert not all(re.search(narrower, text) for text in drawn)
