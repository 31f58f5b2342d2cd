"""Schemas of OpenAPI 3.1, which are JSON Schema 2020-12, as OpenAPI 3.0 says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mock_server.contract.references import to_step
from mock_server.contract.schema import PREFIX
from mock_server.errors import UnsupportedError

_PLAIN = {
    *("title", "description", "default", "example", "externalDocs", "deprecated", "readOnly", "writeOnly", "xml"),
    *("discriminator", "format", "pattern", "multipleOf", "maximum", "minimum", "maxLength", "minLength"),
    *("maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties"),
}
_NOTES = {"title", "description", "summary", "example", "examples", "$comment", "$defs"}
"""Keywords that change nothing about a reference beside which they stand."""
_ANNOTATIONS = _NOTES | {"default", "deprecated", "readOnly", "writeOnly", "externalDocs"}
_CASES = "list the cases in oneOf, each with its properties"
_REMEDIES = {
    "if": _CASES,
    "dependentSchemas": _CASES,
    "patternProperties": "let additionalProperties have the schema of all properties that are not listed",
    "propertyNames": "list the properties, or take it out",
    "unevaluatedProperties": "list all properties in one schema, with additionalProperties",
    "unevaluatedItems": "let items have the schema of all entries",
    "contains": "let items have a schema that every entry fits",
    "$id": "let each $ref be a JSON pointer of this document",
    "$dynamicRef": "write $ref and a JSON pointer of this document",
    "$dynamicAnchor": "write $ref and a JSON pointer of this document where it is meant",
}
_DIALECTS = {
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://json-schema.org/draft/2020-12/schema",
}


class SchemaConverter:
    """Converts the schemas of one document, and collects what they define for themselves."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}
        """Each schema of a `$defs`, by its JSON pointer."""

    def convert(self, schema: Any, place: str) -> Any:
        """Return a schema as 3.0 has it; UnsupportedError, with a JSON pointer, where 3.0 cannot say it.

        Only what is an object or a boolean is a schema: anything else is left for a validator to refuse.
        """
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if not isinstance(schema, dict):
            return schema
        check_supported(schema, place)
        for name, each in _list_entries(schema.get("$defs")):
            pointer = f"{place}/$defs{to_step(name)}"
            self.definitions[pointer] = self.convert(each, pointer)
        if isinstance(schema.get("$ref"), str) and not schema.keys() - _NOTES - {"$ref"}:
            return {"$ref": schema["$ref"]}
        if merged := _merge_null(schema):
            return self.convert(merged.schema, place + merged.place)
        result = {key: value for key, value in schema.items() if key in _PLAIN or key.startswith("x-")}
        result |= self._convert_parts(schema, place)
        _convert_values(schema, result)
        _convert_limits(schema, result, place)
        beside = [*_convert_dependent_required(schema), *_convert_type(schema, result)]
        if "const" in schema and "enum" in schema:
            beside.append({"enum": schema["enum"]})
        if isinstance(schema.get("$ref"), str):
            beside.insert(0, {"$ref": schema["$ref"]})
        return _with_all_of(result, beside)

    def _convert_parts(self, schema: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Convert the schemas in a schema."""
        result: dict[str, Any] = {}
        for key in (each for each in ("allOf", "anyOf", "oneOf") if each in schema):
            forms = schema[key]
            is_list = isinstance(forms, list)
            result[key] = [self.convert(it, f"{place}/{key}/{at}") for at, it in enumerate(forms)] if is_list else forms
        if "properties" in schema:
            names, below = schema["properties"], f"{place}/properties"
            is_map = isinstance(names, dict)
            result["properties"] = (
                {k: self.convert(v, below + to_step(k)) for k, v in names.items()} if is_map else names
            )
        for key in ("not", "items"):
            if key in schema:
                result[key] = self.convert(schema[key], f"{place}/{key}")
        extra = schema.get("additionalProperties", True)
        if extra is not True:
            result["additionalProperties"] = extra and self.convert(extra, f"{place}/additionalProperties")
        if isinstance(first := schema.get("prefixItems"), list):
            forms = [self.convert(each, f"{place}/prefixItems/{at}") for at, each in enumerate(first)]
            rest = result.get("items", {})
            result[PREFIX] = {"first": forms, "rest": rest}
            result["items"] = {"anyOf": [*forms, rest]}
        return result


def _with_all_of(schema: dict[str, Any], beside: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a schema that has to fit others too."""
    known = schema.get("allOf", [])
    return {**schema, "allOf": [*beside, *known]} if beside and isinstance(known, list) else schema


def check_supported(schema: Mapping[str, Any], place: str) -> None:
    """UnsupportedError where a schema has a keyword that means something, and that 3.0 does not have."""
    check_dialect(schema.get("$schema"), f"{place}/$schema")
    for keyword in schema:
        if keyword in _REMEDIES and _means_something(schema, keyword):
            raise UnsupportedError(f"{place}/{keyword}: OpenAPI 3.0 has no {keyword}; {_REMEDIES[keyword]}")
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#") and not reference.startswith("#/"):
        raise UnsupportedError(
            f"{place}/$ref: {reference} is no JSON pointer, such as #/components/schemas/Pet; write one"
        )


def _means_something(schema: Mapping[str, Any], keyword: str) -> bool:
    """Whether a keyword asks anything of a value: a schema that all values fit does not, nor does a map of none."""
    if keyword == "if":
        return not schema.keys().isdisjoint({"then", "else"})
    return keyword == "contains" or schema[keyword] not in (True, {})


def check_dialect(dialect: Any, place: str) -> None:
    """UnsupportedError for schemas that are not of JSON Schema 2020-12, as those of OpenAPI 3.1 usually are."""
    if dialect is not None and str(dialect).rstrip("#") not in _DIALECTS:
        raise UnsupportedError(f"{place}: is {dialect}; only JSON Schema 2020-12 is supported, so take it out")


class _Merged(NamedTuple):
    """A schema with null among its types, and the place of the form that it was made of."""

    schema: dict[str, Any]
    place: str


def _merge_null(schema: dict[str, Any]) -> _Merged | None:
    """Return one schema where a choice is between a schema of one type and null, and nothing else is said."""
    for key in ("anyOf", "oneOf"):
        forms = schema.get(key)
        if not isinstance(forms, list) or schema.keys() - {key} - _ANNOTATIONS - _find_extensions(schema):
            continue
        others = [(at, each) for at, each in enumerate(forms) if not _is_null(each)]
        if len(others) == 1 and len(forms) == 2 and _has_one_type(others[0][1]):
            at, form = others[0]
            merged = {**form, **{name: schema[name] for name in schema if name != key}, "type": [form["type"], "null"]}
            if "enum" in merged:
                merged["enum"] = [*merged["enum"], None]
            return _Merged(merged, f"/{key}/{at}")
    return None


def _find_extensions(schema: Mapping[str, Any]) -> set[str]:
    return {key for key in schema if key.startswith("x-")}


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "null" and not schema.keys() - {"type"} - _ANNOTATIONS


def _has_one_type(schema: Any) -> bool:
    if (
        not isinstance(schema, dict)
        or not isinstance(schema.get("type"), str)
        or not isinstance(schema.get("enum", []), list)
    ):
        return False
    return schema["type"] != "null" and not schema.keys() & {"$ref", "const", "allOf", "anyOf", "oneOf", "not"}


def _convert_values(schema: Mapping[str, Any], result: dict[str, Any]) -> None:
    """Convert what says of a value what it is one of, what it is like, and how it is encoded."""
    if schema.get("required"):
        result["required"] = schema["required"]
    if "const" in schema:
        result["enum"] = [schema["const"]]
    elif "enum" in schema:
        result["enum"] = schema["enum"]
    examples = schema.get("examples")
    if isinstance(examples, list) and examples and "example" not in result:
        result["example"] = examples[0]
    if str(schema.get("contentEncoding")).startswith("base64"):
        result.setdefault("format", "byte")
    elif "contentMediaType" in schema and "contentEncoding" not in schema and _is_binary(schema["contentMediaType"]):
        result.setdefault("format", "binary")
        result.setdefault("type", "string")


def _is_binary(media_type: Any) -> bool:
    return not str(media_type).startswith("text/") and not str(media_type).endswith(("json", "xml"))


def _convert_limits(schema: Mapping[str, Any], result: dict[str, Any], place: str) -> None:
    for limit, strict, tighter in (("minimum", "exclusiveMinimum", max), ("maximum", "exclusiveMaximum", min)):
        bound, other = schema.get(strict), schema.get(limit)
        if isinstance(bound, bool):
            raise UnsupportedError(f"{place}/{strict}: is {str(bound).lower()}, and has to be a number in OpenAPI 3.1")
        if isinstance(bound, int | float) and (not isinstance(other, int | float) or tighter(bound, other) == bound):
            result[limit], result[strict] = bound, True


def _convert_dependent_required(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what `dependentRequired` asks, as schemas of 3.0: a name is absent, or so are none of the others."""
    return [
        {"anyOf": [{"not": {"required": [name]}}, {"required": needed}]}
        for name, needed in _list_entries(schema.get("dependentRequired"))
        if needed
    ]


def _convert_type(schema: Mapping[str, Any], result: dict[str, Any]) -> list[dict[str, Any]]:
    """Set the type of the result, and return what has to hold beside it where there are several."""
    said = schema.get("type", result.get("type"))
    if said is None:
        return []
    types = said if isinstance(said, list) else [said]
    others = [each for each in types if each != "null" and not (each == "integer" and "number" in types)]
    allowed = result.get("enum", [None])
    takes_null = "null" in types and isinstance(allowed, list) and None in allowed
    if len(others) > 1:
        forms: list[dict[str, Any]] = [
            {"type": each, "items": {}} if each == "array" else {"type": each} for each in others
        ]
        return [{"anyOf": [*forms, {"nullable": True, "enum": [None]}] if takes_null else forms}]
    if others:
        result["type"] = others[0]
        if takes_null:
            result["nullable"] = True
        if others[0] == "array":  # 3.0 asks for items
            result.setdefault("items", {})
    elif takes_null:
        result |= {"nullable": True, "enum": [None]}
    return [] if others or takes_null else [{"not": {}}]


def _list_entries(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
