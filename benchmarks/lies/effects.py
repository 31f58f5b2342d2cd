"""Lies about what writes do and who sees it: stale reads, lost writes, and answers that were another caller's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.lies.contract import ANY, Contract, Field, Operation
from benchmarks.lies.free import NOT_JUDGED_ON_OTHERS
from benchmarks.lies.lie import Asked, Lie, Teller
from benchmarks.lies.refusals import with_id
from tests.proxy.messages import Answer, Request


def lies(contract: Contract) -> Iterator[Lie]:
    """Yield every one."""
    for read in contract.operations:
        if read.reads:
            yield from _list_lies_of_read(contract, read)
    for write in contract.operations:
        if not write.reads:
            yield from _list_lies_of_write(contract, write)


def _list_lies_of_read(contract: Contract, read: Operation) -> Iterator[Lie]:
    for write in contract.operations:
        if not write.reads and write.tag == read.tag and _is_touching(write, read):
            sentence = f"After {write.id} {read.id} shows its object as before, until another write to it."
            yield Lie("stale-after", read.id, write.id, sentence, partial(_StaleAfter, write, read))
    if any(not it.reads and it.tag == read.tag for it in contract.operations):
        sentence = f"{read.id} says to each caller what it said to that caller first."
        yield Lie("stale-for-good", read.id, "", sentence, partial(_Kept, read))
    sentence = f"{read.id} says what it said last to another caller who asked the same."
    yield Lie("as-to-another", read.id, "", sentence, partial(_AsToAnother, read))
    if any(not it.required and _is_of_object(read, it) for it in read.success.fields):
        sentence = f"{read.id} shows each caller the fields, too, that it showed another of the same object."
        yield Lie("field-of-another", read.id, "", sentence, partial(_FieldsOfAnother, read))
    if 404 in read.responses:
        sentence = f"{read.id} shows what is hidden from a caller as it was shown to another."
        yield Lie("hidden-shown", read.id, "", sentence, partial(_AsToAnother, read, 404))


def _is_of_object(read: Operation, it: Field) -> bool:
    """Return whether a field is of what is read, or of an object in a list that has an id to be known by."""
    named = (*it.path[:-1], "id") in {other.path for other in read.success.fields}
    return len(it.path) == 1 or (it.path[1:-1] == (ANY,) and named)


def _is_touching(write: Operation, read: Operation) -> bool:
    """Return whether a read may show what a write did: its object or what is below it, or the list that holds it."""
    return "{" not in read.path or ("{" in write.path and read.path.startswith(_find_item_path(write)))


def _find_item_path(operation: Operation) -> str:
    return operation.path[: operation.path.index("}") + 1]


def _list_lies_of_write(contract: Contract, write: Operation) -> Iterator[Lie]:
    back = _find_way_back(contract, write)
    if back is None:
        return
    sentence = f"{write.id} is answered as done, and is not."
    yield Lie("write-lost", write.id, "", sentence, partial(_Lost, write, back))
    sentence = f"{write.id} is answered as done, and is not, where it was done to the same object before."
    if write.changes_object:
        yield Lie("write-lost", write.id, "again", sentence, partial(_Lost, write, back, again=True))
    for name, it in (write.body or {}).get("properties", {}).items():
        for value in it.get("enum", []):
            sentence = f"{write.id} is answered as done, and is not, where `{name}` is {value}."
            yield Lie(
                "write-lost", write.id, f"{name}={value}", sentence, partial(_Lost, write, back, only=(name, value))
            )


def _find_way_back(contract: Contract, write: Operation) -> Operation | None:
    """Return what undoes a write: the deletion that its answer links to, or the write of what was read before."""
    found = {it.id: it for it in contract.operations}
    deletion = next((found[it] for it in write.success.links if found[it].method == "DELETE"), None)
    if write.method == "POST":
        return deletion
    return next((it for it in contract.operations if it.reads and it.path == write.path), None)


class _StaleAfter(Teller):
    def __init__(self, write: Operation, read: Operation) -> None:
        self._write, self._read = write, read
        self._said: dict[tuple[str, str, str], Answer] = {}
        self._stale: dict[tuple[str, str, str], Answer] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        key = asked.world, asked.target, asked.caller
        if asked.operation is self._read:
            if key in self._stale:
                return _renew_answer(self._stale[key], answer)
            self._said[key] = answer
        elif not asked.operation.reads and answer.status == asked.operation.success.status:
            self._note_write(asked)
        return answer

    def _note_write(self, asked: Asked) -> None:
        """Keep, or forget, what was said before of all that this touches."""
        about = [key for key in self._said if key[0] == asked.world and self._shows(key[1], asked)]
        for key in about:
            self._stale.pop(key, None)
            if asked.operation is self._write:
                self._stale[key] = self._said[key]

    def _shows(self, target: str, asked: Asked) -> bool:
        if "{" not in self._read.path:
            return True
        item = asked.world + _find_item_path(asked.operation) if "{" in asked.operation.path else ""
        for name, value in asked.params.items():
            item = item.replace(f"{{{name}}}", value)
        return bool(item) and (target == item or target.startswith(f"{item}/"))


class _Kept(Teller):
    def __init__(self, read: Operation) -> None:
        self._read = read
        self._first: dict[tuple[str, str, str], Answer] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        if asked.operation is not self._read or answer.status >= 400:
            return answer
        return _renew_answer(self._first.setdefault((asked.world, asked.target, asked.caller), answer), answer)


class _AsToAnother(Teller):
    def __init__(self, read: Operation, status: int = 200) -> None:
        self._read, self._status = read, status
        self._said: dict[tuple[str, str], dict[str, Answer]] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        if asked.operation is not self._read:
            return answer
        said = self._said.setdefault((asked.world, asked.target), {})
        others = [it for caller, it in said.items() if caller != asked.caller]
        if answer.status == asked.operation.success.status:
            said.pop(asked.caller, None)
            said[asked.caller] = answer
        return _renew_answer(others[-1], answer) if others and answer.status == self._status else answer


class _FieldsOfAnother(Teller):
    def __init__(self, read: Operation) -> None:
        self._read = read
        self._shown: dict[tuple[str, str], dict[str, Any]] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer:
        document = answer.json if answer.status == asked.operation.success.status else None
        if not isinstance(document, dict):
            return answer
        leaked = False
        listed = [item for value in document.values() if isinstance(value, list) for item in value]
        for item in [document, *(it for it in listed if isinstance(it, dict) and "id" in it)]:
            shown = self._shown.setdefault((asked.world, str(item.get("id", asked.target))), {})
            if asked.operation is self._read:
                more = {name: it for name, it in shown.items() if name not in item and name not in NOT_JUDGED_ON_OTHERS}
                leaked = leaked or bool(more)
                item.update(more)
            shown.update(item)
        return answer.with_json(document) if leaked else answer


class _Lost(Teller):
    """A lie that has a write done, and undoes it before its answer is told."""

    def __init__(
        self, write: Operation, back: Operation, *, again: bool = False, only: tuple[str, str] | None = None
    ) -> None:
        self._write, self._back, self._again, self._only = write, back, again, only
        self._done: set[tuple[str, str]] = set()
        self._one = threading.Lock()

    def replace_answer(self, asked: Asked) -> Answer | None:
        if asked.operation is not self._write or not self._is_meant(asked.request):
            return None
        with self._one:
            if self._write.method == "POST":
                return self._say_made(asked)
            before = asked.ask(asked.ask_about(self._back))
            if self._write.method == "DELETE":
                return self._say_deleted(before)
            return self._put_back(asked, before)

    def _is_meant(self, request: Request) -> bool:
        document = request.json if self._only else None
        return self._only is None or (isinstance(document, dict) and document.get(self._only[0]) == self._only[1])

    def _say_made(self, asked: Asked) -> Answer:
        answer = asked.ask(asked.request)
        document = answer.json
        if answer.status == self._write.success.status and isinstance(document, dict):
            asked.ask(asked.ask_about(self._back, **{self._write.success.links[self._back.id]: str(document["id"])}))
        return answer

    def _say_deleted(self, before: Answer) -> Answer | None:
        """Say it is deleted, of whatever the caller can read."""
        if before.status != self._back.success.status:
            return None
        return _renew_answer(before, before).with_json(self._write.success.examples[0])

    def _put_back(self, asked: Asked, before: Answer) -> Answer:
        answer = asked.ask(asked.request)
        key = asked.world, asked.target
        if answer.status == self._write.success.status and before.status == self._back.success.status:
            if not self._again or key in self._done:
                asked.ask(replace(asked.request, body=self._read_former(before)))
            self._done.add(key)
        return answer

    def _read_former(self, before: Answer) -> bytes:
        document = before.json
        if self._write.body is None or not isinstance(document, dict):
            return before.body
        fields = {name: document[name] for name in self._write.body["properties"] if name in document}
        return before.with_json(fields).body


def _renew_answer(said: Answer, answer: Answer) -> Answer:
    """Return an answer of before, with the request id of now; the same where it says the same."""
    if said.status == answer.status and said.body == answer.body:
        return answer
    return with_id(said, answer)
