"""Problems of what a contract says in two places that cannot both be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.declared.declarations import Declarations
from mock_server.declared.derivation import read_codes
from mock_server.declared.resource_types import PlainOperation, ResourceType, read_fields

_CONFLICT, _COUNTED, _OWN = 409, "cascaded_", ":own"
_ORDER = ("list", "create", "read", "update", "set", "remove", "archive", "unarchive")
_READS = frozenset({"list", "read"})


def find_contradictions(declared: Declarations) -> Iterator[str]:
    """Yield what contradicts the types of a contract in their order, then the scopes that nobody holds.

    Scopes are asked about where the declaration says all that an operation does.
    """
    for resource in declared.types.values():
        parts = _list_parts(resource, declared)
        yield from _find_key(resource, parts)
        yield from _find_person(resource)
        yield from _find_switch(resource, declared.types)
        yield from _find_keeping(resource, declared.types)
        yield from _find_list(resource, parts)
        yield from _find_null(resource, parts)
        yield from _find_counts(resource, parts)
        yield from _find_events(resource, parts, declared.types)
        yield from _find_conflict(resource, declared)
    granted = [declared.document.get(root, {}) for root in ("x-roles", "x-permission-sets")]
    held = frozenset(scope for grants in granted for scopes in grants.values() for scope in scopes)
    for resource in declared.types.values():
        for part in _list_parts(resource, declared) if held else ():
            if not resource.needs_code(part.operation_id):
                yield from _find_scopes(part, held)


def _list_parts(resource: ResourceType, declared: Declarations) -> list[PlainOperation]:
    """Return the operations on a type in the order of their parts."""
    parts = (each for each in declared.parts if each.of is resource)
    return sorted(parts, key=lambda part: _ORDER.index(part.name))


def _find_key(resource: ResourceType, parts: list[PlainOperation]) -> Iterator[str]:
    if "key" not in resource.said:
        return
    if "owner" not in resource.said:
        yield f"{resource.pointer}: its owner names one by {resource.key!r}, and it has no owner; add owner"
    for part in parts:
        name = part.path.rpartition("/")[2].strip("{}")
        if part.name in {"read", "remove"} and name != resource.key and name in resource.fields:
            text = f"{part.operation_id} names one by {name!r}; write id in the place of key"
            yield f"{resource.pointer}/key: is {resource.key!r}, and {text}"


def _find_person(resource: ResourceType) -> Iterator[str]:
    if (personal := resource.personal) is None:
        return
    field, scope = personal["field"], personal["all"]
    if field == resource.said.get("owner"):
        yield f"{resource.pointer}/personal/field: is {field!r}, the owner; name the field that has the person"
    if scope.endswith(_OWN):
        text = "reaches no further than what is the caller's own; name the scope for all"
        yield f"{resource.pointer}/personal/all: {scope!r} {text}"


def _find_switch(resource: ResourceType, types: Mapping[str, ResourceType]) -> Iterator[str]:
    """The codes by which two resources are refused where one subsystem is off."""
    off = resource.said.get("switched_off")
    for other in types.values():
        theirs = other.said.get("switched_off")
        if off and theirs and off["subsystem"] == theirs["subsystem"] and off["code"] != theirs["code"]:
            yield (
                f"{resource.pointer}/switched_off: without {off['subsystem']} one is refused with {off['code']}, "
                f"and {other.name} with {theirs['code']}; write one code, or another subsystem"
            )


def _find_keeping(resource: ResourceType, types: Mapping[str, ResourceType]) -> Iterator[str]:
    """Yield problems of what keeps an object in use, and not that with which it is archived."""
    keeps = (resource.archive or {}).get("kept_by")
    for other in types.values():
        above = other.archive or {}
        theirs = above.get("kept_by")
        if not keeps or not theirs or resource.name not in above.get("cascades", {}):
            continue
        if keeps["resource"] == theirs["resource"] and not _read_statuses(keeps) >= _read_statuses(theirs):
            yield (
                f"{resource.pointer}/archive/kept_by/while: lacks what keeps {other.name}, with which one is archived; "
                "write the same in both"
            )


def _read_statuses(keeps: Mapping[str, Any]) -> set[str]:
    return {value for values in keeps["while"].values() for value in values}


def _find_list(resource: ResourceType, parts: list[PlainOperation]) -> Iterator[str]:
    schema = resource.said["schema"]
    for part in parts:
        lists = [each for each in _read_answer(part).values() if each.get("type") == "array"]
        listed = [fields for each in lists if (fields := read_fields(each.get("items", {})).keys())]
        if part.name == "list" and listed and resource.fields.keys() not in listed:
            text = f"the answer of {part.operation_id} lists no {schema}; let the items of its list be that"
            yield f"{resource.pointer}/schema: {text}"


def _find_null(resource: ResourceType, parts: list[PlainOperation]) -> Iterator[str]:
    """The fields that an object always shows, and that an update can clear."""
    for part in parts:
        for name, each in read_fields(part.body or {}).items() if part.name == "update" else ():
            is_kept = name in resource.required and not resource.fields.get(name, {}).get("nullable")
            if each.get("nullable") and is_kept:
                text = f"which {part.operation_id} lets a null clear; take nullable out there"
                yield f"{resource.pointer}/schema: {resource.said['schema']} requires {name!r}, {text}"


def _find_counts(resource: ResourceType, parts: list[PlainOperation]) -> Iterator[str]:
    """The counts of what is archived with an object, of which nothing is."""
    counts = {f"{_COUNTED}{name}s" for name in (resource.archive or {}).get("cascades", {})}
    for part in parts:
        for name in _read_answer(part) if part.name == "archive" else ():
            if name.startswith(_COUNTED) and name not in counts:
                text = f"counts {name}, and nothing of that name is in cascades; add it, or take it out"
                yield f"{resource.pointer}/archive: {part.operation_id} {text}"


def _read_answer(part: PlainOperation) -> Mapping[str, Mapping[str, Any]]:
    """The fields of an answer that is a success."""
    return read_fields((part.success and part.success[1]) or {})


def _find_events(
    resource: ResourceType, parts: list[PlainOperation], types: Mapping[str, ResourceType]
) -> Iterator[str]:
    """The events that tell of another resource, or of something else that is done with the same one."""
    nouns = {resource.name, *(resource.archive or {}).get("cascades", {})}
    known: dict[str, str] = {}
    for part in parts:
        said = part.operation.get("x-event", ())
        for event in (said,) if isinstance(said, str) else said:
            noun, dot, _ = event.partition(".")
            place = f"{part.pointer}/x-event: {event}"
            if dot and noun in types and noun not in nouns:
                yield f"{place} tells of {noun}, and {part.operation_id} is about {resource.name}; name that"
            if event in known and noun == resource.name:
                yield f"{place} is what {known[event]} writes, which does something else; name another"
            if part.name not in _READS:
                known[event] = part.operation_id


def _find_conflict(resource: ResourceType, declared: Declarations) -> Iterator[str]:
    """The code of a creation that is called after another resource, and refuses its creation."""
    creations = [each for each in declared.parts if each.name == "create"]
    for part in creations:
        for other in creations if part.of is resource else ():
            for code in read_codes(part, _CONFLICT) if other.of is not resource else ():
                if code.startswith(f"{other.of.name}_") and code in read_codes(other, _CONFLICT):
                    text = f"{code} is the code of {other.of.name}, by which {other.operation_id} refuses"
                    yield f"{part.pointer}/responses/{_CONFLICT}: {text}; declare another"


def _find_scopes(part: PlainOperation, held: frozenset[str]) -> Iterator[str]:
    """The scopes that an operation asks for and that nobody holds."""
    asked = part.operation.get("x-permissions", {})
    for group in [asked["any"]] if "any" in asked else asked.get("all", ()):
        if held.isdisjoint(group):
            text = f"no role and no permission set holds {' or '.join(group)}; name another"
            yield f"{part.pointer}/x-permissions: {text}"
