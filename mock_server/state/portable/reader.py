"""Read a document as the state that it tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import jsonschema_rs
from rpds import HashTrieMap

from mock_server.contract.schema import is_large, locate_problems
from mock_server.state.clock import Clock, ClockError, freeze, parse_moment, read_real_time
from mock_server.state.collection import Collection, Key, list_steps, read_name, sort_by_reference
from mock_server.state.conformity import Conformity
from mock_server.state.portable.problems import Problems
from mock_server.state.portable.schema import list_sections, make_json_schema
from mock_server.state.portable.writer import collect_shared_parts
from mock_server.state.records import Record, RecordProblem
from mock_server.state.references import describe_missing, describe_taken, list_named
from mock_server.state.state import State, make_state
from mock_server.state.table import Table, make_table

Shared = Mapping[str, Mapping[str, Any]]
"""The values that objects share, by section and name; None for what stands in the document and could not be read."""


_MOST_PARTS = 20_000
"""Values of a document of which all problems are told; the seed data have a third of them."""


class StateReader:
    """Reads documents by their own schema, by what a state must be, and by the contract's schemas."""

    def __init__(
        self, schema: Mapping[str, Any], collections: Iterable[Collection[Any]], conformity: Conformity
    ) -> None:
        self.schema = make_json_schema(schema)
        self._collections = sort_by_reference(collections)
        self._told = [each for each in self._collections if not each.transient]
        self._sections = list_sections(self._told)
        self._validator = jsonschema_rs.Draft7Validator(self.schema, validate_formats=True)
        self.conformity = conformity

    def read(self, document: Any, like: State) -> State:
        """Return the state of a document.

        Objects that `like` holds just so are taken from there, and the seed of ids and the grants too. Raises
        StateProblems with every place that is wrong; a record is read no further once something is, and
        the contract judges only a document that is whole.
        """
        problems = Problems()
        self._check(document, problems)
        shared = self._read_shared(document, like, problems)
        tables = [_read_table(each, document, shared, like, problems) for each in self._collections]
        clock = problems.try_reading(partial(read_clock, document.get("clock")), "clock") or Clock()
        problems.stop()
        counters = {kind: int(count) for kind, count in document["counters"].items()}
        state = make_state(tables, seed=like.seed, grants=like.grants, clock=clock, counters=HashTrieMap(counters))
        for name, key, place, text in self.find_breaches(state):
            problems.add(f"It breaks the contract: {'.'.join(place)}: {text}", name, *list_steps(key))
        problems.stop()
        return state

    def find_breaches(self, state: State) -> Iterator[tuple[str, Any, list[str], str]]:
        """Return each place that breaks the contract: collection, key of the object, the path in it, what is wrong."""
        return self.conformity.find_breaches(state)

    def _check(self, document: Any, problems: Problems) -> None:
        """Note what the schema says; StateProblems where a whole collection cannot be read."""
        for place, text in locate_problems(self._validator, document, most_parts=_MOST_PARTS):
            problems.add(text, *place)
        if problems.is_wrong() or is_large(
            document, _MOST_PARTS
        ):  # no object at all, or not all that is wrong is known
            problems.stop()
        names = ["counters", *(each.name for each in self._told), *(each.name for each in self._sections)]
        for name in names:
            part = document.get(name)
            if isinstance(part, dict) and "" in part:  # what is wrong there may be told of elsewhere
                problems.add("A name is empty.", name)
        if any(problems.is_wrong(name) for name in names):
            problems.stop()

    def _read_shared(self, document: Record, like: State, problems: Problems) -> Shared:
        known = collect_shared_parts(like)
        found: dict[str, dict[str, Any]] = {}
        for section in self._sections:
            made = found[section.name] = {}
            for name, record in document.get(section.name, {}).items():
                same = known.get((section.name, name))
                read = partial(section.read, name, record, partial(_make_lookup, found), same)
                made[name] = problems.try_reading(read, section.name, name)
        return found


def _make_lookup(shared: Shared, section: str, name: str) -> Any:
    return shared[section][name]


def _read_table(
    collection: Collection[Any], document: Record, shared: Shared, like: State, problems: Problems
) -> Table:
    if collection.transient:
        return make_table(collection)
    known, lookup = like.all(collection), partial(_make_lookup, shared)
    values: dict[Key, Any] = {}
    names: dict[Any, Key] = {}
    for key, record in _list_records(collection, document, problems):
        read = partial(_read, collection, key, record, document, lookup)
        value = problems.try_reading(read, collection.name, *list_steps(key))
        if value is None:
            continue
        same = known.get(key)
        values[key] = same if same is not None and same == value else value
        if collection.unique:
            name = tuple(getattr(value, field) for field in collection.unique)
            if (taken := names.setdefault(name, key)) != key:
                text = describe_taken(taken, dict(zip(collection.unique, name, strict=True)))
                problems.add(text, collection.name, *list_steps(key))
    return make_table(collection, values.values())


def _list_records(collection: Collection[Any], document: Record, problems: Problems) -> Iterator[tuple[Key, Record]]:
    """Yield the records of a collection by their keys; none of what is found to be wrong."""
    target = collection.refers.get(collection.key[0])
    for first, records in document.get(collection.name, {}).items():
        if len(collection.key) > 1 and problems.is_wrong(collection.name, first):
            continue
        if target is not None and first not in document.get(read_name(target), {}):
            problems.add(describe_missing(target, first), collection.name, first)
        if len(collection.key) == 1:
            yield first, records
        else:
            yield from (((first, second), record) for second, record in records.items())


def _read(collection: Collection[Any], key: Key, record: Record, document: Record, lookup: Any) -> Any:
    for field, target, each in list_named(collection.refers.items(), record):
        if each not in document.get(read_name(target), {}):
            raise RecordProblem(describe_missing(target, each), field)
    if collection.check is not None:
        collection.check(record)
    return collection.from_record(key, record, lookup)


def read_clock(record: Record) -> Clock:
    """Return the clock of a record; RecordProblem says what is wrong with it."""
    try:
        if record["mode"] == "real":
            if "now" in record:
                raise RecordProblem("A real clock stands at no time.", "now")
            return Clock().advance(record.get("offset_seconds", 0), read_real_time())
        if "now" not in record:
            raise RecordProblem("A frozen clock has a time at which it stands.", "now")
        return freeze(parse_moment(record["now"]))
    except ClockError as error:
        raise RecordProblem(str(error), "now" if record["mode"] == "frozen" else "offset_seconds") from error
    except ValueError as error:
        if isinstance(error, RecordProblem):
            raise
        raise RecordProblem(f"It is not a date-time that can be: {error}.", "now") from error
