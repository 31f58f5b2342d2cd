"""Values just inside and just outside a schema, as the contract's own fields and any lengths have them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.contract import Contract
from conformance.contract.schemas import Schemas
from conformance.recipes.boundaries import draw_inside, draw_outside, list_past_limits

EXAMPLE = "registry.example.com/team/pack:1.2.0"


def edges(contract: Contract, schema: dict[str, Any], examples: list[Any] | None = None) -> tuple[list[Any], list[Any]]:
    schemas = Schemas(contract)

    def fits(value: Any) -> bool:
        return schemas.fits(schema, value)

    within, beyond = (find(schema, examples or [], 1, fits) for find in (draw_inside, draw_outside))
    assert all(map(fits, within))
    assert not any(map(fits, beyond))
    return within, beyond


@settings(deadline=None, max_examples=25)
@given(least=st.integers(0, 20), more=st.integers(0, 20))
def test_a_length_is_met_and_passed_by_one(contract: Contract, least: int, more: int) -> None:
    schema = {"type": "string", "minLength": least, "maxLength": least + more}
    within, beyond = edges(contract, schema)
    lengths = {len(text) for text in beyond if isinstance(text, str)}
    assert {len(text) for text in within} == {least, least + more}
    assert lengths == {least + more + 1} | ({least - 1} if least else set())


def test_a_number_is_met_and_passed_by_one(contract: Contract) -> None:
    within, beyond = edges(contract, {"type": "integer", "minimum": 1, "maximum": 9})
    assert within == [1, 9]
    assert {0, 10} <= {value for value in beyond if isinstance(value, int)}


def test_every_member_of_an_enum_and_its_likes(contract: Contract) -> None:
    within, beyond = edges(contract, contract.document["components"]["schemas"]["Visibility"])
    assert within == ["org", "community"]
    assert {"", "ORG", " org", "community ", None, True} <= {v for v in beyond if not isinstance(v, list | dict)}


def test_the_limit_inside_a_pattern_is_found(contract: Contract) -> None:
    within, beyond = edges(contract, contract.document["components"]["schemas"]["ImageRef"], [EXAMPLE])
    tags = [[len(ref.rpartition(":")[2]) for ref in refs if str(ref).startswith(EXAMPLE)] for refs in (within, beyond)]
    assert max(tags[0]) == 128
    assert 129 in tags[1]


def test_the_length_of_a_whole_text_of_a_pattern_is_met_and_passed_by_one(contract: Contract) -> None:
    within, beyond = edges(contract, contract.document["components"]["schemas"]["Domain"], ["api.example.com"])
    assert max(map(len, within)) == 253
    assert 254 in {len(text) for text in beyond if isinstance(text, str)}


@pytest.mark.parametrize("name", ["domain", "credential_name"])
def test_a_pattern_has_its_limit_without_an_example_too(contract: Contract, name: str) -> None:
    past = list_past_limits(contract, contract.operations["providers.update"], name)
    assert max(map(len, past)) == {"domain": 254, "credential_name": 64}[name]


@pytest.mark.parametrize("schema", [{"type": "string"}, {}])
def test_what_has_no_limit_has_no_boundary(contract: Contract, schema: dict[str, Any]) -> None:
    assert edges(contract, schema)[0] == []


@pytest.mark.parametrize(
    ("field", "past"),
    [
        ("scopes", [[""], ["é" * 257], ["é"] * 65]),
        ("provider_config", [{"key": ""}, {"key": "é" * 257}]),
        ("password", ["", "é" * 4097]),
    ],
)
def test_what_a_list_and_an_object_have_is_past_its_limit_too(contract: Contract, field: str, past: list[Any]) -> None:
    operation = contract.operations["credentials.create"]
    assert list_past_limits(contract, operation, field) == past
