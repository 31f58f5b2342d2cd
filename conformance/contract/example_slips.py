"""The search for declarations of resources that the examples of their own contract contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.contract import JsonObject, Operation, resolve
from conformance.contract.contradictions import Slip
from conformance.contract.declarations import TYPES
from conformance.contract.resource_types import ResourceType

_JSON = "application/json"


def find_example_slips(
    document: JsonObject, operations: Mapping[str, Operation], types: Mapping[str, ResourceType]
) -> Iterator[Slip]:
    """Yield what types say that an object in an example of their lists and reads shows otherwise."""
    for name, declared in types.items():
        for part in (declared.parts.list, declared.parts.read):
            operation = operations.get(part or "")
            for answer in _read_examples(document, operation) if operation else ():
                shown = list(_find_objects(answer))
                for keyword, slip in _find_in_answer(declared, str(operation), shown):
                    yield (TYPES, name, keyword), slip
                for field, slip in _find_wrong_ids(declared, types, str(operation), shown):
                    yield (TYPES, name, "refers", field), slip


def _find_objects(answer: JsonObject) -> Iterator[JsonObject]:
    """Yield the objects of an answer: those of its lists, and the answer itself."""
    lists = (each for each in answer.values() if isinstance(each, Sequence) and not isinstance(each, str))
    yield from (each for found in (*lists, [answer]) for each in found if isinstance(each, Mapping))


def _find_wrong_ids(
    declared: ResourceType, types: Mapping[str, ResourceType], operation: str, shown: list[JsonObject]
) -> Iterator[tuple[str, str]]:
    """Yield what a field that names others by their ids has in an example, and is no id of theirs."""
    for name, reference in declared.refers.items():
        target = types.get(reference.to)
        for value in (each[name] for each in shown if name in each):
            prefix = target.prefix if target and reference.by is None else None
            if prefix and isinstance(value, str) and not value.startswith(prefix):
                text = f"an example of {operation} has {value!r}, and ids of {reference.to} begin with {prefix}"
                yield name, f"{text}; write by, the field that names one"


def _find_in_answer(declared: ResourceType, operation: str, shown: list[JsonObject]) -> Iterator[tuple[str, str]]:
    """Yield what the objects of one answer contradict, the keyword first."""
    known = set[tuple[Any, ...]]()
    for each in shown if declared.unique else ():
        same = tuple(str(each.get(name)) for name in (declared.owner, *declared.unique) if name)
        if declared.unique[-1] in each and same in known:
            said = " and ".join(declared.unique)
            yield "unique", f"an example of {operation} has two of the same {said}; add what tells them apart"
        known.add(same)
    key = declared.key or "id"
    for each in shown if declared.owner in declared.owner_only else ():
        if declared.owner in each or key not in each:
            continue
        text = f"an example of {operation} shows somebody else's {each[key]}"
        for name in sorted(declared.owner_only & each.keys()):
            yield "owner_only", f"{text} with {name}; take it out of one of them"
        if declared.visible and not any(each.get(name) in values for name, values in declared.visible):
            yield "visible", f"{text}, which none of these lets others see; add what does"


def _read_examples(document: JsonObject, operation: Operation) -> Iterator[JsonObject]:
    """Yield the examples of an operation's success that are objects."""
    responses = document["paths"][operation.path][operation.method.lower()]["responses"]
    for status, response in responses.items():
        media = resolve(document, response).get("content", {}).get(_JSON, {}) if str(status)[0] == "2" else {}
        named = (resolve(document, each).get("value") for each in media.get("examples", {}).values())
        yield from (each for each in (media.get("example"), *named) if isinstance(each, Mapping))
