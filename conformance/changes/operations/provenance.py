"""Statements of the contract that have come to be binding, or are so no longer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.changes.change import Change, change
from conformance.changes.operations.pairs import Pair
from conformance.changes.schemas.located import LocatedNode, locate
from conformance.contract.contract import JsonObject, Provenance

_SAYS_NOTHING = frozenset({"description", "example", "examples", "title", "default", "readOnly", "writeOnly"})
Statement = tuple[str, str]
"""The place of a value, and the keyword that says something of it."""


def compare_provenance(pair: Pair) -> Iterator[Change]:
    """Yield what is binding now or no longer: of the operation, its answers, its parameters and its bodies."""
    old, new = pair.old, pair.new
    yield from _compare_statements("operation", {"": old.operation.provenance}, {"": new.operation.provenance})
    for status in sorted(old.operation.responses.keys() & new.operation.responses.keys()):
        founded = (each.operation.responses[status].provenance for each in (old, new))
        before, after = ({"response": f.response, "status": f.status, "codes": f.codes} for f in founded)
        yield from _compare_statements(f"status {status}", before, after)
    for key in sorted((one := old.parameters).keys() & (other := new.parameters).keys()):
        yield from pair.memo.compare_once("provenance", one[key], other[key], _compare_schemas)
    for one_body, other_body in ((old.body, new.body), *_pair_common(old.answers, new.answers)):
        if one_body and other_body:
            yield from pair.memo.compare_once("provenance", one_body, other_body, _compare_message)


def _compare_message(old: LocatedNode, new: LocatedNode) -> Iterator[Change]:
    for one, other in _pair_common(_locate_below(old, "headers"), _locate_below(new, "headers")):
        yield from _compare_schemas(one, other)
    for one, other in _pair_common(_locate_below(old, "content"), _locate_below(new, "content")):
        yield from _compare_schemas(one, other)


def _locate_below(message: LocatedNode, key: str) -> dict[str, LocatedNode]:
    """Return what stands in a message below a key, by its name."""
    place = message.place
    return {name.lower(): message.locate_key(key, place).locate_key(name, place) for name in message.node.get(key, {})}


def _pair_common(
    old: Mapping[str, LocatedNode], new: Mapping[str, LocatedNode]
) -> list[tuple[LocatedNode, LocatedNode]]:
    return [(old[key], new[key]) for key in sorted(old.keys() & new.keys())]


def _compare_schemas(old: LocatedNode, new: LocatedNode) -> Iterator[Change]:
    """Yield the change of what is said of one parameter, header or body, gathered by its components."""
    before, after = _read_statements(old), _read_statements(new)
    by_place: dict[str, tuple[dict[str, Provenance], dict[str, Provenance]]] = {}
    for said in sorted(before.keys() & after.keys()):
        (_, was), (place, now) = before[said], after[said]
        keyword = f"{said[0].rpartition('.')[2]} {said[1]}".strip()
        one, other = by_place.setdefault(place, ({}, {}))
        one[keyword], other[keyword] = was, now
    for place, (one, other) in by_place.items():
        yield from _compare_statements(place, one, other)


def _compare_statements(place: str, old: Mapping[str, Provenance], new: Mapping[str, Provenance]) -> Iterator[Change]:
    for up, kind in ((True, "provenance-up"), (False, "provenance-down")):
        moved = [key for key in old if old[key].is_binding is not up and new[key].is_binding is up]
        if moved:
            what = f"{', '.join(filter(None, moved))}: " if any(moved) else ""
            yield change(kind, place, f"{what}{old[moved[0]]} is now {new[moved[0]]}")


def _read_statements(root: LocatedNode) -> dict[Statement, tuple[str, Provenance]]:
    """Return how well founded each keyword of a parameter, header or media type and its schema is."""
    found: dict[Statement, tuple[str, Provenance]] = {}
    own = _read_provenance(root.node, None, Provenance.SEED)
    found["", ""] = (root.place, own)
    if "schema" in root.node:
        _collect(root.locate_key("schema", root.place), "", own, found, ())
    return found


def _collect(
    schema: LocatedNode,
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
        founded = _read_provenance(schema.node, keyword, weakest)
        if keyword in ("allOf", "anyOf", "oneOf"):
            for part in value:
                _collect(locate(schema.document, part, schema.place), way, founded, found, around)
            continue
        if keyword not in ("properties", "items"):
            place, known = found.get((way, keyword), (schema.place, founded))
            found[way, keyword] = (place, min(known, founded))
        for name, child in _list_children(keyword, value):
            below = locate(schema.document, child, f"{schema.place}{name}")
            _collect(below, way + name, founded, found, around)


def _list_children(keyword: str, value: Any) -> Iterator[tuple[str, Any]]:
    if keyword == "properties":
        yield from ((f".{name}", child) for name, child in value.items())
    elif keyword == "items":
        yield "[]", value
    elif keyword == "additionalProperties" and isinstance(value, Mapping):
        yield ".*", value


def _read_provenance(node: JsonObject, keyword: str | None, weakest: Provenance) -> Provenance:
    given = node.get("x-provenance")
    named = given.get(keyword) if isinstance(given, Mapping) else given
    return min(weakest, Provenance[named.upper()]) if isinstance(named, str) else weakest
