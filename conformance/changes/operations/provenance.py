"""Statements of the contract that have come to be binding, or are so no longer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.changes.change import Change, change
from conformance.changes.operations.pairs import Pair
from conformance.changes.schemas.located import Located, located
from conformance.contract.contract import JsonObject, Provenance

_SAYS_NOTHING = frozenset({"description", "example", "examples", "title", "default", "readOnly", "writeOnly"})
Statement = tuple[str, str]
"""The place of a value, and the keyword that says something of it."""


def changed_provenance(pair: Pair) -> Iterator[Change]:
    """Yield what is binding now or no longer: of the operation, its answers, its parameters and its bodies."""
    old, new = pair.old, pair.new
    yield from _told("operation", {"": old.operation.provenance}, {"": new.operation.provenance})
    for status in sorted(old.operation.responses.keys() & new.operation.responses.keys()):
        founded = (each.operation.responses[status].provenance for each in (old, new))
        before, after = ({"response": f.response, "status": f.status, "codes": f.codes} for f in founded)
        yield from _told(f"status {status}", before, after)
    for key in sorted((one := old.parameters).keys() & (other := new.parameters).keys()):
        yield from pair.memo.once("provenance", one[key], other[key], _schemas)
    for one_body, other_body in ((old.body, new.body), *_common(old.answers, new.answers)):
        if one_body and other_body:
            yield from pair.memo.once("provenance", one_body, other_body, _message)


def _message(old: Located, new: Located) -> Iterator[Change]:
    for one, other in _common(_below(old, "headers"), _below(new, "headers")):
        yield from _schemas(one, other)
    for one, other in _common(_below(old, "content"), _below(new, "content")):
        yield from _schemas(one, other)


def _below(message: Located, key: str) -> dict[str, Located]:
    """Return what stands in a message below a key, by its name."""
    place = message.place
    return {name.lower(): message.at(key, place).at(name, place) for name in message.node.get(key, {})}


def _common(old: Mapping[str, Located], new: Mapping[str, Located]) -> list[tuple[Located, Located]]:
    return [(old[key], new[key]) for key in sorted(old.keys() & new.keys())]


def _schemas(old: Located, new: Located) -> Iterator[Change]:
    """Yield the change of what is said of one parameter, header or body, gathered by its components."""
    before, after = _statements(old), _statements(new)
    by_place: dict[str, tuple[dict[str, Provenance], dict[str, Provenance]]] = {}
    for said in sorted(before.keys() & after.keys()):
        (_, was), (place, now) = before[said], after[said]
        keyword = f"{said[0].rpartition('.')[2]} {said[1]}".strip()
        one, other = by_place.setdefault(place, ({}, {}))
        one[keyword], other[keyword] = was, now
    for place, (one, other) in by_place.items():
        yield from _told(place, one, other)


def _told(place: str, old: Mapping[str, Provenance], new: Mapping[str, Provenance]) -> Iterator[Change]:
    for up, kind in ((True, "provenance-up"), (False, "provenance-down")):
        moved = [key for key in old if old[key].binding is not up and new[key].binding is up]
        if moved:
            what = f"{', '.join(filter(None, moved))}: " if any(moved) else ""
            yield change(kind, place, f"{what}{old[moved[0]]} is now {new[moved[0]]}")


def _statements(root: Located) -> dict[Statement, tuple[str, Provenance]]:
    """Return how well founded each keyword of a parameter, header or media type and its schema is."""
    found: dict[Statement, tuple[str, Provenance]] = {}
    own = _given(root.node, None, Provenance.SEED)
    found["", ""] = (root.place, own)
    if "schema" in root.node:
        _collect(root.at("schema", root.place), "", own, found, ())
    return found


def _collect(
    schema: Located,
    way: str,
    weakest: Provenance,
    found: dict[Statement, tuple[str, Provenance]],
    around: tuple[int, ...],
) -> None:
    """Note each keyword below a schema with the weakest provenance on the way to it."""
    if id(schema.node) in around:
        return
    around = (*around, id(schema.node))
    for keyword, value in schema.node.items():
        if keyword.startswith("x-") or keyword in _SAYS_NOTHING:
            continue
        founded = _given(schema.node, keyword, weakest)
        if keyword in ("allOf", "anyOf", "oneOf"):
            for part in value:
                _collect(located(schema.document, part, schema.place), way, founded, found, around)
            continue
        if keyword not in ("properties", "items"):
            place, known = found.get((way, keyword), (schema.place, founded))
            found[way, keyword] = (place, min(known, founded))
        for name, child in _children(keyword, value):
            below = located(schema.document, child, f"{schema.place}{name}")
            _collect(below, way + name, founded, found, around)


def _children(keyword: str, value: Any) -> Iterator[tuple[str, Any]]:
    if keyword == "properties":
        yield from ((f".{name}", child) for name, child in value.items())
    elif keyword == "items":
        yield "[]", value
    elif keyword == "additionalProperties" and isinstance(value, Mapping):
        yield ".*", value


def _given(node: JsonObject, keyword: str | None, weakest: Provenance) -> Provenance:
    given = node.get("x-provenance")
    named = given.get(keyword) if isinstance(given, Mapping) else given
    return min(weakest, Provenance[named.upper()]) if isinstance(named, str) else weakest
