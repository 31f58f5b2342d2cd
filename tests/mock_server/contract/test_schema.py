"""Schemas of OpenAPI 3.0 and what fits them."""

import json
from typing import Any

import pytest

from mock_server.contract.schema import Compiler, SchemaError, describe_problems, fits, locate_problems

TEXT = {"type": "string"}
OBJECT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {"name": TEXT, "inner": {"type": "object", "required": ["size"], "properties": {"size": TEXT}}},
}


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "integer"}, [1, 1.0, -5, 10**18], [1.5, "1", None, True]),
        ({"type": "string", "nullable": True}, ["", None], [1]),
        ({"type": "string", "enum": ["a"], "nullable": True}, ["a", None], ["b", ""]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, [1.1], [1, 0]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, [1, 2], [0]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, [0], [1]),
        ({"type": "number", "exclusiveMaximum": True}, [0, 1], []),
        ({"type": "integer", "format": "int32"}, [2**31 - 1, -(2**31)], [2**31, -(2**31) - 1]),
        ({"type": "integer", "format": "int64", "minimum": 0, "exclusiveMinimum": True}, [2**63 - 1, 1], [2**63, 0]),
        ({"type": "string", "format": "binary"}, ["", "anything"], []),
        ({"type": "string", "format": "date-time"}, ["2026-04-15T12:00:00Z"], ["yesterday", "2026-04-15"]),
        ({"allOf": [{"type": "object"}, {"required": ["a"]}]}, [{"a": 1}], [{}, 1]),
        ({"oneOf": [TEXT, {"type": "integer"}]}, ["", 1], [None, 1.5]),
        ({"not": TEXT}, [1], [""]),
        ({"type": "array", "items": TEXT, "maxItems": 1}, [[], ["a"]], [["a", "b"], [1]]),
        ({"type": "object", "additionalProperties": TEXT}, [{}, {"a": "b"}], [{"a": 1}]),
        ({"x-provenance": {"required": "assumed"}, "example": 3}, [1, "a", None], []),
    ],
)
def test_a_schema_means_in_json_schema_what_it_means_in_openapi(
    schema: dict[str, Any], right: list[Any], wrong: list[Any]
) -> None:
    validator = Compiler().compile(schema)
    assert [value for value in right if not fits(validator, value)] == []
    assert [value for value in wrong if fits(validator, value)] == []


@pytest.mark.parametrize("schema", [{"type": "strnig"}, {"type": "string", "pattern": "("}, {"minLength": "one"}])
def test_a_schema_that_is_none_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        Compiler().compile(schema)


@pytest.mark.parametrize(
    ("options", "named"),
    [(["a"], '"a"'), (["a", "b"], '"a" or "b"'), ([1, "b", None, "d", "e"], '1, "b", null, "d" or "e"')],
)
@pytest.mark.parametrize("value", ["x", 10**30, {"a": [1]}, " is not one of "])
def test_every_value_that_there_may_be_is_told(value: Any, options: list[Any], named: str) -> None:
    [(_, text)] = locate_problems(Compiler().compile({"enum": options}), value)
    assert text == f"{json.dumps(value, separators=(',', ':'))} is not one of {named}"


def test_equal_schemas_are_compiled_once() -> None:
    compiler = Compiler()
    first = compiler.compile({"type": "string", "maxLength": 3})
    assert compiler.compile({"type": "string", "maxLength": 3}) is first
    assert compiler.compile({"type": "string", "maxLength": 4}) is not first


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({}, {"name"}),
        ({"name": 1}, {"name"}),
        ({"name": "a", "b": 1, "c": 1}, {"b", "c"}),
        ({"name": "a", "inner": {}}, {"inner.size"}),
        ({"name": "a", "inner": {"size": 1}}, {"inner.size"}),
        ([], {"body"}),
        (None, {"body"}),
    ],
)
def test_a_problem_names_the_field_that_is_wrong(value: Any, named: set[str]) -> None:
    assert describe_problems(Compiler().compile(OBJECT), value, whole="body").keys() == named


FORMS = {
    "oneOf": [
        {"type": "object", "additionalProperties": False, "required": ["a"], "properties": {"a": TEXT, "how": TEXT}},
        {"type": "object", "additionalProperties": False, "required": ["b", "c"], "properties": {"b": TEXT, "c": TEXT}},
    ]
}
EITHER = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}, {"required": ["c"]}]}
ID_OR_TIME = {"oneOf": [{"type": "string", "pattern": "^[0-9]+$"}, {"type": "string", "format": "date-time"}]}


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        (FORMS, {"a": "1", "how": 2}, {"how": '2 is not of type "string"'}),
        (FORMS, {"a": "1", "d": 2}, {"d": "It is not a known field."}),
        (FORMS, {"b": "1"}, {"c": "It is required."}),
        (EITHER, {}, {"body": "It needs a or b or c."}),
        ({"properties": {"x": EITHER}}, {"x": {}}, {"x": "It needs a or b or c."}),
        ({"not": {"required": ["a", "b"]}}, {"a": 1, "b": 2}, {"body": "a and b do not go together."}),
        (ID_OR_TIME, "now", {"body": '"now" does not match "^[0-9]+$" Or: "now" is not a "date-time"'}),
    ],
)
def test_of_several_forms_the_nearest_says_what_is_wrong(
    schema: dict[str, Any], value: Any, told: dict[str, str]
) -> None:
    assert describe_problems(Compiler().compile(schema), value, whole="body") == told


def test_a_value_nested_beyond_reach_does_not_fit() -> None:
    value: Any = "a"
    for _ in range(900):
        value = [value]
    validator = Compiler().compile(OBJECT)
    assert not fits(validator, {"name": value})
    assert describe_problems(validator, {"name": value}, whole="body")


def test_a_problem_is_told_in_a_line_however_long_the_value() -> None:
    (text,) = describe_problems(Compiler().compile({"enum": ["a"]}), "x" * 100_000, whole="body").values()
    assert len(text) < 400


@pytest.mark.parametrize("key", ["0", "00", "7", "007", "+7", "-7", " 7", "٣", "1" * 30, "x", "x/y"])
def test_a_fault_is_told_with_the_key_as_it_is_written(key: str) -> None:
    validator = Compiler().compile({"type": "object", "additionalProperties": {"type": "object", "required": ["a"]}})
    assert list(locate_problems(validator, {key: {}})) == [([key, "a"], "It is required.")]


def test_a_fault_below_one_of_two_keys_that_read_alike_is_told_of_both() -> None:
    validator = Compiler().compile({"type": "object", "additionalProperties": {"type": "object", "required": ["a"]}})
    assert {place[0] for place, _ in locate_problems(validator, {"1": {"a": 1}, "01": {}})} == {"1", "01"}


@pytest.mark.parametrize("beside", [[1], [], {"b": 1}, 1, "b", None])
def test_an_empty_key_beside_the_fault_is_no_way_to_it(beside: Any) -> None:
    below = {"type": "object", "properties": {"b": {"type": "string"}}}
    validator = Compiler().compile({"type": "object", "properties": {"a": {"type": "array", "items": below}}})
    found = describe_problems(validator, {"": beside, "a": [{"b": 1}]}, whole="body")
    assert "a.0.b" in found
