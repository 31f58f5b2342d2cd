"""Contracts of OpenAPI 3.1: 3.0 says the same of every value, or the place that it cannot say is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from mock_server.contract.document import load_document, resolve
from mock_server.contract.openapi31 import to_openapi30
from mock_server.contract.schema import Compiler, Validator
from mock_server.errors import ContractError

NULL, TEXT, WHOLE = {"type": "null"}, {"type": "string"}, {"type": "integer"}
SCALARS: list[Any] = [None, False, True, -1, 0, 1, 1.5, 2, "", "a", "ab"]
NAMES = ["a", "b", "c"]

scalars = st.sampled_from(SCALARS)
values = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(NAMES), below, max_size=3),
    max_leaves=6,
)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def keywords(below: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of a few keywords, whose parts are drawn from what is below."""
    number, count = st.sampled_from([-1, 0, 1, 1.5, 2]), st.integers(0, 2)
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
    forms = st.lists(below, min_size=1, max_size=3)
    known: dict[str, st.SearchStrategy[Any]] = {
        "type": types | st.lists(types, min_size=1, max_size=3, unique=True),
        "const": scalars,
        "enum": st.lists(scalars, min_size=1, max_size=4, unique_by=repr),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), number),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties"), count),
        "uniqueItems": st.booleans(),
        "required": names,
        "dependentRequired": st.dictionaries(st.sampled_from(NAMES), names, max_size=2),
        "properties": st.dictionaries(st.sampled_from(NAMES), below, max_size=2),
        "additionalProperties": below,
        "items": below,
        "prefixItems": forms,
        "not": below,
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), forms),
        "$ref": st.sampled_from(["#/components/schemas/Text", "#/components/schemas/It/$defs/Small"]),
        "description": st.just("Beside."),
        "nullable": st.just(True),  # 3.1 does not know it
    }
    chosen = st.lists(st.sampled_from(sorted(known)), min_size=2, max_size=6, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: known[name] for name in names}))


schemas = st.recursive(st.booleans() | keywords(st.booleans()), keywords, max_leaves=4)


def document(schema: Any, **components: Any) -> dict[str, Any]:
    parts = {"schemas": {"It": schema, "Text": TEXT}, **components}
    info = {"title": "Things", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {}, "components": parts}


def both(schema: Any) -> tuple[Draft202012Validator, Validator, Any]:
    """The validators of a schema of 3.1 and of what the mock makes of it, and that."""
    said = document(schema)
    converted = to_openapi30(said)
    made = resolve(converted, converted["components"]["schemas"]["It"])
    by_2020 = Draft202012Validator({"$ref": "#/components/schemas/It", "components": said["components"]})
    return by_2020, Compiler().compile(made), made


@settings(derandomize=True, max_examples=300, deadline=None)
@given(keywords(schemas), st.lists(values, min_size=5, max_size=5))
def test_a_value_fits_the_schema_of_3_0_just_when_it_fits_that_of_3_1(schema: dict[str, Any], drawn: list[Any]) -> None:
    schema = {**schema, "$defs": {"Small": {"maximum": 1, "type": ["integer", "string", "null"]}}}
    by_2020, validator, made = both(schema)
    for value in [*drawn, *SCALARS, [], {}, [1, "a"], ["a", 1, None], {"a": 1}, {"a": None, "b": 2}]:
        assert by_2020.is_valid(value) == validator.is_valid(value), (schema, value, made)


SAID_IN_3_0: dict[str, tuple[Any, Any]] = {
    "null among types": ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    "null that the values leave out": (
        {"type": ["string", "null"], "enum": ["a"]},
        {"type": "string", "enum": ["a"]},
    ),
    "a choice between a schema and null": (
        {"anyOf": [{"type": "string", "enum": ["a"]}, NULL], "title": "It"},
        {"type": "string", "enum": ["a", None], "title": "It", "nullable": True},
    ),
    "a choice between a reference and null": (
        {"anyOf": [{"$ref": "#/components/schemas/Text"}, NULL]},
        {"anyOf": [{"$ref": "#/components/schemas/Text"}, {"nullable": True, "enum": [None]}]},
    ),
    "null alone": (NULL, {"nullable": True, "enum": [None]}),
    "several types": (
        {"type": ["string", "array"], "minLength": 1},
        {"minLength": 1, "allOf": [{"anyOf": [TEXT, {"type": "array", "items": {}}]}]},
    ),
    "whole numbers among numbers": ({"type": ["integer", "number"]}, {"type": "number"}),
    "one value": ({"const": 1}, {"enum": [1]}),
    "one value of several": ({"const": 1, "enum": [1, 2]}, {"enum": [1], "allOf": [{"enum": [1, 2]}]}),
    "examples": ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
    "bounds that are left out": (
        {"exclusiveMinimum": 0, "minimum": -1, "exclusiveMaximum": 9, "maximum": 8},
        {"minimum": 0, "exclusiveMinimum": True, "maximum": 8},
    ),
    "a reference with a description": (
        {"$ref": "#/components/schemas/Text", "description": "It."},
        {"$ref": "#/components/schemas/Text"},
    ),
    "a reference with more to fit": (
        {"$ref": "#/components/schemas/Text", "minLength": 1, "readOnly": True},
        {"minLength": 1, "readOnly": True, "allOf": [{"$ref": "#/components/schemas/Text"}]},
    ),
    "text of bytes": ({"type": "string", "contentEncoding": "base64"}, {"type": "string", "format": "byte"}),
    "bytes": ({"contentMediaType": "image/png"}, {"type": "string", "format": "binary"}),
    "text that is JSON": ({"type": "string", "contentMediaType": "application/json"}, TEXT),
    "an array without items": ({"type": "array"}, {"type": "array", "items": {}}),
    "entries one after the other": (
        {"type": "array", "prefixItems": [TEXT, WHOLE], "items": False},
        {
            "type": "array",
            "items": {"anyOf": [TEXT, WHOLE, {"not": {}}]},
            "x-prefix-items": {"first": [TEXT, WHOLE], "rest": {"not": {}}},
        },
    ),
    "names that ask for others": (
        {"dependentRequired": {"a": ["b"], "c": []}},
        {"allOf": [{"anyOf": [{"not": {"required": ["a"]}}, {"required": ["b"]}]}]},
    ),
    "true and false": ({"properties": {"a": True, "b": False}}, {"properties": {"a": {}, "b": {"not": {}}}}),
    "what means nothing in 3.1": (
        {
            "type": "string",
            "nullable": True,
            "$comment": "No.",
            "$schema": "https://spec.openapis.org/oas/3.1/dialect/base",
        }
        | {"unevaluatedProperties": True, "patternProperties": {}, "if": TEXT, "madeUp": 1, "x-ours": {"type": []}},
        {"type": "string", "x-ours": {"type": []}},
    ),
}


@pytest.mark.parametrize("case", SAID_IN_3_0)
def test_a_schema_becomes_one_of_3_0(case: str) -> None:
    schema, expected = SAID_IN_3_0[case]
    assert to_openapi30(document(schema))["components"]["schemas"]["It"] == expected


def read(folder: Path, said: Any) -> dict[str, Any]:
    path = folder / "openapi.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return load_document(path)


WHOLE_DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.1",
    "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
    "info": {"title": "T", "version": "1", "summary": "S", "license": {"name": "MIT", "identifier": "MIT"}},
    "webhooks": {"said": {"post": {"requestBody": {"content": {"application/json": {"schema": {"if": TEXT}}}}}}},
    "paths": {
        "/things": {"$ref": "#/components/pathItems/Things"},
        "/things/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id", "description": "Another."}],
            "get": {"operationId": "read"},
            "put": {
                "operationId": "upload",
                "requestBody": {"content": {"image/png": {}}},
                "responses": {"200": {"description": "Done.", "headers": {"X-Y": {"schema": {"const": "a"}}}}},
                "callbacks": {"done": {"{$request.query.url}": {"post": {}}}},
            },
        },
    },
    "components": {
        "pathItems": {
            "Things": {"get": {"operationId": "list", "responses": {"200": {"$ref": "#/components/responses/List"}}}}
        },
        "parameters": {
            "Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "const": "a"}}
        },
        "responses": {
            "List": {
                "description": "All.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/List/$defs/Some"}}},
            }
        },
        "schemas": {
            "List": {"$defs": {"Some": {"$ref": "#/components/schemas/List/$defs/Some~1Two"}, "Some/Two": NULL}}
        },
    },
}


def test_a_whole_document_is_one_of_3_0(tmp_path: Path) -> None:
    OpenAPIV31SpecValidator(WHOLE_DOCUMENT).validate()
    found = read(tmp_path, WHOLE_DOCUMENT)
    OpenAPIV30SpecValidator(found).validate()
    assert found.keys() == {"openapi", "info", "paths", "components"}
    assert found["info"] == {"title": "T", "version": "1", "license": {"name": "MIT"}}
    assert found["paths"]["/things"]["get"]["operationId"] == "list"
    one = found["paths"]["/things/{id}"]
    assert one["parameters"] == [{"$ref": "#/components/parameters/Id"}]
    assert one["get"]["responses"] == {"default": {"description": "Any answer."}}
    assert one["put"]["requestBody"]["content"]["image/png"]["schema"] == {"type": "string", "format": "binary"}
    assert one["put"]["responses"]["200"]["headers"]["X-Y"]["schema"] == {"enum": ["a"]}
    schema = found["components"]["responses"]["List"]["content"]["application/json"]["schema"]
    assert resolve(found, schema) == {"nullable": True, "enum": [None]}


def schema_with(**keywords: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"a/b": {"items": keywords}}}
    return document({}) | {"paths": {"/x": {"post": {"responses": {"200": {"content": {"a/b": {"schema": schema}}}}}}}}


AT = "/paths/~1x/post/responses/200/content/a~1b/schema/properties/a~1b/items"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (schema_with(**{"if": TEXT, "then": TEXT}), f"{AT}/if: OpenAPI 3.0 has no if; list the cases in oneOf"),
        (
            schema_with(patternProperties={"^a": TEXT}),
            f"{AT}/patternProperties: OpenAPI 3.0 has no patternProperties; let",
        ),
        (
            schema_with(propertyNames={"minLength": 1}),
            f"{AT}/propertyNames: OpenAPI 3.0 has no propertyNames; list the",
        ),
        (schema_with(unevaluatedProperties=False), f"{AT}/unevaluatedProperties: OpenAPI 3.0 has no"),
        (schema_with(unevaluatedItems=False), f"{AT}/unevaluatedItems: OpenAPI 3.0 has no unevaluatedItems; let items"),
        (
            schema_with(dependentSchemas={"a": TEXT}),
            f"{AT}/dependentSchemas: OpenAPI 3.0 has no dependentSchemas; list",
        ),
        (
            schema_with(anyOf=[NULL, {"type": "object", "propertyNames": {"minLength": 1}}]),
            f"{AT}/anyOf/1/propertyNames: OpenAPI 3.0 has no propertyNames",
        ),
        (schema_with(contains=True), f"{AT}/contains: OpenAPI 3.0 has no contains; let items have a schema"),
        (schema_with(**{"$id": "https://example.org/a"}), f"{AT}/$id: OpenAPI 3.0 has no $id; let each $ref be a JSON"),
        (schema_with(**{"$dynamicRef": "#a"}), f"{AT}/$dynamicRef: OpenAPI 3.0 has no $dynamicRef; write $ref and"),
        (schema_with(**{"$ref": "#there"}), f"{AT}/$ref: #there is no JSON pointer"),
        (schema_with(**{"$schema": "http://json-schema.org/draft-07/schema#"}), f"{AT}/$schema: is http://json-schema"),
        (schema_with(exclusiveMinimum=True), f"{AT}/exclusiveMinimum: is true, and has to be a number in OpenAPI 3.1"),
        (
            document({}) | {"jsonSchemaDialect": "https://example.org"},
            "/jsonSchemaDialect: is https://example.org; only",
        ),
        (
            document({}, securitySchemes={"it": {"type": "mutualTLS"}}),
            "/components/securitySchemes/it/type: OpenAPI 3.0 has no mutualTLS; take it out",
        ),
        (
            document({}, pathItems={"A": {"$ref": "#/components/pathItems/A"}})
            | {"paths": {"/x": {"$ref": "#/components/pathItems/A"}}},
            "#/components/pathItems/A refers to itself",
        ),
        (document({}) | {"paths": {"/x": {"$ref": "#/nowhere"}}}, "/paths/~1x/$ref: #/nowhere is not there"),
        (document({}) | {"openapi": "3.2.0"}, "openapi: is 3.2.0, and must be 3.0.x or 3.1.x"),
    ],
)
def test_what_3_0_cannot_say_is_refused_with_its_place_and_a_remedy(
    tmp_path: Path, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ContractError) as refused:
        read(tmp_path, said)
    assert str(refused.value).startswith(f"{tmp_path / 'openapi.json'}: ")
    assert told in str(refused.value)


KEYWORDS = (
    *("type", "enum", "const", "allOf", "anyOf", "properties", "items", "prefixItems", "required", "examples", "$ref"),
    *("minimum", "exclusiveMinimum", "dependentRequired", "$defs", "contentEncoding", "additionalProperties"),
)
JUNK = st.sampled_from([None, 3, "a", "null", [], [3], ["null", "string"], {}, {"a": 3}, [{"type": 3}, NULL]])


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYWORDS), JUNK, min_size=1, max_size=4))
def test_what_is_no_schema_is_left_for_a_validator_to_refuse(schema: dict[str, Any]) -> None:
    assert to_openapi30(document(schema))["openapi"] == "3.0.3"


@pytest.mark.parametrize(
    "schema", [3, [], {"type": 3}, {"properties": []}, {"allOf": {}}, {"anyOf": [3, NULL]}, {"enum": 3}], ids=str
)
def test_a_validator_refuses_what_is_no_schema(schema: Any) -> None:
    with pytest.raises(OpenAPIValidationError):
        OpenAPIV30SpecValidator(to_openapi30(document(schema))).validate()
