"""How the change of a schema is told in words: which of its keywords differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from conformance.changes.schemas.containment import EVERYTHING, NOTHING, normal_form
from conformance.contract.contract import JsonObject

LONGEST = 60


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


def wording(old: JsonObject, new: JsonObject) -> str:
    """Return what differs between two schemas."""
    (was_null, before), (is_null, after) = (without_null(normal_form(each)) for each in (old, new))
    told = list(_keywords(before, after))
    if was_null is not is_null:
        told.append("null is taken now" if is_null else "null is taken no longer")
    return "; ".join(told) or "another schema"


def _keywords(before: JsonObject, after: JsonObject) -> Iterator[str]:
    if before.keys() == after.keys() == {"enum"}:
        yield from _values(before["enum"], after["enum"])
        return
    for keyword in sorted(before.keys() | after.keys()):
        one, other = before.get(keyword), after.get(keyword)
        if one == other:
            continue
        if before in (EVERYTHING, NOTHING) or after in (EVERYTHING, NOTHING):
            yield f"{_whole(before)} is now {_whole(after)}"
            return
        if one is None:
            yield f"{keyword} {_short(other)} is added"
        elif other is None:
            yield f"{keyword} {_short(one)} is removed"
        else:
            yield f"{keyword} {_short(one)} is now {_short(other)}"


def _values(before: list[Any], after: list[Any]) -> Iterator[str]:
    for values, than, how in ((before, after, "removed"), (after, before, "added")):
        if only := [value for value in values if value not in than]:
            shown = ", ".join(_short(value) for value in only)
            told = shown if len(shown) <= LONGEST else f"{len(only)} values"
            yield f"{told} {'is' if len(only) == 1 else 'are'} {how}"


def _whole(schema: JsonObject) -> str:
    return "anything" if schema == EVERYTHING else "nothing" if schema == NOTHING else _short(schema)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
