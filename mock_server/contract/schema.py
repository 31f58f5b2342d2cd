"""Schemas of OpenAPI 3.0, translated to JSON Schema and compiled once.

OpenAPI 3.0 has its own dialect: `nullable`, boolean `exclusiveMinimum`, binary strings. Draft 7 is
the nearest draft that takes 1.0 for an integer, as JSON does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

import jsonschema_rs
import orjson

_PLAIN = (
    *("type", "enum", "format", "pattern", "multipleOf", "maximum", "minimum", "maxLength"),
    *("minLength", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties"),
    "required",
)
_OF_SCHEMAS = {"allOf", "anyOf", "oneOf"}
_OF_SCHEMA = {"not", "items"}
_LONGEST_TEXT = 300
_BITS = {"int32": 31, "int64": 63}
"""The bits of a whole number of a format, beside that of its sign."""

PREFIX = "x-prefix-items"
"""The schemas of the first entries of an array: OpenAPI 3.0 has no word for it, and JSON Schema has."""
_REQUIRED = "It is required."
_OF_FORMS = (jsonschema_rs.ValidationErrorKind.OneOfNotValid, jsonschema_rs.ValidationErrorKind.AnyOf)

Side = Literal["request", "response"]
_OF_OTHER_SIDE: Mapping[Side, str] = {"request": "readOnly", "response": "writeOnly"}

Problem = tuple[list[str], str]
"""A place in an instance, and what is wrong there."""
_DIGITS = re.compile(r"\+?[0-9]+")


Validator = jsonschema_rs.Draft7Validator


class SchemaError(ValueError):
    """A schema that cannot be compiled; the text says why."""


class Compiler:
    """Compiles schemas, each content once however often the contract repeats it."""

    def __init__(self, *, lenient: bool = False) -> None:
        """`lenient`: of a schema that cannot be compiled nothing is asked, in place of a SchemaError."""
        self._compiled: dict[bytes, Validator] = {}
        self._lenient = lenient

    def compile(self, schema: Mapping[str, Any], *, side: Side | None = None, mask: str | None = None) -> Validator:
        """The validator of an OpenAPI schema without references; SchemaError if it is not one.

        `side`: a property that belongs to the other side alone is not required. `mask`: stands in its texts in the
        place of values.
        """
        content = orjson.dumps([schema, side, mask], option=orjson.OPT_NON_STR_KEYS)
        if content not in self._compiled:
            try:
                translated = translate(schema, None if side is None else _OF_OTHER_SIDE[side])
                self._compiled[content] = Validator(translated, validate_formats=True, mask=mask)
            except (ValueError, jsonschema_rs.ValidationError) as error:
                if not self._lenient:
                    raise SchemaError(str(error).splitlines()[0]) from error
                self._compiled[content] = Validator({})
        return self._compiled[content]


def translate(
    schema: Mapping[str, Any],
    other_side: str | None = None,
    optional: frozenset[str] = frozenset(),
    *,
    keep: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The draft 7 schema that means the same.

    `other_side`: the keyword of properties that need not be there; `optional`: those of the schema around this part;
    `keep`: keywords that judge nothing and are wanted all the same, such as `description`.
    """
    if is_binary(schema):
        return {}
    if "discriminator" in schema:
        _check_discriminator(schema)
    result = {key: schema[key] for key in (*_PLAIN, *keep) if key in schema}
    if other_side is not None:
        optional |= {name for name, each in collect_properties(schema).items() if each.get(other_side)}
        if "required" in result:
            result["required"] = [name for name in result["required"] if name not in optional]
    result.update(_translate_parts(schema, other_side, optional, keep))
    _limit(result, schema)
    extra = schema.get("additionalProperties", True)
    if extra is not True:
        result["additionalProperties"] = False if extra is False else translate(extra, other_side, keep=keep)
    return with_null(result) if schema.get("nullable") else result


def _limit(result: dict[str, Any], schema: Mapping[str, Any]) -> None:
    """Let the result take the numbers that a schema takes, and of whole numbers those that its format has bits for."""
    if schema.get("type") == "integer" and schema.get("format") in _BITS:
        first = 1 << _BITS[schema["format"]]
        result["minimum"] = max(schema.get("minimum", -first), -first)
        result["maximum"] = min(schema.get("maximum", first - 1), first - 1)
    for limit, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(strict) and limit in schema and result[limit] == schema[limit]:
            result[strict] = result.pop(limit)


def _translate_parts(
    schema: Mapping[str, Any], other_side: str | None, optional: frozenset[str], keep: tuple[str, ...]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in _OF_SCHEMAS & schema.keys():
        result[key] = [translate(each, other_side, optional, keep=keep) for each in schema[key]]
    for key in _OF_SCHEMA & schema.keys():
        result[key] = translate(schema[key], other_side, keep=keep)
    if PREFIX in schema:
        result["items"] = [translate(each, other_side, keep=keep) for each in schema[PREFIX]["first"]]
        result["additionalItems"] = translate(schema[PREFIX]["rest"], other_side, keep=keep)
    if "properties" in schema:
        result["properties"] = {k: translate(v, other_side, keep=keep) for k, v in schema["properties"].items()}
    return result


def collect_properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a schema and of all those that it is all of."""
    found = {name: each for part in schema.get("allOf", []) for name, each in collect_properties(part).items()}
    return {**found, **schema.get("properties", {})}


def _check_discriminator(schema: Mapping[str, Any]) -> None:
    """Raise SchemaError where only the name of a schema says which form is meant: references are resolved."""
    name = schema["discriminator"].get("propertyName")
    forms = schema.get("oneOf") or schema.get("anyOf") or []
    if not forms or not all("enum" in collect_properties(form).get(name, {}) for form in forms):
        raise SchemaError(
            f"the discriminator {name} is not supported by itself; let oneOf list forms, each with an enum for {name}"
        )


def is_binary(schema: Mapping[str, Any]) -> bool:
    """Whether the schema means bytes, about which JSON Schema has nothing to say."""
    return schema.get("type") == "string" and schema.get("format") == "binary"


def with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that null fits too."""
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def fits(validator: Validator, instance: Any) -> bool:
    """Whether an instance fits; one nested too deeply to be looked into does not."""
    try:
        return validator.is_valid(instance)
    except ValueError:  # jsonschema-rs gives up where its stack ends
        return False


def describe_problems(validator: Validator, instance: Any, *, whole: str) -> dict[str, str]:
    """Return the problems of an instance: field path → text, `whole` naming the instance itself."""
    found: dict[str, str] = {}
    for place, text in locate_problems(validator, instance):
        found.setdefault(".".join(place) if place else whole, text)
    return found


MOST_PARTS = 5000
"""The values of an instance of which all problems are told.

jsonschema-rs makes all of them at once, each with a copy of what is wrong: of a million, 2 KB and 11 us for each.
"""
_TEXT_OF_PART = 200
"""The characters that each of these values may have, on average."""


def locate_problems(validator: Validator, instance: Any, *, most_parts: int = MOST_PARTS) -> Iterator[Problem]:
    """Each place in an instance that is wrong, with what is wrong there; one of them where the instance is large.

    A missing or an unexpected field is named itself, not the object around it.
    """
    try:
        for error in _find_errors(validator, instance, most_parts):
            yield from _list_problems(instance, error)
    except ValueError:
        yield [], "It is nested too deeply."


def _find_errors(validator: Validator, instance: Any, most_parts: int) -> Iterable[jsonschema_rs.ValidationError]:
    if not is_large(instance, most_parts):
        return validator.iter_errors(instance)
    try:
        validator.validate(instance)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def is_large(instance: Any, most_parts: int) -> bool:
    """Whether an instance has more values, or more text, than all problems are told of."""
    left, parts, text = [instance], 0, 0
    while left and parts <= most_parts and text <= _TEXT_OF_PART * most_parts:
        value = left.pop()
        if isinstance(value, str):
            text += len(value)
        elif isinstance(value, Mapping):
            parts += len(value)
            left.extend(islice(value.values(), most_parts))
        elif isinstance(value, list):
            parts += len(value)
            left.extend(value[:most_parts])
    return parts > most_parts or text > _TEXT_OF_PART * most_parts


def _find_paths(instance: Any, steps: list[str | int]) -> Iterator[list[str]]:
    """Find the places that steps may mean: jsonschema-rs makes numbers of keys of digits, and leaves out empty keys."""
    if not steps:
        yield []
        return
    for key in _find_keys(instance, steps[0]):
        yield from ([str(key), *path] for path in _find_paths(instance[key], steps[1:]))
    if isinstance(instance, dict) and "" in instance:
        yield from (["", *path] for path in _find_paths(instance[""], steps))


def _find_keys(instance: Any, step: str | int) -> list[Any]:
    if isinstance(instance, list):
        return [step] if isinstance(step, int) and step < len(instance) else []
    if not isinstance(instance, dict):
        return []
    if isinstance(step, int):
        return [key for key in instance if _DIGITS.fullmatch(key) and int(key) == step]
    return [step] if step in instance else []


def _list_problems(instance: Any, error: jsonschema_rs.ValidationError) -> list[Problem]:
    kind = error.kind
    if isinstance(kind, _OF_FORMS) and kind.context:
        return _choose_nearest(
            [[problem for each in form for problem in _list_problems(instance, each)] for form in kind.context]
        )
    steps = list(error.instance_path)
    paths = list(_find_paths(instance, steps)) or [[str(step) for step in steps]]
    return [(path if name is None else [*path, name], text) for path in paths for name, text in _name_problems(error)]


def _choose_nearest(forms: list[list[Problem]]) -> list[Problem]:
    """Return the problems of the form that nearly fits; of all of them, where they are equally near."""
    wrong = [{tuple(path): text for path, text in reversed(form)} for form in forms]
    fewest = min(map(len, wrong))
    near = [form for form in wrong if len(form) == fewest]
    if fewest == 1 and all(set(form.values()) == {_REQUIRED} for form in near):
        names = dict.fromkeys(path for form in near for path in form)
        if len(names) > 1:
            return [(list(next(iter(names))[:-1]), f"It needs {' or '.join(path[-1] for path in names)}.")]
    alike = [form for form in near if form.keys() == near[0].keys()]
    return [(list(path), " Or: ".join(dict.fromkeys(form[path] for form in alike))) for path in near[0]]


def _name_problems(error: jsonschema_rs.ValidationError) -> list[tuple[str | None, str]]:
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        return [(name, "It is not a known field.") for name in kind.unexpected]
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return [(str(kind.property), _REQUIRED)]
    match kind:
        case jsonschema_rs.ValidationErrorKind.Not(schema={"required": [*names]}):
            return [(None, f"{' and '.join(map(str, names))} do not go together.")]
        case jsonschema_rs.ValidationErrorKind.Enum(options=[*options, last]) if options:
            named = f"{', '.join(map(_as_json, options))} or {_as_json(last)}"
            return [(None, f"{shorten(error.message.rpartition(' is not one of ')[0])} is not one of {named}")]
    return [(None, shorten(error.message))]


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def shorten(text: str) -> str:
    """Cut a text to the length that an error message has room for."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
