"""Changes in the requests that an operation takes: its parameters, its body, and the archives in a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.changes.change import Change, change
from conformance.changes.operations.pairs import Pair, pair_media_types
from conformance.changes.schemas.comparing import REQUEST, Memo, compare_default, compare_schemas
from conformance.changes.schemas.located import LocatedNode, make_addition, make_change, make_removal
from conformance.contract.contract import JsonObject

_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
KEYWORD, FILE_NAME = "x-archive", "x-file-name"
_EVERY_TYPE = frozenset({"array", "boolean", "integer", "number", "object", "string"})
_WITHOUT_RESERVED = frozenset({"boolean", "integer"})
"""Types of which no value has a reserved character."""
_MANIFEST = "manifest"


def compare_requests(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in parameters and body."""
    old, new = pair.old.parameters, pair.new.parameters
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            kind = "header-parameter-removed" if key[0] in ("header", "cookie") else "parameter-removed"
            yield make_removal(kind, old[key])
        elif key not in old:
            if new[key].node.get("required") is True:
                yield make_addition("required-parameter-added", new[key], "is added, and required")
            else:
                yield make_addition("parameter-added", new[key])
        else:
            yield from _compare_parameter(old[key], new[key], pair.memo)
    yield from _compare_bodies(pair.old.body, pair.new.body, pair.memo)


def _compare_parameter(old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    required = new.node.get("required") is True
    if required is not (old.node.get("required") is True):
        how = "required" if required else "optional"
        yield make_change(f"parameter-{how}", old, new, f"is {how} now")
    before, after = _locate_schema(old), _locate_schema(new)
    types = _find_types(before) & _find_types(after)
    if _describe_style(old.node, types) != _describe_style(new.node, types):
        was, now = _describe_style(old.node), _describe_style(new.node)
        yield make_change("parameter-style", old, new, f"is written in another way: {was} is now {now}")
    bare = [not types <= _WITHOUT_RESERVED and each.node.get("allowReserved") is True for each in (old, new)]
    for what, took, takes in (("slashes", _is_range(before), _is_range(after)), ("reserved characters bare", *bare)):
        if took is not takes:
            kind, how = ("request-widened", "now") if takes else ("request-narrowed", "no longer")
            yield make_change(kind, old, new, f"takes {what} {how}")
    yield from (replace(each, where=new.place, former=()) for each in compare_default(before, after))
    yield from compare_schemas(before, after, REQUEST, memo)


def _find_types(schema: LocatedNode) -> frozenset[str]:
    """Return the types that values of a schema may have, as far as its parts say it."""
    given = (part.node["type"] for part in schema.list_parts() if isinstance(part.node.get("type"), str))
    return frozenset(given) or _EVERY_TYPE


def _describe_style(parameter: JsonObject, types: frozenset[str] = _EVERY_TYPE) -> str:
    """Return how values of these types are written, with the defaults of OpenAPI."""
    if "content" in parameter:
        return f"as {', '.join(parameter['content'])}"
    style = parameter.get("style", _STYLES.get(str(parameter.get("in")), "form"))
    explode = parameter.get("explode", style == "form") and not types.isdisjoint(("array", "object"))
    return f"{style}{', exploded' if explode else ''}"


def _locate_schema(parameter: LocatedNode) -> LocatedNode:
    for media in parameter.node.get("content", {}):
        return (
            parameter.locate_key("content", parameter.place)
            .locate_key(media, parameter.place)
            .locate_key("schema", parameter.place)
        )
    return parameter.locate_key("schema", parameter.place)


def _is_range(schema: LocatedNode) -> bool:
    return any(part.node.get("format") == "path" for part in schema.list_parts())


def _compare_bodies(old: LocatedNode | None, new: LocatedNode | None, memo: Memo) -> Iterator[Change]:
    if old is None and new is not None:
        required = new.node.get("required") is True
        yield change("body-required" if required else "body-added", "body", "a body is taken now")
    elif old is not None and new is None:
        yield change("body-removed", "body", "no body is taken now")
    elif old is not None and new is not None:
        required = new.node.get("required") is True
        if required is not (old.node.get("required") is True):
            how = "required" if required else "optional"
            yield change(f"body-{how}", "body", f"the body is {how} now")
        yield from _compare_types(old, new, memo)


def _compare_types(old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    before: Mapping[str, Any] = old.node.get("content", {})
    after: Mapping[str, Any] = new.node.get("content", {})
    for pair in pair_media_types(before, after):
        if pair.old and (pair.new is None or pair.is_narrower):
            yield change("request-type-removed", f"body {pair.old}", "is taken no longer", lost=pair.old)
        elif pair.new and (pair.old is None or pair.is_wider):
            yield change("request-type-added", f"body {pair.new}", "is taken now", gained=pair.new)
        if pair.old and pair.new:
            place = f"body {pair.new}"
            one, other = (
                each.locate_key("content", place).locate_key(media, place)
                for each, media in ((old, pair.old), (new, pair.new))
            )
            yield from _compare_parts(one, other, place)
            schemas = one.locate_key("schema", place), other.locate_key("schema", place)
            yield from compare_schemas(*schemas, REQUEST, memo)
            yield from compare_archives(*schemas, memo)


def _compare_parts(old: LocatedNode, new: LocatedNode, place: str) -> Iterator[Change]:
    """Yield what has changed in how the parts of a form are written: their media types, and all else."""
    before, after = (each.node.get("encoding", {}) for each in (old, new))
    declared = {
        name
        for each in (old, new)
        for part in each.locate_key("schema", place).list_parts()
        for name in _read_fields(part)
    }
    for name in sorted(declared & {*before, *after}):
        one, other = before.get(name, {}), after.get(name, {})
        was, now = _list_media_types(one), _list_media_types(other)
        if was != now:
            narrower, wider = not _is_within(was, now), not _is_within(now, was)
            kind = "request-changed" if narrower and wider else "request-narrowed" if narrower else "request-widened"
            told = f"{_join_types(was)} is now {_join_types(now)}"
            yield change(kind, f"{place} {name}", told, lost=_join_types(was), gained=_join_types(now))
        if {**one, "contentType": None} != {**other, "contentType": None}:
            yield change("encoding", f"{place} {name}", "is encoded in another way")


def _read_fields(schema: LocatedNode) -> JsonObject:
    found: JsonObject = schema.node.get("properties", {})
    return found


def _list_media_types(encoding: JsonObject) -> frozenset[str] | None:
    """Return the media types that a part may have; None where any will do."""
    given = encoding.get("contentType")
    return None if given is None else frozenset(each.strip() for each in str(given).split(","))


def _is_within(some: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    return others is None or (some is not None and some <= others)


def _join_types(types: frozenset[str] | None) -> str:
    return "any media type" if types is None else ", ".join(sorted(types))


def compare_archives(old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    """Yield what has changed in the archives among the parts of a form's schema."""
    names = {*old.node.get("properties", {}), *new.node.get("properties", {})}
    for name in sorted(names):
        before, after = (each.locate_field(name) for each in (old, new))
        yield from _compare_archive(before, after, memo)
        was, now = (each.items().node.get(FILE_NAME, "") for each in (before, after))
        if was != now:
            yield change("file-names", after.place, f"{FILE_NAME} has changed", lost=was, gained=now)


def _compare_archive(old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    before, after = old.node.get(KEYWORD), new.node.get(KEYWORD)
    if before is None and after is None:
        return
    if before is None or after is None:
        how = "is added" if before is None else "is removed"
        yield change("archive-said" if before is None else "archive-unsaid", new.place, f"{KEYWORD} {how}")
        return
    for key in sorted(before.keys() & after.keys() - {_MANIFEST}):
        yield from _limit(key, before[key], after[key], new.place)
    was, now = (each.locate_key(KEYWORD, new.place).locate_key(_MANIFEST, new.place) for each in (old, new))
    yield from compare_schemas(was, now, REQUEST, memo)


def _limit(key: str, old: Any, new: Any, place: str) -> Iterator[Change]:
    narrower, wider = not _is_no_wider(old, new), not _is_no_wider(new, old)
    if narrower or wider:
        kind = "archive-changed" if narrower and wider else "archive-narrowed" if narrower else "archive-widened"
        was, now = _format_limit(old), _format_limit(new)
        yield change(kind, place, f"{KEYWORD} {key}: {was} is now {now}", lost=was, gained=now)


def _is_no_wider(some: Any, others: Any) -> bool:
    """Return whether all that one limit lets through the other does too: a number at most, or names of a list."""
    if isinstance(some, int) and isinstance(others, int):
        return some <= others
    return isinstance(some, list) and isinstance(others, list) and set(some) <= set(others)


def _format_limit(limit: Any) -> str:
    return ", ".join(map(str, limit)) if isinstance(limit, list) else str(limit)
