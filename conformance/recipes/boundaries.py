"""Fields at a boundary of their schema: just inside, or just outside by one keyword."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from hypothesis import strategies as st

from conformance.contract.contract import Contract, JsonObject, Operation, Parameter, resolve
from conformance.contract.schemas import get_schemas
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.declaration.fields import Field
from conformance.oracle.declaration.registry import find_resource_of
from conformance.recipes.draw import derive_seed, draw_values
from conformance.recipes.requests import JSON
from conformance.session.harness import Harness

SAMPLES = 3
"""Values drawn from a pattern."""
LONGEST_SHOWN = 48
"""The number of characters of a value that a report shows."""
NO_VALUE = "conformance"
"""A text that stands for no number, no boolean and no member of an enum."""
LONGEST = 4096
"""The greatest length to which a part of a value is made in search of a limit."""
OTHER_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (None, True, 1, ["a"], {"a": "b"}),
    "integer": (None, True, "1", 1.5, [1]),
    "number": (None, True, "1", [1]),
    "boolean": (None, 0, "true", [True]),
    "array": (None, True, "a", {}),
    "object": (None, True, "a", []),
}

MOMENTS = (
    *("2024-02-29T23:59:59.999999999Z", "2026-06-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59"),
    *("9999-12-31T23:59:59.999999999Z", "0000-02-29T00:00:00Z", "2016-12-31t23:59:60.5z"),
    *("2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-06-01T24:00:00Z", "2026-06-01T23:60:00Z"),
    *("2026-06-01T00:00:61Z", "2026-06-01T00:00:00+24:00", "2026-06-01T00:00:00-00:60", "2026-06-01T00:00:00"),
    "2026-06-01T00:00:0\N{ARABIC-INDIC DIGIT ONE}Z",
)
"""Texts that RFC 3339 takes for a date-time, of its first year and a leap second too, and such as are none."""

Fits = Callable[[Any], bool]
_ASCII = st.characters(min_codepoint=33, max_codepoint=126)


def list_bounded_fields(operation: Operation) -> Iterator[str]:
    """Yield the fields of its body that have a boundary: bytes have none but their length, which is another rule's."""
    schemas = operation.body.schemas.values() if operation.body else ()
    found = {name: each for schema in schemas for name, each in schema.get("properties", {}).items()}
    for name, each in found.items():
        items = each.get("items")
        formats = (each.get("format"), items.get("format") if isinstance(items, dict) else None)
        if "binary" not in formats:
            yield name


def list_wrong_values(harness: Harness, operation: Operation, name: str) -> list[Any]:
    """Return what to put into the field that its schema does not allow."""
    schema, examples = _find_field_schema(harness.contract, operation, name)
    schemas = get_schemas(harness.contract)
    found = draw_outside(
        schema, examples, derive_seed(harness.seed, name, "boundaries"), lambda value: schemas.fits(schema, value)
    )
    return found if is_json(operation) else [value for value in found if isinstance(value, str)]


def find_value_of_another_type(contract: Contract, operation: Operation, name: str, turn: int) -> Any:
    """Return a value of a type that the field does not allow, the one whose turn it is; None: there is none."""
    schema, _ = _find_field_schema(contract, operation, name)
    fits = partial(get_schemas(contract).fits, schema)
    kind = schema.get("type", "")
    kinds = kind if isinstance(kind, list) else [kind]
    others = [value for each in kinds for value in OTHER_TYPES.get(each, ()) if value is not None and not fits(value)]
    return others[turn % len(others)] if others else None


def list_past_limits(contract: Contract, operation: Operation, name: str, right: Any = None) -> list[Any]:
    """Return the values of the field that are past a limit of a length, a number or a count, by one.

    `right`: a value of it that is taken, of which a text of a pattern is made longer.
    """
    schema, examples = _find_field_schema(contract, operation, name)
    if "pattern" in schema:
        examples = [right] if isinstance(right, str) else examples or [*_draw_samples(schema["pattern"], 0)]
    return draw_at_limits(contract, schema, examples)[1]


def list_limited_parameters(contract: Contract, operation: Operation) -> list[Parameter]:
    """Return the query parameters that are moments, of an enum, or whose length, number or count has a limit."""
    query = (each for each in operation.parameters if each.location == "query")
    return [each for each in query if any(draw_at_limits(contract, each.schema))]


def draw_at_limits(contract: Contract, schema: JsonObject, examples: Sequence[Any] = ()) -> tuple[list[Any], list[Any]]:
    """Return an enum's members and the values at each limit of a length, a number or a count; and those past it."""
    fits = partial(get_schemas(contract).fits, schema)
    longest = (each for text in examples[:1] if "pattern" in schema for each in _lengthen(text, fits))
    every = _drop_repeated(chain(_draw_measured_within(contract, schema), longest))
    right = [value for value in every if fits(value)]
    return right, [value for value in every if value not in right]


def draw_in_form(contract: Contract, operation: Operation) -> Iterator[tuple[str, list[Any], list[str]]]:
    """Yield each part of a form whose text stands for a number, a boolean or a member of an enum.

    With each: values of it that are right, and texts that stand for none.
    """
    form = operation.body.schemas.get(multipart.MEDIA_TYPE, {}) if operation.body else {}
    for name, each in form.get("properties", {}).items():
        schema = resolve(contract.document, each)
        right, past = draw_at_limits(contract, schema)
        if schema.get("type") == "boolean":
            right = [True, False]
        if right and (schema.get("type") != "string" or "enum" in schema):
            yield name, right, [*map(str, past), NO_VALUE]


def with_value(operation: Operation, request: Request, name: str, value: Any) -> Request:
    """Return the request with this value in the field."""
    request = replace(request, tried=_show_value(name, value))
    if not is_json(operation):
        parts = multipart.decode(request.content or b"", request.find_header("content-type") or "")
        kept = [part for part in parts if part.name != name]
        return replace(request, content=multipart.encode([*kept, multipart.Part(name, str(value).encode())]))
    body = json.loads(request.content or b"{}")
    return replace(request, content=json.dumps({**body, name: value}).encode())


def _show_value(name: str, value: Any) -> str:
    """Return the field and its value, of a long one the beginning and the length."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= LONGEST_SHOWN:
        return f"{name}: {text}"
    length = f" ({len(value)} characters)" if isinstance(value, str) else ""
    return f"{name}: {text[:LONGEST_SHOWN]}...{length}"


def is_obtainable(operation: Operation, name: str) -> bool:
    """Return whether what the field names can be had at will, and need not suit an object that is there."""
    declared = _find_field(operation, name)
    return declared is None or not declared.owner_knows or not operation.resources


def fits(contract: Contract, operation: Operation, name: str, value: Any) -> bool:
    """Return whether the schema of the field allows the value."""
    return get_schemas(contract).fits(_find_field_schema(contract, operation, name)[0], value)


def is_json(operation: Operation) -> bool:
    """Return whether the operation takes a JSON body: a part of a form is text, so that it can be of no other type."""
    return operation.body is not None and JSON in operation.body.schemas


def make_right(harness: Harness, operation: Operation, name: str, value: Any) -> bool:
    """Have what the value names, where it names something; whether that can be had."""
    declared = _find_field(operation, name)
    return declared is None or declared.have(harness, value)


def _find_field(operation: Operation, name: str) -> Field | None:
    resource = find_resource_of(operation)
    return resource.fields.get(name) if resource else None


def _find_field_schema(contract: Contract, operation: Operation, name: str) -> tuple[JsonObject, list[Any]]:
    assert operation.body is not None  # noqa: S101  # it has fields
    schema = next(s["properties"][name] for s in operation.body.schemas.values() if name in s.get("properties", {}))
    examples = [e for media in operation.body.examples.values() for e in media if isinstance(e, dict) and name in e]
    return resolve(contract.document, schema), [example[name] for example in examples]


def draw_inside(schema: JsonObject, examples: list[Any], seed: int, fits: Fits) -> list[Any]:
    """Return values that fit, at every limit that the schema has."""
    return _drop_repeated(value for value in _draw_candidates(schema, examples, seed, fits) if fits(value))


def draw_outside(schema: JsonObject, examples: list[Any], seed: int, fits: Fits) -> list[Any]:
    """Return values that do not fit, most of them by one character, one unit or their type."""
    others = OTHER_TYPES.get(str(schema.get("type")), ())
    return _drop_repeated(
        value for value in (*others, *_draw_candidates(schema, examples, seed, fits)) if not fits(value)
    )


def _draw_candidates(schema: JsonObject, examples: list[Any], seed: int, fits: Fits) -> Iterator[Any]:
    for member in schema.get("enum", ()):
        yield member
        yield from _misspell(member) if isinstance(member, str) else ()
    yield from _draw_measured(schema)
    if "pattern" in schema:
        for example in (*examples, *_draw_samples(schema["pattern"], seed)):
            yield example
            yield from _misspell(example)
            yield from _lengthen(example, fits)


@lru_cache(maxsize=32)  # several fields have one pattern, and a long one takes its time
def _draw_samples(pattern: str, seed: int) -> tuple[str, ...]:
    drawn_from = st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=_ASCII)
    return tuple(draw_values(drawn_from, SAMPLES, seed))


def _draw_measured(schema: JsonObject) -> Iterator[Any]:
    """Yield a length or a number at each limit, and one past it. Lengths are in characters, so of two bytes each."""
    for keyword, past in (("minLength", -1), ("maxLength", 1)):
        if keyword in schema:
            yield from ("é" * n for n in (schema[keyword], schema[keyword] + past) if n >= 0)
    for keyword, past in (("minimum", -1), ("maximum", 1)):
        if keyword in schema:
            yield from (schema[keyword], schema[keyword] + past)


def _draw_measured_within(contract: Contract, schema: JsonObject) -> Iterator[Any]:
    """Yield values at the limits of the value itself, of a list's items, and of an object's values."""
    yield from schema.get("enum", ())
    yield from _draw_measured(schema) if "pattern" not in schema else ()
    yield from MOMENTS if schema.get("format") == "date-time" else ()
    items, values = (resolve(contract.document, schema.get(each)) for each in ("items", "additionalProperties"))
    inner = [*_draw_measured(items)] if isinstance(items, dict) else []
    yield from ([value] for value in inner)
    if isinstance(items, dict) and "maxItems" in schema and not schema.get("uniqueItems"):
        usual = inner[:1] or (_draw_samples(items["pattern"], 0)[:1] if "pattern" in items else ())
        yield from ([value] * count for value in usual for count in (schema["maxItems"], schema["maxItems"] + 1))
    yield from ({"key": value} for value in (_draw_measured(values) if isinstance(values, dict) else ()))


def _misspell(text: str) -> Iterator[str]:
    yield from ("", f" {text}", f"{text} ", f"{text}\n", text.upper(), f"{text}/", f"/{text}", f"ä{text}", f"{text},a")


def _lengthen(text: str, fits: Fits) -> Iterator[str]:
    """Yield each part of the text as long as still fits, and by one more; nothing of a part without a limit.

    Where the whole may be longer than by one part alone, its first part and what follows that are repeated first.
    """
    if not fits(text):
        return
    found = [each for part in re.finditer(r"[A-Za-z0-9]+", text) for each in _lengthen_part(text, part.end(), fits)]
    yield from found
    first = re.match(r"([A-Za-z0-9]+)[^A-Za-z0-9]+", text)
    if first is None or not found or fits(first[0] * LONGEST + text):
        return
    while fits(first[0] + text):
        text = first[0] + text
    whole = [*_lengthen_part(text, first.end(1), fits)]
    if max(map(len, whole), default=0) > max(map(len, found)):
        yield from whole


def _lengthen_part(text: str, end: int, fits: Fits) -> Iterator[str]:
    """Yield the text with the part that ends here as long as still fits, and by one more; nothing without a limit."""
    beginning, rest = text[:end], text[end:]
    low, high = 0, LONGEST
    if fits(beginning + "a" * high + rest):
        return
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(beginning + "a" * middle + rest) else (low, middle)
    yield from (beginning + "a" * low + rest, beginning + "a" * high + rest)


def _drop_repeated(values: Iterator[Any]) -> list[Any]:
    return list({repr(value): value for value in values}.values())
