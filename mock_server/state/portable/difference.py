"""A state told by what it differs in from another one, such as the seed data: little where little has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import orjson
from msgspec import Struct, to_builtins
from rpds import HashTrieMap

from mock_server.state.clock import Clock
from mock_server.state.collection import Collection, Key, name_of, steps_of
from mock_server.state.portable.reader import clock_of
from mock_server.state.portable.schema import sections_of
from mock_server.state.records import RecordProblem, clock_record
from mock_server.state.rendered import exact
from mock_server.state.state import State, state_of
from mock_server.state.table import Table, table_of

Document = dict[str, Any]

_MOST_LOGGED = 10_000
_Logged = tuple[Any, orjson.Fragment]


class Difference(Struct):
    """What a state differs in: objects by the steps to them, and what only they share, by section and name."""

    clock: Document
    counters: dict[str, int]
    put: dict[str, list[tuple[list[str], Document]]]
    gone: dict[str, list[list[str]]]
    shared: dict[str, dict[str, Any]]

    def whole(self, base: Document) -> Document:
        """Return the document of the state, from that of the state that it differs from."""
        whole = {**base, "clock": self.clock, "counters": self.counters}
        for name in {**self.gone, **self.put}:
            records = _copied(base.get(name, {}), max(len(steps) for steps in self._places(name)) - 1)
            for steps in self.gone.get(name, ()):
                _remove(records, steps)
            for steps, record in self.put.get(name, ()):
                _holder(records, steps)[steps[-1]] = record
            whole[name] = records
        for section, found in self.shared.items():
            whole[section] = {**base.get(section, {}), **found}
        return whole

    def _places(self, name: str) -> Iterator[list[str]]:
        yield from self.gone.get(name, ())
        yield from (steps for steps, _ in self.put.get(name, ()))


class _LoggedTexts:
    """Objects of a log as JSON, with the steps to them, so that each one is written but once while its world is busy.

    In two generations, the older of which goes when the newer one is full.
    """

    def __init__(self) -> None:
        self._newer: dict[int, _Logged] = {}
        self._older: dict[int, _Logged] = {}

    def text(self, collection: Collection[Any], key: Key, value: Any) -> orjson.Fragment:
        """Return the text of an object."""
        known = self._newer.get(id(value))
        if known is None:
            known = self._older.get(id(value))
            if known is None:  # as long as it is known here, nothing else has its id
                text = orjson.dumps((list(steps_of(key)), to_builtins(dict(collection.record(value)))))
                known = value, orjson.Fragment(exact(text))
            if len(self._newer) >= _MOST_LOGGED:
                self._older, self._newer = self._newer, {}
            self._newer[id(value)] = known
        return known[1]


class Differences:
    """Tells states by what they differ in from one state, and reads them."""

    def __init__(self, base: State) -> None:
        self._base = base
        self._logged = _LoggedTexts()
        self._objects = {name: dict(table.objects.items()) for name, table in base.tables.items()}
        self._sections = list(sections_of(each for each in base.collections if not each.transient))
        self._shared = {
            (section.name, section.digest(part)): part
            for table in base.tables.values()
            if not table.collection.transient
            for value in table.objects.values()
            for section, part in table.collection.shared_by(value)
        }

    def of(self, state: State) -> Document:
        """Return what a state differs in, for orjson: objects of a log, which never change, are text already."""
        logged: dict[str, list[orjson.Fragment]] = {}
        found = Difference(clock_record(state.clock), dict(state.counters), {}, {}, {})
        for name, table in state.tables.items():
            if table is self._base.tables[name] or table.collection.transient:
                continue
            before, after = self._objects[name], dict(table.objects.items())
            put = {key: value for key, value in after.items() if before.get(key) is not value}
            if put and table.collection.log is not None:
                logged[name] = [self._logged.text(table.collection, key, each) for key, each in put.items()]
            elif put:
                found.put[name] = [
                    (list(steps_of(key)), dict(table.collection.record(each))) for key, each in put.items()
                ]
                self._share(table.collection, put.values(), found.shared)
            if gone := [list(steps_of(key)) for key in before if key not in after]:
                found.gone[name] = gone
        told: Document = to_builtins(found)
        told["put"] |= logged
        return told

    def _share(self, collection: Collection[Any], values: Iterable[Any], found: dict[str, dict[str, Any]]) -> None:
        for value in values:
            for section, part in collection.shared_by(value):
                name = section.digest(part)
                if (section.name, name) not in self._shared:
                    records, record = found.setdefault(section.name, {}), section.record(part)
                    records[name] = section.prefer(records[name], record) if name in records else record

    def read(self, difference: Difference) -> State | None:
        """Return the state; None where it cannot be read so: the whole document is to be read, which says why."""
        try:
            return self._read(difference)
        except (RecordProblem, LookupError, TypeError, ValueError):
            return None

    def _read(self, difference: Difference) -> State:
        shared: dict[tuple[str, str], Any] = {}
        lookup = partial(self._lookup, shared)
        for section in self._sections:
            for name, record in difference.shared.get(section.name, {}).items():
                shared[section.name, name] = section.read(name, record, lookup, None)
        tables = [self._table(table, difference, lookup) for table in self._base.tables.values()]
        by_name = {table.collection.name: table for table in tables}
        for name, placed in difference.put.items():
            for _, record in placed:
                _check_references(by_name[name].collection, record, by_name)
        clock = Clock() if difference.clock == clock_record(Clock()) else clock_of(difference.clock)
        counters = HashTrieMap(difference.counters)
        return state_of(tables, seed=self._base.seed, grants=self._base.grants, clock=clock, counters=counters)

    def _lookup(self, shared: Mapping[tuple[str, str], Any], section: str, name: str) -> Any:
        return shared[section, name] if (section, name) in shared else self._shared[section, name]

    def _table(self, table: Table, difference: Difference, lookup: Any) -> Table:
        collection = table.collection
        put, gone = difference.put.get(collection.name, ()), difference.gone.get(collection.name, ())
        if not put and not gone:
            return table
        objects = dict(self._objects[collection.name])
        for steps in gone:
            del objects[_key(steps)]
        for steps, record in put:
            if collection.check is not None:
                collection.check(record)
            value = collection.read(_key(steps), record, lookup)
            if value is None:
                raise RecordProblem("What it shares is not there.")
            objects[_key(steps)] = value
        return table_of(collection, objects.values())


def _check_references(collection: Collection[Any], record: Mapping[str, Any], tables: Mapping[str, Table]) -> None:
    for field, target in collection.refers.items():
        named = record.get(field)
        for each in named if isinstance(named, list) else [] if named is None else [named]:
            if each not in tables[name_of(target)].objects:
                raise RecordProblem(f"There is no {each}.", field)


def _key(steps: list[str]) -> Key:
    return steps[0] if len(steps) == 1 else tuple(steps)


def _copied(records: Document, depth: int) -> Document:
    return {name: _copied(each, depth - 1) for name, each in records.items()} if depth else dict(records)


def _holder(records: Document, steps: list[str]) -> Document:
    for step in steps[:-1]:
        records = records.setdefault(step, {})
    return records


def _remove(records: Document, steps: list[str]) -> None:
    """Remove an object, and whatever held nothing else."""
    first, *below = steps
    if below and first in records:
        _remove(records[first], below)
        if records[first]:
            return
    records.pop(first, None)
