"""The values that two schemas take: the one module that asks jsonschema-rs for its canonical forms.

They are experimental there (0.60.3). What they do not decide is tried on a few values; what stays open is `MAY`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema_rs
from jsonschema_rs.canonical import CanonicalizationError, Containment

from conformance.changes.change import Grade
from conformance.contract.contract import ContractError, JsonObject
from conformance.http.variables import CUT

LONGEST = 160
"""The most characters that are shown of what one schema takes and another does not."""
EVERYTHING: JsonObject = {}
NOTHING: JsonObject = {"not": {}}
CYCLE = "~cycle~"
"""The beginning of a text that stands for a schema around it: what refers to itself has no end otherwise."""
_GRADES = {Containment.YES: Grade.NO, Containment.NO: Grade.BREAKS, Containment.UNKNOWN: Grade.MAY}
_BOUNDS = frozenset(
    {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
)
_LARGEST = 100_000
"""The largest bound around which numbers and texts are tried."""
_LONGEST_LIST = 1000


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation of two schemas: values of the old one that are lost in the new one, and those that it gains."""

    lost: Grade
    gained: Grade

    @property
    def is_equal(self) -> bool:
        """Return whether both schemas take the same values."""
        return self.lost is self.gained is Grade.NO


_TRIED: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2, 3, 10, 1000, 10**9, 10**15, -0.5, 1.5),
    *("", "a", "A", "0", "-", "_", " ", "~", "a b", "a.b", "a/b", "abc", "a" * 300, "\n", "\N{SNOWMAN}"),
    *(
        "2026-01-02",
        "2026-01-02T03:04:05Z",
        "01234567-89ab-cdef-0123-456789abcdef",
        "a@b.example",
        "https://b.example/",
    ),
    *([], [1], ["a"], ["a", "a"], {}),
)
"""Values of which each schema takes some: one that is taken by the one and not by the other is a proof."""
_LATER_FORMATS = {
    name: jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid
    for name in ("duration", "iri", "json-pointer", "uri-reference", "uuid")
}
"""Formats that draft 4 does not know."""
EQUAL = Relation(Grade.NO, Grade.NO)


def normalise(schema: JsonObject) -> JsonObject:
    """Return a schema that takes the same values and is written in the one canonical way; raises ContractError."""
    return _simplify(_canonicalise(schema))


def relate(old: JsonObject, new: JsonObject) -> Relation:
    """Return how the values of two schemas relate; raises ContractError."""
    if old == new:
        return EQUAL
    before, after = _canonicalise(old), _canonicalise(new)
    if before == after or _simplify(before) == _simplify(after):
        return EQUAL
    lost, gained = _GRADES[after.covers(before)], _GRADES[before.covers(after)]
    if CYCLE in json.dumps((old, new)):  # an unrolled cycle is another text, and may be the same all the same
        return Relation(min(lost, Grade.MAY), min(gained, Grade.MAY))
    return Relation(lost, gained)


def decide_relation(how: Relation, old: JsonObject, new: JsonObject) -> Relation:
    """Return the relation, with what is open decided by a value that one schema takes and the other does not."""
    if Grade.MAY not in (how.lost, how.gained) or CYCLE in json.dumps((old, new)):
        return how
    return Relation(_try_grade(how.lost, old, new), _try_grade(how.gained, new, old))


def _try_grade(grade: Grade, one: JsonObject, other: JsonObject) -> Grade:
    if grade is not Grade.MAY:
        return grade
    takes, refuses = _compile_validator(one), _compile_validator(other)
    values = (*_TRIED, *_draw_around(set(_find_bounds([one, other]))), *_draw_samples(normalise(one)))
    found = any(takes.is_valid(value) and not refuses.is_valid(value) for value in values)
    return Grade.BREAKS if found else Grade.MAY


def _compile_validator(schema: JsonObject) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(dict(schema), validate_formats=True, formats=_LATER_FORMATS)


def _draw_samples(schema: JsonObject) -> Iterator[Any]:
    """Yield values that a schema in its normal form takes: of an object the smallest, and those of a field more."""
    if schema.get("type") == "object":
        properties: Mapping[str, JsonObject] = schema.get("properties", {})
        found = {name: value for name, each in properties.items() for value in islice(_draw_samples(each), 1)}
        smallest = {name: found.get(name) for name in schema.get("required", ())}
        yield smallest
        yield from ({**smallest, name: value} for name, value in found.items() if name not in smallest)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _draw_samples(each)
    else:
        takes = _compile_validator(schema)
        values_of_all = (*schema.get("enum", ()), *_TRIED, *_draw_around(set(_find_bounds(schema))))
        yield from islice(filter(takes.is_valid, values_of_all), 1)


def _find_bounds(node: Any) -> Iterator[int]:
    for key, value in node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ():
        if key in _BOUNDS and isinstance(value, int) and abs(value) <= _LARGEST:
            yield from (value - 1, value, value + 1)
        else:
            yield from _find_bounds(value)


def _draw_around(bounds: set[int]) -> Iterator[Any]:
    """Yield numbers, texts, lists and objects of the sizes that are bounds, and of those beside them."""
    yield from bounds
    for size in bounds:
        if size >= 0:
            yield "a" * size
        if 0 <= size <= _LONGEST_LIST:
            texts = [str(each) for each in range(size)]
            yield from (list(range(size)), texts, dict.fromkeys(texts))


def show_difference(one: JsonObject, other: JsonObject) -> str:
    """Return what one schema takes and the other does not, as a short text; empty where there is nothing to show."""
    try:
        left = _simplify(_canonicalise(one).subtract(_canonicalise(other)))
    except CanonicalizationError:
        return ""
    if left == NOTHING:
        return ""
    shown = left["enum"] if left.keys() == {"enum"} else left
    values = ", ".join(map(_format_value, shown)) if isinstance(shown, list) else _format_value(shown)
    return values if len(values) <= LONGEST else values[: LONGEST - len(CUT)] + CUT


def _canonicalise(schema: JsonObject) -> jsonschema_rs.CanonicalSchema:
    try:
        return jsonschema_rs.canonicalize(dict(schema), draft=jsonschema_rs.Draft4)
    except ValueError as error:  # of which the library's errors are kinds
        raise ContractError(f"is not a valid schema: {_find_fault(schema) or error}") from None


def _find_fault(schema: JsonObject) -> str:
    """Return what is wrong with the innermost part of a schema that is not valid; empty where it is valid."""
    for key, value in schema.items():
        parts = value if isinstance(value, list) else [value]
        if key in ("properties", "patternProperties") and isinstance(value, Mapping):
            parts = list(value.values())
        for part in parts:
            if isinstance(part, Mapping) and (found := _find_fault(part)):
                return found
    try:
        jsonschema_rs.canonicalize(dict(schema), draft=jsonschema_rs.Draft4)
    except jsonschema_rs.ValidationError as error:
        at = ".".join(map(str, error.instance_path))
        return f"{at + ': ' if at else ''}{error.message[:LONGEST]}"
    return ""


def _simplify(schema: jsonschema_rs.CanonicalSchema) -> JsonObject:
    written: Any = schema.to_json_schema()
    if not isinstance(written, Mapping):
        return EVERYTHING if written else NOTHING
    return {key: value for key, value in written.items() if key != "$schema"}


def _format_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def without_null(schema: JsonObject) -> tuple[bool, JsonObject]:
    """Return whether a schema in its normal form takes null, and the schema of all else that it takes."""
    choices = schema.get("anyOf", [])
    if {"type": "null"} in choices and schema.keys() == {"anyOf"}:
        rest = [each for each in choices if each != {"type": "null"}]
        return True, rest[0] if len(rest) == 1 else {"anyOf": rest}
    if schema == {"type": "null"}:
        return True, NOTHING
    if isinstance(schema.get("type"), list) and "null" in schema["type"]:
        kinds = [kind for kind in schema["type"] if kind != "null"]
        return True, {**schema, "type": kinds[0] if len(kinds) == 1 else kinds}
    if None in schema.get("enum", ()):
        return True, {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return False, schema
