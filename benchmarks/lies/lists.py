"""Lies about lists: an item twice, one left out, all of one value left out, or an object hidden for its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from benchmarks.lies.contract import ANY, Contract, Field, Operation
from benchmarks.lies.lie import Lie, Says
from benchmarks.lies.places import Change, change_field
from benchmarks.lies.refusals import make_refusal
from tests.proxy.messages import Answer

CHANGES: dict[str, tuple[str, Change]] = {
    "first-twice": ("has its first item twice", lambda items: [*items[:1], *items]),
    "last-twice": ("has its last item twice", lambda items: [*items, *items[-1:]]),
    "first-left-out": ("lacks its first item", lambda items: items[1:]),
    "last-left-out": ("lacks its last item", lambda items: items[:-1]),
    "cut": ("ends after five items", lambda items: items[:5]),
    "emptied": ("is empty", lambda _: []),
}


def lies(contract: Contract) -> Iterator[Lie]:
    """Yield every one."""
    for operation in contract.operations:
        for it in operation.success.fields:
            if it.schema.get("type") != "array":
                continue
            for about, (says, change) in CHANGES.items():
                sentence = f"`{it.name}` in every answer of {operation.id} {says}."
                yield _make_lie("list-" + about, operation, it.name, sentence, partial(_apply, it.path, change))
            for inner, value in _list_told_apart(operation, (*it.path, ANY)):
                name = inner.path[-1]
                sentence = f"`{it.name}` in the answers of {operation.id} lacks items whose `{name}` is {value}."
                change = partial(_without, name, value)
                yield _make_lie(
                    "list-value-left-out", operation, f"{name}={value}", sentence, partial(_apply, it.path, change)
                )
        if operation.reads and 404 in operation.responses:
            for inner, value in _list_told_apart(operation, ()):
                name = inner.path[-1]
                sentence = f"{operation.id} answers 404 for an object whose `{name}` is {value}."
                change = partial(_hide_items, operation, name, value)
                yield _make_lie("object-hidden", operation, f"{name}={value}", sentence, change)


def _make_lie(kind: str, operation: Operation, about: str, sentence: str, change: Any) -> Lie:
    return Lie(kind, operation.id, about, sentence, partial(Says, operation, operation.success.status, change))


def _list_told_apart(operation: Operation, above: tuple[str, ...]) -> Iterator[tuple[Field, Any]]:
    """Yield fields directly below a place whose values are few and known, with each value."""
    for it in operation.success.fields:
        if it.path[:-1] == above:
            for value in it.schema.get("enum", [True, False] if it.schema.get("type") == "boolean" else []):
                yield it, value


def _apply(path: Sequence[str], change: Change, answer: Answer) -> Answer:
    return answer.with_json(change_field(answer.json, path, lambda items: change(items) if items else items))


def _without(name: str, value: Any, items: list[Any]) -> list[Any]:
    return [item for item in items if item.get(name) != value]


def _hide_items(operation: Operation, name: str, value: Any, answer: Answer) -> Answer:
    document = answer.json
    hidden = isinstance(document, dict) and document.get(name) == value
    return make_refusal(operation.responses[404], answer) if hidden else answer
