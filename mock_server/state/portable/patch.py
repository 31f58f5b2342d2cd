"""A state told by what it changes in another one, such as the seed data: little where little has changed.

It is a part of the state's document: each object that is new or another one, as a whole, and null for one that is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Raw
from msgspec.json import encode
from rpds import HashTrieMap

from mock_server.state.clock import Clock
from mock_server.state.collection import Collection, Key, list_steps, read_name
from mock_server.state.portable.problems import write_pointer
from mock_server.state.portable.reader import read_clock
from mock_server.state.portable.schema import list_sections
from mock_server.state.portable.writer import Document, collect_shared_parts, put_object, put_record
from mock_server.state.records import RecordProblem, make_clock_record
from mock_server.state.references import describe_missing, find_taken, list_named
from mock_server.state.state import State
from mock_server.state.table import Table
from mock_server.state.value import replace

_MOST_LOGGED = 10_000
LeftOut = dict[str, str]
"""The reason why something is left out of a state, by its JSON pointer."""


class Patches:
    """Tells states by what they change in one state, and reads them."""

    def __init__(self, base: State) -> None:
        self._base = base
        self._parts = collect_shared_parts(base)
        self._sections = list_sections(base.collections)
        self._logged: dict[int, tuple[Any, Raw]] = {}  # by the identity of the object, which is held with it

    def make_patch(self, state: State) -> Document:
        """Return what a state changes, with all that its objects share with others, for msgspec to write as JSON."""
        patch: Document = {}
        if state.clock != self._base.clock:
            patch["clock"] = make_clock_record(state.clock)
        before, after = dict(self._base.counters), dict(state.counters)
        if counters := {each: after.get(each) for each in {**before, **after} if after.get(each) != before.get(each)}:
            patch["counters"] = counters
        for name, table in state.tables.items():
            for key, value in _find_changed(self._base.tables[name], table):
                if value is None:
                    put_record(patch, table.collection, key, None)
                elif table.collection.log is not None:
                    put_record(patch, table.collection, key, self._record_logged(table.collection, value))
                else:
                    put_object(patch, table.collection, key, value)
        return patch

    def _record_logged(self, collection: Collection[Any], value: Any) -> Raw:
        """Return the record of a log's object, which never changes: written once, however often its world is told."""
        known = self._logged.get(id(value))
        if known is None:
            if len(self._logged) >= _MOST_LOGGED:
                self._logged.clear()
            known = self._logged[id(value)] = value, Raw(encode(dict(collection.to_record(value))))
        return known[1]

    def apply(self, patch: Document, *, is_of_base: bool) -> tuple[State, LeftOut]:
        """Return the state that a patch makes of this one, and what can no longer be read or stand in it.

        A patch of this very state leads to the state that it was made of, in which all fits.
        """
        left_out: LeftOut = {}
        parts, state = self._read_parts(patch), self._base
        for name, table in self._base.tables.items():
            collection = table.collection
            for key, record in _list_records(patch.get(name, {}), len(collection.key)):
                try:
                    state = _with_record(state, collection, key, record, parts)
                except (LookupError, TypeError, ValueError, AttributeError) as error:
                    steps, text = (error.steps, str(error)) if isinstance(error, RecordProblem) else ((), repr(error))
                    left_out[write_pointer(name, *list_steps(key), *steps)] = text
                    state = state.drop(collection, key)
        if left_out or not is_of_base:
            state = self._with_what_fits(state, left_out)
        counters = {
            kind: count for kind, count in {**state.counters, **patch.get("counters", {})}.items() if count is not None
        }
        clock = self._read_clock(patch, left_out)
        return replace(state, clock=clock, counters=HashTrieMap(counters), touched=None), left_out

    def _read_parts(self, patch: Document) -> Mapping[tuple[str, str], Any]:
        """Return the parts that objects of the patch may share, without those that cannot be read."""
        parts = dict(self._parts)
        for section in self._sections:
            for name, record in patch.get(section.name, {}).items():
                known = parts.get((section.name, name))
                if known is None or section.record(known) != record:
                    with suppress(RecordProblem):
                        parts[section.name, name] = section.read(name, record, lambda *place: parts[place], None)
        return parts

    def _read_clock(self, patch: Document, left_out: LeftOut) -> Clock:
        try:
            return read_clock(patch["clock"]) if "clock" in patch else self._base.clock
        except RecordProblem as problem:
            left_out[write_pointer("clock", *problem.steps)] = str(problem)
            return self._base.clock

    def _with_what_fits(self, state: State, left_out: LeftOut) -> State:
        """Return the state without objects that refer to what is not there, and others that have the name of one."""
        for collection in self._base.collections:  # each comes after those that it refers to
            for key, value in list(state.all(collection).items()):
                text = _find_missing_target(state, collection, key, value)
                if text is None and value is not self._base.get(collection, key):
                    text = find_taken(state, collection, key, value)
                if text is not None:
                    left_out[write_pointer(collection.name, *list_steps(key))] = text
                    state = state.drop(collection, key)
        return state


def _with_record(
    state: State, collection: Collection[Any], key: Key, record: Document | None, parts: Mapping[tuple[str, str], Any]
) -> State:
    """Return the state in which a record is the object of a key; None: there is none."""
    if record is None:
        return state.drop(collection, key)
    if collection.check is not None:
        collection.check(record)
    return state.put(collection, collection.from_record(key, record, lambda *place: parts[place]))


def _find_missing_target(state: State, collection: Collection[Any], key: Key, value: Any) -> str | None:
    """Return what an object refers to and is not there, in a sentence."""
    if not collection.refers:
        return None
    fields = {**dict(zip(collection.key, list_steps(key), strict=True)), **collection.to_record(value)}
    for _, target, each in list_named(collection.refers.items(), fields):
        if each not in state.tables[read_name(target)].objects:
            return describe_missing(target, each)
    return None


def _find_changed(before: Table, after: Table) -> Iterator[tuple[Key, Any]]:
    """Yield the objects that are new or others, by their keys, and None for each that is gone."""
    if before.objects is after.objects:
        return
    gone = dict(before.objects.items())
    for key, value in after.objects.items():
        if gone.pop(key, None) is not value:
            yield key, value
    yield from ((key, None) for key in gone)


def _list_records(held: Document, depth: int) -> Iterator[tuple[Key, Document | None]]:
    """Yield the records of a collection by their keys, which have so many steps."""
    if depth == 1:
        yield from held.items()
    else:
        yield from (((first, second), record) for first, below in held.items() for second, record in below.items())
