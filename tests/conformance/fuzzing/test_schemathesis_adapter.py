"""What the suite takes of Schemathesis without documentation does what it is taken for."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from schemathesis import GenerationMode

from conformance.fuzzing import schemathesis_adapter as adapter

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "a contract", "version": "1"},
    "paths": {
        "/things/{id}": {
            "put": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 5}}},
                            "example": {"size": 3},
                        }
                    },
                },
                "responses": {"204": {"description": "done"}},
            }
        }
    },
}


@pytest.fixture(scope="module")
def operation() -> adapter.Operation:
    found: adapter.Operation = schemathesis.openapi.from_dict(DOCUMENT)["/things/{id}"]["PUT"]
    return found


def test_examples_are_the_contracts(operation: adapter.Operation) -> None:
    cases = adapter.generate_examples(operation, seed=1)
    assert [case.body for case in cases] == [{"size": 3}]
    assert all(map(adapter.is_valid, cases))
    assert [adapter.find_scenario(case) for case in cases] == [None]


def test_coverage_has_boundaries_wrong_types_and_wrong_content_types(operation: adapter.Operation) -> None:
    cases = adapter.generate_coverage(operation)
    assert {"size": 5} in [case.body for case in cases if adapter.is_valid(case)]
    assert {"size": 6} in [case.body for case in cases if not adapter.is_valid(case)]
    scenarios = {adapter.find_scenario(case) for case in cases}
    of_the_type = {"malformed_content_type", "unsupported_content_type"}
    assert {"unspecified_http_method", "missing_parameter", *of_the_type} <= scenarios


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_seed_decides_random_cases(operation: adapter.Operation, mode: GenerationMode) -> None:
    def bodies(seed: int) -> list[Any]:
        cases = adapter.generate_fuzzed(operation, mode, 5, seed)
        assert {adapter.is_valid(case) for case in cases} == {mode is GenerationMode.POSITIVE}
        return [(case.path_parameters, case.body) for case in cases]

    assert bodies(1) == bodies(1)
    assert len(bodies(1)) == 5


def test_a_frozen_case_stays_invalid_whatever_is_put_into_it(operation: adapter.Operation) -> None:
    free, frozen = adapter.generate_fuzzed(operation, GenerationMode.NEGATIVE, 2, seed=1)
    adapter.freeze(frozen)
    for case in (free, frozen):
        case.path_parameters, case.query, case.headers, case.body = {"id": "a"}, {}, {}, {"size": 1}
    assert not adapter.is_valid(frozen)
    assert adapter.is_valid(free), "freezing is no longer needed"


def test_rules_that_are_broken_together_are_told_apart() -> None:
    first, second = (
        adapter.BrokenRule(rule, operation="PUT /things/{id}", message=rule, severity=adapter.Severity.HIGH)
        for rule in ("A-RULE", "ANOTHER-RULE")
    )
    assert first != second
    with pytest.raises(adapter.FailureGroup) as told:
        raise adapter.group_failures([first, second])
    assert [each.title for each in told.value.exceptions] == ["A-RULE", "ANOTHER-RULE"]
    assert {each.severity for each in told.value.exceptions} == {adapter.Severity.HIGH}
