"""Kinds of values of a field: what its schema allows, and nothing else; each made value fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.contract import Contract, resolve
from conformance.contract.schemas import get_schemas
from conformance.recipes.values.value_kinds import (
    LONGEST,
    ValueKind,
    find_kinds_of_field,
    list_kinds_of_schema,
    with_value,
)


@pytest.fixture(scope="module")
def every_kind(contract: Contract) -> dict[str, tuple[dict[str, Any], Sequence[ValueKind]]]:
    """The kinds of each field, which are drawn before Hypothesis draws for a test."""
    return {
        f"{name} {schema}": (schema, list_kinds_of_schema(contract, schema)) for name, schema in properties(contract)
    }


@settings(deadline=None, max_examples=2)
@given(seed=st.integers(0, 2**32), most=st.integers(1, LONGEST))
def test_each_made_value_is_valid_by_its_schema(
    contract: Contract, every_kind: dict[str, tuple[dict[str, Any], Sequence[ValueKind]]], seed: int, most: int
) -> None:
    schemas, random = get_schemas(contract), Random(seed)  # noqa: S311  # reproducible, not secret
    for field, (schema, kinds) in every_kind.items():
        for kind in kinds:
            value = kind.make(random, most)
            assert isinstance(value, bytes) or schemas.fits(schema, value), (field, str(kind))


def properties(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field of a body of the contract, and its schema."""
    for operation in contract.operations.values():
        for schema in operation.body.schemas.values() if operation.body else ():
            for name, each in schema.get("properties", {}).items():
                yield name, resolve(contract.document, each)


def names(contract: Contract, schema: dict[str, Any]) -> set[str]:
    return {str(each) for each in list_kinds_of_schema(contract, schema)}


@pytest.mark.parametrize(
    ("schema", "there", "not_there"),
    [
        ({"type": "string"}, {"empty", "decomposed", "backslashes", "length-4096"}, set()),
        ({"type": "string", "minLength": 1, "maxLength": 64}, {"blanks-alone", "length-64"}, {"empty", "length-128"}),
        ({"type": "string", "enum": ["a", "b"]}, {"a", "b"}, {"decomposed"}),
        ({"type": "string", "writeOnly": True, "maxLength": 9}, {"limit-1"}, {"decomposed"}),
        ({"type": "string", "format": "binary"}, {"gzip", "utf-16", "size-1024"}, {"backslashes"}),
        ({"type": "string", "format": "email"}, {"local-plus"}, {"decomposed"}),
        ({"type": "integer", "minimum": 1, "maximum": 40}, {"least", "most", "about-32"}, {"zero", "about-64"}),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 5}, {"five", "twice", "of-quotes"}, {"six"}),
        ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, {"six", "backwards"}, {"twice"}),
        ({"type": "object"}, {"of-nested-empty", "dots-and-blanks"}, set()),
        ({"type": "object", "additionalProperties": False}, set(), {"six-keys"}),
        ({"type": "boolean"}, {"true", "false"}, set()),
        ({}, {"null", "nested-empty", "quotes"}, set()),
    ],
)
def test_a_kind_is_offered_where_the_schema_allows_it(
    contract: Contract, schema: dict[str, Any], there: set[str], not_there: set[str]
) -> None:
    offered = names(contract, schema)
    assert there <= offered
    assert not not_there & offered


def test_the_keys_of_an_object_are_put_beside_those_that_are_there(contract: Contract) -> None:
    kinds = find_kinds_of_field(contract, contract.operations["credentials.create"], "provider_config")
    kind = next(each for each in kinds if str(each) == "cases")
    body = with_value({"name": "a", "provider_config": {"needed": "b"}}, "provider_config", kind, Random(1))  # noqa: S311  # reproducible, not secret
    assert body["name"] == "a"
    assert body["provider_config"].keys() == {"needed", "key", "KEY", "Key"}


def test_a_field_that_an_operation_lacks_has_no_kinds(contract: Contract) -> None:
    assert find_kinds_of_field(contract, contract.operations["packs.create"], "nothing") == ()
