"""Values just inside and just outside what a schema of the contract says of a field, each against one keyword."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from conformance.contract.contract import JsonObject
from conformance.recipes.draw import drawn

SAMPLES = 3
"""Values drawn from a pattern."""
LONGEST = 4096
"""No part of a value is made longer than this in search of a limit."""
OTHER_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (None, True, 1, ["a"], {"a": "b"}),
    "integer": (None, True, "1", 1.5, [1]),
    "number": (None, True, "1", [1]),
    "boolean": (None, 0, "true", [True]),
    "array": (None, True, "a", {}),
    "object": (None, True, "a", []),
}

Fits = Callable[[Any], bool]


def inside(schema: JsonObject, examples: list[Any], seed: int, fits: Fits) -> list[Any]:
    """Values that fit, at every limit that the schema has."""
    return _unlike(value for value in _candidates(schema, examples, seed, fits) if fits(value))


def outside(schema: JsonObject, examples: list[Any], seed: int, fits: Fits) -> list[Any]:
    """Values that do not fit, most of them by one character, one unit or their type."""
    others = OTHER_TYPES.get(str(schema.get("type")), ())
    return _unlike(value for value in (*others, *_candidates(schema, examples, seed, fits)) if not fits(value))


def _candidates(schema: JsonObject, examples: list[Any], seed: int, fits: Fits) -> Iterator[Any]:
    for member in schema.get("enum", ()):
        yield member
        yield from _misspelt(member) if isinstance(member, str) else ()
    yield from _measured(schema)
    if "pattern" in schema:
        for example in (*examples, *_samples(schema["pattern"], seed)):
            yield example
            yield from _misspelt(example)
            yield from _lengthened(example, fits)


@lru_cache(maxsize=32)  # several fields have one pattern, and a long one takes its time
def _samples(pattern: str, seed: int) -> tuple[str, ...]:
    drawn_from = st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=_ASCII)
    return tuple(drawn(drawn_from, SAMPLES, seed))


def _measured(schema: JsonObject) -> Iterator[Any]:
    """A length or a number at each limit, and one past it. Lengths are in characters, so of two bytes each."""
    for keyword, past in (("minLength", -1), ("maxLength", 1)):
        if keyword in schema:
            yield from ("é" * n for n in (schema[keyword], schema[keyword] + past) if n >= 0)
    for keyword, past in (("minimum", -1), ("maximum", 1)):
        if keyword in schema:
            yield from (schema[keyword], schema[keyword] + past)


_ASCII = st.characters(min_codepoint=33, max_codepoint=126)


def _misspelt(text: str) -> Iterator[str]:
    yield from ("", f" {text}", f"{text} ", f"{text}\n", text.upper(), f"{text}/", f"/{text}", f"ä{text}", f"{text},a")


def _lengthened(text: str, fits: Fits) -> Iterator[str]:
    """Each part of the text as long as still fits, and by one more; nothing of a part without a limit."""
    for part in re.finditer(r"[A-Za-z0-9]+", text):
        more = f"{text[: part.end()]}{{}}{text[part.end() :]}"
        low, high = 0, LONGEST
        if not fits(text) or fits(more.format("a" * high)):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(more.format("a" * middle)) else (low, middle)
        yield from (more.format("a" * low), more.format("a" * high))


def _unlike(values: Iterator[Any]) -> list[Any]:
    return list({repr(value): value for value in values}.values())
