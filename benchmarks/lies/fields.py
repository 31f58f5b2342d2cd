"""Lies about the fields of a body: one left out, emptied, of another type or value, or as it once was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from benchmarks.lies.contract import Contract, Field, Operation, Response
from benchmarks.lies.lie import Asked, Lie, Says, Teller
from benchmarks.lies.places import GONE, Change, change_field, find_holders, values
from tests.proxy.messages import Answer

RETYPED: dict[str, Change] = {
    "string": lambda value: {"value": value},
    "boolean": lambda value: str(value).lower(),
    "integer": str,
    "number": str,
    "array": lambda value: {str(at): item for at, item in enumerate(value)},
    "object": lambda value: [value],
}


def lies(contract: Contract) -> Iterator[Lie]:
    """Yield every one."""
    for operation in contract.operations:
        for response in operation.responses.values():
            for it in response.fields:
                yield from _list_lies_of_field(operation, response, it)
        for it in _list_changing_fields(contract, operation):
            yield _make_lie(
                "kept",
                operation,
                operation.success,
                it,
                "as it was when the object was shown first",
                teller=partial(_Kept, operation, it),
            )


def _list_lies_of_field(operation: Operation, response: Response, it: Field) -> Iterator[Lie]:
    for kind, says, change in _list_changes(it):
        told = partial(_change_unless_null, change) if kind in ("other-value", "keys-renamed") else change
        teller = partial(Says, operation, response.status, partial(_apply, it.path, told))
        yield _make_lie(kind, operation, response, it, says, teller=teller)
    if it.schema.get("additionalProperties") is False:
        change = partial(_change_unless_null, lambda value: {**value, "trace": "-"})
        teller = partial(Says, operation, response.status, partial(_apply, it.path, change))
        yield _make_lie("key-added", operation, response, it, "with a key `trace` more", teller=teller)


def _make_lie(kind: str, operation: Operation, response: Response, it: Field, says: str, *, teller: Any) -> Lie:
    success = response.status < 400
    sentence = f"Every {response.status} of {operation.id} has `{it.name}` {says}."
    if kind == "left-out":
        sentence = f"No {response.status} of {operation.id} has `{it.name}`."
    about = it.name if success else f"{response.status}:{it.name}"
    return Lie(f"{'field' if success else 'error'}-{kind}", operation.id, about, sentence, teller)


def _list_changes(it: Field) -> Iterator[tuple[str, str, Change]]:
    """Yield name, words and change."""
    yield "left-out", "", lambda _: GONE
    yield "null", "as null", lambda _: None
    for name, says, change in _list_value_changes(it):
        yield name, says, partial(_change_unless_null, change)


def _list_value_changes(it: Field) -> Iterator[tuple[str, str, Change]]:
    """Yield the changes of what is there and not null."""
    kind = it.schema.get("type", "")
    yield "of-other-type", f"as something else than a JSON {kind}", RETYPED[kind]
    if kind == "boolean":
        yield "other-value", "turned round", lambda value: not value
    if kind in ("integer", "number"):
        yield "other-value", "one higher", lambda value: value + 1
    if kind == "string" and len(enum := it.schema.get("enum", [])) > 1:
        following = dict(zip(enum, [*enum[1:], enum[0]], strict=True))
        yield "other-value", "swapped for the next value of its enum", lambda value: following.get(value, value)
    elif kind == "string" and it.schema.get("format") == "date-time":
        yield "other-value", "a minute later", _make_later
    elif kind == "string" and not enum:
        yield "other-value", "with another last character", partial(_alter, it.schema.get("pattern", ""))
    if it.schema.get("minLength") or it.schema.get("minProperties"):
        yield "emptied", "empty", lambda value: type(value)()
    if isinstance(it.schema.get("additionalProperties"), dict):
        yield (
            "keys-renamed",
            "with a `_` behind every key",
            lambda value: {f"{key}_": text for key, text in value.items()},
        )


def _change_unless_null(change: Change, value: Any) -> Any:
    return None if value is None else change(value)


def _apply(path: tuple[str, ...], change: Change, answer: Answer) -> Answer:
    document = answer.json
    return answer.with_json(change_field(document, path, change)) if values(document, path) else answer


def _make_later(value: str) -> str:
    moved = datetime.fromisoformat(value) + timedelta(minutes=1)
    return moved.isoformat().replace("+00:00", "Z")


def _alter(pattern: str, value: str) -> str:
    candidates = [*(value[:-1] + end for end in "ab12" if not value.endswith(end)), f"{value}x"]
    return next((it for it in candidates if re.search(pattern, it)), candidates[0])


def _list_changing_fields(contract: Contract, operation: Operation) -> list[Field]:
    """Return the fields of an object that the contract's examples show with several values; of reads, and with an id.

    Of what no operation changes such examples are of several objects.
    """
    if not operation.reads:
        return []
    shown: dict[tuple[str, str], set[str]] = {}
    tags: dict[str, set[str]] = {}
    for each in contract.operations:
        for example in each.success.examples:
            for item in _find_objects(example):
                tags.setdefault(str(item["id"]), set()).add(each.tag)
                for name, value in item.items():
                    shown.setdefault((str(item["id"]), name), set()).add(str(value))
    changed_in = {it.tag for it in contract.operations if it.changes_object}
    changing = {name for (key, name), different in shown.items() if len(different) > 1 and tags[key] & changed_in}
    identified = {it.path[:-1] for it in operation.success.fields if it.path[-1] == "id"}
    return [it for it in operation.success.fields if it.path[:-1] in identified and it.path[-1] in changing]


def _find_objects(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        for item in document:
            yield from _find_objects(item)
    elif isinstance(document, dict):
        if "id" in document:
            yield document
        for value in document.values():
            yield from _find_objects(value)


class _Kept(Teller):
    def __init__(self, operation: Operation, it: Field) -> None:
        self._operation, self._field = operation, it
        self._first: dict[tuple[str, str], Any] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        document = answer.json if answer.status == asked.operation.success.status else None
        name = self._field.path[-1]
        for item in _find_objects(document):
            if name in item:
                self._first.setdefault((asked.world, str(item["id"])), item[name])
        if asked.operation is not self._operation:
            return answer
        kept = False
        for item in find_holders(document, self._field.path):
            first = self._first[asked.world, str(item["id"])]
            kept, item[name] = kept or item[name] != first, first
        return answer.with_json(document) if kept else answer
