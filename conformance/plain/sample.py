"""Values that fit a schema and that a reader of a report understands at once, one after the other unlike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from conformance.contract.contract import Contract, JsonObject, resolve
from conformance.contract.schemas import get_schemas
from conformance.declared.plain_resources import is_free_text
from conformance.recipes.draw import draw_values

DEEPEST = 4
"""Objects within objects are made up to this depth."""
_FORMATS: Mapping[str, tuple[str, ...]] = {
    "date": ("2031-05-17", "2032-11-03"),
    "date-time": ("2031-05-17T09:30:00Z", "2032-11-03T21:15:00Z"),
    "time": ("09:30:00Z", "21:15:00Z"),
    "uuid": ("6f1c1a34-1b1d-4c1e-9d57-0a4f3c2b7e11", "b2a4d3c8-7a0f-4e62-8f37-5d9e1c6a4b20"),
    "uri": ("https://example.org/first", "https://example.org/second"),
    "url": ("https://example.org/first", "https://example.org/second"),
    "hostname": ("first.example.org", "second.example.org"),
    "ipv4": ("192.0.2.17", "192.0.2.34"),
    "ipv6": ("2001:db8::17", "2001:db8::34"),
    "byte": ("Zmlyc3Q=", "c2Vjb25k"),
    "password": ("First-pass-17!", "Second-pass-34!"),
}
_TEXTS = ("first text of the suite", "second text of the suite")
SEED = 17


class Samples:
    """Values for the fields of one document; `turn` 0 and 1 give unlike values where the schema has two."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._schemas = get_schemas(contract)

    def draw_value(self, schema: Any, turn: int, name: str = "", unique: str = "") -> Any:
        """Return a value that fits a schema; None where none was found.

        `name`: of its field. `unique`: a text that nothing else has, for what other objects may not have too.
        """
        return next(
            (each for each in self._draw_candidates(schema, turn, name, unique, 0) if self._fits(schema, each)), None
        )

    def _fits(self, schema: Any, value: Any) -> bool:
        return value is not None and self._schemas.fits(schema if isinstance(schema, Mapping) else {}, value)

    def _draw_candidates(self, schema: Any, turn: int, name: str, unique: str, depth: int) -> Iterator[Any]:
        """Yield values from the likeliest on; most fit."""
        node = self._merge_parts(schema)
        if "const" in node:
            yield node["const"]
        if choices := [each for each in node.get("enum", ()) if each is not None]:
            yield choices[turn % len(choices)]
        for alternative in (*node.get("oneOf", ()), *node.get("anyOf", ())):
            yield from self._draw_candidates(alternative, turn, name, unique, depth)
        yield from self._draw_of_type(node, turn, name, unique, depth)
        yield from filter(lambda each: each is not None, (node.get("example"), *node.get("examples", ())))
        if "default" in node:
            yield node["default"]

    def _draw_of_type(self, node: JsonObject, turn: int, name: str, unique: str, depth: int) -> Iterator[Any]:
        kinds = node.get("type") or ("object" if "properties" in node else "string")
        kind = next((each for each in kinds if each != "null"), "string") if isinstance(kinds, list) else kinds
        if kind == "string":
            yield from self._draw_texts(node, turn, name, unique)
        elif kind == "boolean":
            yield turn % 2 == 0
        elif kind in ("integer", "number"):
            yield from _draw_numbers(node, turn, whole=kind == "integer")
        elif kind == "array" and depth < DEEPEST:
            items = self._draw_items(node, turn, unique, depth)
            yield items[: node.get("maxItems", len(items))]
        elif kind == "object" and depth < DEEPEST:
            yield self._draw_object(node, turn, unique, depth)

    def _draw_items(self, node: JsonObject, turn: int, unique: str, depth: int) -> list[Any]:
        many = max(1, node.get("minItems", 0))
        inner = node.get("items", {})
        found = [next(self._draw_candidates(inner, turn + at, "", unique, depth + 1), None) for at in range(many)]
        return [each for each in found if each is not None]

    def _draw_object(self, node: JsonObject, turn: int, unique: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, each in node.get("properties", {}).items():
            inner = resolve(self._contract.document, each)
            if isinstance(inner, Mapping) and inner.get("readOnly") is True:
                continue
            if name in node.get("required", ()) or depth == 0:
                of_one = (
                    v for v in self._draw_candidates(inner, turn, name, unique, depth + 1) if self._fits(inner, v)
                )
                if (value := next(of_one, None)) is not None:
                    found[name] = value
        return found

    def _draw_texts(self, node: JsonObject, turn: int, name: str, unique: str) -> Iterator[Any]:
        form = str(node.get("format", ""))
        if form == "email" or (not form and name.lower() in ("email", "mail") and "pattern" not in node):
            yield f"{unique or _TEXTS[turn % 2].partition(' ')[0]}@example.org"
        if form in _FORMATS:
            yield _FORMATS[form][turn % 2]
        if not form and name.lower() in ("password", "secret"):
            yield _FORMATS["password"][turn % 2]
        if "pattern" in node:
            yield from _draw_of_pattern(node["pattern"])[turn % 2 :]
            yield from _draw_of_pattern(node["pattern"])
        least, most = node.get("minLength", 0), node.get("maxLength")
        plain = unique if unique and is_free_text(node) else _TEXTS[turn % 2]
        yield plain.ljust(least, ".")[:most]

    def _merge_parts(self, schema: Any) -> JsonObject:
        """Return a schema with the parts of its allOf in it."""
        node = resolve(self._contract.document, schema)
        if not isinstance(node, Mapping):
            return {}
        if "allOf" not in node:
            return node
        found: dict[str, Any] = {}
        for part in (
            *map(self._merge_parts, node["allOf"]),
            {key: each for key, each in node.items() if key != "allOf"},
        ):
            properties = {**found.get("properties", {}), **part.get("properties", {})}
            required = [*found.get("required", ()), *part.get("required", ())]
            found = {**found, **part}
            found |= {"properties": properties} if properties else {}
            found |= {"required": required} if required else {}
        return found


def _draw_numbers(node: JsonObject, turn: int, *, whole: bool) -> Iterator[Any]:
    least, most, step = node.get("minimum"), node.get("maximum"), node.get("multipleOf", 1)
    begin = least if isinstance(least, int | float) else 0 if not isinstance(most, int | float) else most - 2 * step
    for place in (turn % 2 + 1, turn % 2, 1 - turn % 2, 0):
        value = begin + place * step
        yield int(value) if whole else value
    if isinstance(most, int | float):
        yield most


@lru_cache(maxsize=64)
def _draw_of_pattern(pattern: str) -> tuple[str, ...]:
    """Return texts that match a pattern; none where Python cannot read it."""
    try:
        written = re.compile(pattern, re.ASCII)
    except re.error:
        return ()
    alphabet = st.characters(min_codepoint=33, max_codepoint=126)
    return tuple(draw_values(st.from_regex(written, fullmatch=True, alphabet=alphabet), 4, SEED))
