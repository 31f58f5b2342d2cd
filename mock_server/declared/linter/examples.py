"""Problems of declarations that the examples of their own contract contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.declared.declarations import Declarations
from mock_server.declared.resource_types import PlainOperation, ResourceType

_JSON = "application/json"


def find_example_problems(declared: Declarations) -> Iterator[str]:
    """Yield what types say that an object in an example of their lists and reads shows otherwise."""
    for resource in declared.types.values():
        for name in ("list", "read"):
            for part in declared.parts:
                if part.of is resource and part.name == name:
                    for answer in _read_examples(part):
                        yield from _find_in_answer(part, answer, declared.types)


def _find_in_answer(
    part: PlainOperation, answer: Mapping[str, Any], types: Mapping[str, ResourceType]
) -> Iterator[str]:
    listed = [each for found in answer.values() if isinstance(found, list) for each in found]
    objects = [each for each in (*listed, answer) if isinstance(each, dict)]
    yield from _find_alike(part.of, part.operation_id, objects)
    yield from _find_unseen(part.of, part.operation_id, objects)
    for name, to in part.of.refers.items():
        prefix = types[to["to"]].prefix if to["to"] in types and "by" not in to else None
        for value in (each[name] for each in objects if name in each):
            if prefix and isinstance(value, str) and not value.startswith(prefix):
                text = f"an example of {part.operation_id} has {value!r}, and ids of {to['to']} begin with {prefix}"
                yield f"{part.of.pointer}/refers/{name}: {text}; write by, the field that names one"


def _find_alike(resource: ResourceType, operation_id: str, objects: list[dict[str, Any]]) -> Iterator[str]:
    if not resource.unique:
        return
    together, known = [resource.said.get("owner"), *resource.unique], set()
    for each in objects:
        same = tuple(str(each.get(name)) for name in together if name is not None)
        if same in known and resource.unique[-1] in each:
            text = f"an example of {operation_id} has two of the same {' and '.join(resource.unique)}"
            yield f"{resource.pointer}/unique: {text}; add what tells them apart"
        known.add(same)


def _find_unseen(resource: ResourceType, operation_id: str, objects: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the objects that do not show the owner, so they are somebody else's, and that others are not to see so."""
    owner, hidden = resource.said.get("owner"), frozenset(resource.said.get("owner_only", ()))
    ways = [way for each in resource.said.get("visible", ()) if isinstance(each, dict) for way in each.items()]
    for each in objects if owner in hidden else ():
        if owner in each or resource.key not in each:
            continue
        text = f"an example of {operation_id} shows somebody else's {each[resource.key]}"
        for name in sorted(hidden & each.keys()):
            yield f"{resource.pointer}/owner_only: {text} with {name}; take it out of one of them"
        seen = (each.get(name) in ([values] if isinstance(values, str) else values) for name, values in ways)
        if ways and not any(seen):
            yield f"{resource.pointer}/visible: {text}, which none of these lets others see; add what does"


def _read_examples(part: PlainOperation) -> Iterator[dict[str, Any]]:
    """Yield the examples of a success that are objects."""
    for status in sorted(part.statuses):
        media = part.read_response(status).get("content", {}).get(_JSON, {}) if 200 <= status < 300 else {}
        given = [media.get("example"), *(each.get("value") for each in media.get("examples", {}).values())]
        yield from (each for each in given if isinstance(each, dict))
