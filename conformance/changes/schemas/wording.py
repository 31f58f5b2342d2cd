"""The change of a schema in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from conformance.changes.schemas.containment import EVERYTHING, NOTHING, normalise, without_null
from conformance.changes.schemas.located import LocatedNode
from conformance.contract.contract import JsonObject
from conformance.http.variables import CUT
from conformance.results.difference import cut_texts

_LONGEST = 60
"""The most characters that are shown of a value."""
_CHOICES = ("oneOf", "anyOf")
_Shorten = Callable[[str, str], tuple[str, str]]


def describe_difference(old: JsonObject, new: JsonObject) -> str:
    """Return what differs between two schemas; of a long value that has changed both begin alike."""
    return _describe_with(old, new, lambda one, other: (_cut(one), _cut(other)))


def describe_difference_at_end(old: JsonObject, new: JsonObject) -> str:
    """Return what differs between two schemas, of long values from where they differ on."""
    return _describe_with(old, new, lambda one, other: cut_texts(one, other, longest=_LONGEST))


def describe_choices(old: LocatedNode, new: LocatedNode) -> str:
    """Return what differs between two nodes of which one has other schemas to choose from; empty where none has."""
    rest = [{key: value for key, value in each.schema.items() if key not in _CHOICES} for each in (old, new)]
    told: list[str] = []
    for keyword in _CHOICES:
        before, after = ([_name(one) for one in each.node.get(keyword, ())] for each in (old, new))
        if bool(before) is bool(after):
            told += _list_options(keyword, before, after)
            continue
        choice, (was, now) = f"{keyword} of {', '.join(before or after)}", rest
        if after and not now:
            return f"{choice} takes the place of {_shorten(was)}"
        if before and not was:
            return f"{_shorten(now)} takes the place of {choice}"
        told.append(f"{choice} is {'added' if after else 'removed'}")
    if told and rest[0] != rest[1]:
        told.append(describe_difference_at_end(*rest))
    return "; ".join(told)


def _list_options(keyword: str, before: list[str], after: list[str]) -> Iterator[str]:
    for names, than, how in ((after, before, "now"), (before, after, "no longer")):
        if only := [name for name in names if name not in than]:
            yield f"{keyword} has {', '.join(only)} {how}"


def digest_of(old: JsonObject, new: JsonObject, *texts: str) -> str:
    """Return a digest of two schemas where a text about them is cut; empty where none is."""
    if not any(CUT in each for each in texts):
        return ""
    return hashlib.sha256(json.dumps((old, new), sort_keys=True).encode()).hexdigest()[:12]


def _describe_with(old: JsonObject, new: JsonObject, shorten: _Shorten) -> str:
    (was_null, before), (is_null, after) = (without_null(normalise(each)) for each in (old, new))
    told = list(_list_keyword_differences(before, after, shorten))
    if was_null is not is_null:
        told.append("null is taken now" if is_null else "null is taken no longer")
    return "; ".join(told) or "another schema"


def _list_keyword_differences(before: JsonObject, after: JsonObject, shorten: _Shorten) -> Iterator[str]:
    if before.keys() == after.keys() == {"enum"}:
        yield from _list_value_differences(before["enum"], after["enum"])
        return
    for keyword in sorted(before.keys() | after.keys()):
        one, other = before.get(keyword), after.get(keyword)
        if one == other:
            continue
        if before in (EVERYTHING, NOTHING) or after in (EVERYTHING, NOTHING):
            yield f"{_format_schema(before)} is now {_format_schema(after)}"
            return
        if one is None:
            yield f"{keyword} {_shorten(other)} is added"
        elif other is None:
            yield f"{keyword} {_shorten(one)} is removed"
        else:
            was, now = shorten(_format_value(one), _format_value(other))
            yield f"{keyword} {was} is now {now}"


def _list_value_differences(before: list[Any], after: list[Any]) -> Iterator[str]:
    for values, than, how in ((before, after, "removed"), (after, before, "added")):
        if only := [value for value in values if value not in than]:
            shown = ", ".join(_shorten(value) for value in only)
            told = shown if len(shown) <= _LONGEST else f"{len(only)} values"
            yield f"{told} {'is' if len(only) == 1 else 'are'} {how}"


def _format_schema(schema: JsonObject) -> str:
    return "anything" if schema == EVERYTHING else "nothing" if schema == NOTHING else _shorten(schema)


def _name(schema: JsonObject) -> str:
    """Return the name of a component, or what an unnamed schema says first."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return str(schema.get("title") or _shorten(schema))


def _format_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shorten(value: Any) -> str:
    return _cut(_format_value(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(CUT)] + CUT
