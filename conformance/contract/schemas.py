"""The contract's schemas as validators, each compiled once, and values as the texts of parameters have them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from conformance.contract.contract import Contract, JsonObject, Provenance


def parse_value(schema: Mapping[str, Any], text: str) -> Any:
    """Return the value that a text stands for; the text itself where it stands for none of the schema's type."""
    kinds = schema.get("type")
    kind = next((each for each in kinds if each != "null"), None) if isinstance(kinds, list) else kinds
    read = _READERS.get(str(kind))
    return text if read is None else read(text)


def _parse_boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _parse_integer(text: str) -> Any:
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() else text


def _parse_number(text: str) -> Any:
    try:
        return float(text) if math.isfinite(float(text)) else text
    except ValueError:
        return text


_READERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": _parse_boolean,
    "integer": _parse_integer,
    "number": _parse_number,
}


MOST_VALUES = 50_000
"""The number of values of a wrong answer that are looked at one by one: a list of thousands of objects has fewer."""
MOST_COMPLAINTS = 100
LONGEST_MESSAGE = 1000
_COMPONENT = re.compile("#/components/([^/]+)/([^/]+)")
_OF_3_0, _OF_3_1 = jsonschema_rs.Draft4Validator, jsonschema_rs.Draft202012Validator
_Validator = jsonschema_rs.Draft4Validator | jsonschema_rs.Draft202012Validator


@lru_cache(maxsize=8)
def list_field_names(contract: Contract) -> frozenset[str]:
    """Return the names that objects of the contract have for their fields, whichever objects they are."""
    return frozenset(_find_field_names(contract.document))


def _find_field_names(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from node["properties"] if isinstance(node.get("properties"), Mapping) else ()
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _find_field_names(each)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One keyword of a schema that an instance breaks."""

    pointer: str  # where in the instance
    keyword: str
    message: str
    provenance: Provenance  # how well founded the keyword is; SEED where the contract says nothing weaker
    fields: tuple[str, ...] = ()  # the names of what is missing, unexpected or wrong

    @property
    def place(self) -> str:
        """Return where, with list positions left out, so that the same defect reads the same."""
        return "/".join("*" if part.isdigit() else part for part in self.pointer.split("/"))

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'}: {self.message}"


@lru_cache(maxsize=8)
def get_schemas(contract: Contract) -> Schemas:
    """Return the validators of a contract, shared by all that ask: translating and compiling take their time."""
    return Schemas(contract)


class Schemas:
    """Validators for one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._is_of_3_0 = str(contract.document.get("openapi", "")).startswith("3.0")
        self._components: Mapping[str, JsonObject] = self._translate_dialect(contract.document.get("components", {}))
        self._compiled: dict[int, tuple[JsonObject, JsonObject, _Validator]] = {}

    def _translate_dialect(self, node: Any) -> Any:
        """Return what a validator takes: OpenAPI 3.1 has the dialect of JSON Schema 2020-12 already."""
        return _translate_schema(node) if self._is_of_3_0 else node

    def find_complaints(self, schema: JsonObject, instance: Any) -> list[Complaint]:
        """Return what instance breaks of schema, in the validator's order; empty where it fits."""
        document, validator = self._compile_validator(schema)
        try:
            if validator.is_valid(instance):
                return []
            if _is_huge(instance):  # each error would hold a copy of what it is about
                return [Complaint("", "type", f"does not fit, and has over {MOST_VALUES} values", Provenance.SEED)]
            errors = islice(validator.iter_errors(instance), MOST_COMPLAINTS)
            return [_build_complaint(self._contract, document, error) for error in errors]
        except UnicodeEncodeError:
            return self.find_complaints(schema, replace_surrogates(instance))
        except ValueError:  # the validator follows nothing so deep, and no answer of a contract is
            return [Complaint("", "type", "is nested too deeply", Provenance.SEED)]

    def fits(self, schema: JsonObject, instance: Any) -> bool:
        """Return whether instance is valid against schema."""
        try:
            return self._compile_validator(schema)[1].is_valid(instance)
        except UnicodeEncodeError:
            return self.fits(schema, replace_surrogates(instance))
        except ValueError:  # as above
            return False

    def _compile_validator(self, schema: JsonObject) -> tuple[JsonObject, _Validator]:
        # Keyed by identity: the contract's schemas live as long as the contract. The schema is kept
        # beside its validator, so that the id cannot be given to another one.
        kept = self._compiled.get(id(schema))
        if kept is None:
            # Beside a $ref everything else is ignored, so the schema goes one level down.
            translated = self._translate_dialect(schema)
            document = {"allOf": [translated], "components": self._collect_components(translated)}
            validator = (_OF_3_0 if self._is_of_3_0 else _OF_3_1)(document, validate_formats=True)
            kept = self._compiled[id(schema)] = (schema, document, validator)
        return kept[1], kept[2]

    def _collect_components(self, schema: JsonObject) -> dict[str, dict[str, Any]]:
        """Return the components that a schema needs: a validator holds a copy of its whole document."""
        needed: dict[str, dict[str, Any]] = {}
        left = list(_find_references(schema))
        while left:
            kind, name = left.pop()
            if name not in needed.setdefault(kind, {}) and name in self._components.get(kind, {}):
                needed[kind][name] = self._components[kind][name]
                left += _find_references(needed[kind][name])
        return needed


def _is_huge(instance: Any) -> bool:
    """Return whether a JSON value has more values in it than are looked at one by one."""
    left, count = [instance], 0
    while left and count <= MOST_VALUES:
        each = left.pop()
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        count += len(inner)
        left += islice(inner, MOST_VALUES)
    return count > MOST_VALUES


def _find_references(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the components that a schema names itself, each by its kind and its name."""
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str) and (found := _COMPONENT.match(node["$ref"])):
            yield found[1], found[2].replace("~1", "/").replace("~0", "~")
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _find_references(each)


def replace_surrogates(value: Any) -> Any:
    """Return the JSON value with a replacement character for each half of one, which JSON can hold and UTF-8 cannot."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _translate_schema(node: Any) -> Any:
    """Return OpenAPI 3.0's dialect as JSON Schema draft 4: nullable, and strings that are bytes."""
    if isinstance(node, list | tuple):
        return [_translate_schema(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    schema = {key: _translate_schema(value) for key, value in node.items() if key != "nullable"}
    if schema.get("format") in ("binary", "path"):
        del schema["format"]
    if schema.get("required") == []:  # draft 4 has no empty list
        del schema["required"]
    if node.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _build_complaint(contract: Contract, document: JsonObject, error: jsonschema_rs.ValidationError) -> Complaint:
    path = list(error.schema_path)
    keyword = str(path[-1]) if path else "schema"
    pointer = "".join(f"/{part}" for part in error.instance_path)
    message = error.message  # it repeats what it is about, which may be a whole body
    shortened = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}..."
    return Complaint(pointer, keyword, shortened, _find_provenance(contract, document, path), _find_fields(error))


def _find_fields(error: jsonschema_rs.ValidationError) -> tuple[str, ...]:
    said: Mapping[str, Any] = error.kind.as_dict()
    if isinstance(missing := said.get("property"), str):
        return (missing,)
    if unexpected := said.get("unexpected"):
        return tuple(map(str, unexpected))
    return tuple(str(part) for part in error.instance_path if isinstance(part, str))[-1:]


def _find_provenance(contract: Contract, document: JsonObject, path: list[str | int]) -> Provenance:
    """Return the weakest provenance on the way to the keyword, where it names that keyword or the whole node."""
    node: Any = document
    weakest = Provenance.SEED
    for keyword in path:
        given = node.get("x-provenance") if isinstance(node, Mapping) else None
        named = given.get(keyword) if isinstance(given, Mapping) else given
        if isinstance(named, str):
            weakest = min(weakest, contract.find_provenance(named))
        node = node[keyword]
    return weakest
