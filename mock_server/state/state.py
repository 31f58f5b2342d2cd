"""The state of a world as one value: tables of objects, a clock and counters, changed by making a new value.

A state remembers which objects were touched since the one that was committed before it, so that what
a request changed is known without comparing whole collections.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, overload

from rpds import HashTrieMap

from mock_server.contract.keywords import Grants
from mock_server.state.clock import Clock
from mock_server.state.collection import Collection, Key, sort_by_reference
from mock_server.state.log import LogObjects, Note, make_note
from mock_server.state.table import Table, make_table
from mock_server.state.value import Value, replace
from mock_server.state.weight import count_texts

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FACTOR_32 = 0x9E3779B1
_FACTOR_60 = 0x9E3779B97F4A7C5


def make_request_id(seed: int, count: int) -> str:
    """Return eight hex digits for the count-th request of a world; distinct for 2**32 requests."""
    return f"{(_find_start(seed) + count * _FACTOR_32) & 0xFFFFFFFF:08x}"


def make_object_id(seed: int, count: int) -> str:
    """Return twelve base-32 digits for the count-th object; distinct for 2**60 objects."""
    number = (_find_start(seed) + count * _FACTOR_60) & ((1 << 60) - 1)
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(55, -1, -5))


@cache
def _find_start(seed: int) -> int:
    return int.from_bytes(sha256(str(seed).encode()).digest()[:8])


V = TypeVar("V", bound=Value)
D = TypeVar("D")

Place = tuple[str, Key]
"""A collection's name, and the key of an object in it."""
Tables = MappingProxyType[str, Table]
_NO_COUNTS: HashTrieMap[str, int] = HashTrieMap()
_NO_GRANTS = Grants()


class TouchedObject:
    """One object that a change touched, and what was touched before it.

    `has_content`: whether the object was put with what is counted by itself: the bytes of files, or long texts.
    """

    __slots__ = ("_key", "before", "has_content", "name")

    def __init__(self, name: str, key: Key, before: TouchedObject | None, *, has_content: bool = False) -> None:
        self.name = name
        self._key = key
        self.before = before
        self.has_content = has_content

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of what was touched, in the collection of this name; the latest first."""
        return (self._key,)


class TouchedLogObjects(TouchedObject):
    """An object that came into a log, and the one that went for it; what they are is found out when somebody asks."""

    __slots__ = ("_former", "_log")

    def __init__(
        self, name: str, log: LogObjects, former: LogObjects, before: TouchedObject | None, *, has_content: bool
    ) -> None:
        self.name = name
        self._log = log
        self._former = former
        self.before = before
        self.has_content = has_content

    @property
    def keys(self) -> tuple[Key, ...]:
        """The ids of the two; one where none had to go."""
        new = self._log.note
        assert new is not None  # noqa: S101  # the object came with it
        if self._log.count > self._former.count:
            return (new.value.id,)
        return self._former.find_outgoing(new).id, new.value.id


class Timer(NamedTuple):
    """The object of a key in a collection, and when the clock changes it."""

    at: datetime
    key: str
    collection: str


class State(Value, eq=False):
    """Everything that a world's requests can see or change.

    `put` and `drop` alone write objects: they keep the indexes, the timers, the count of objects and what was touched.
    `timers`: in the order in which they are due, those of one time in the order of their keys.
    `highest` is how far the counters had come before the world was taken back to an earlier state: no id comes
    twice. `grants`: the scopes that the contract gives to roles and permission sets, part of no document of a state.
    """

    seed: int = 0
    clock: Clock = Clock()
    counters: HashTrieMap[str, int] = _NO_COUNTS
    tables: Tables = MappingProxyType({})
    objects: int = 0
    highest: HashTrieMap[str, int] = _NO_COUNTS
    touched: TouchedObject | None = None
    timers: tuple[Timer, ...] = ()
    grants: Grants = _NO_GRANTS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self._list_compared() == other._list_compared()

    __hash__ = None  # type: ignore[assignment]

    def _list_compared(self) -> tuple[object, ...]:
        return self.seed, self.clock, self.counters, self.tables

    @property
    def collections(self) -> Iterable[Collection[Any]]:
        """The collections that it has, be there objects or none; each after those that it refers to."""
        return [table.collection for table in self.tables.values()]

    def collection(self, name: str) -> Collection[Any]:
        """Return the collection of a name; KeyError where there is none."""
        return self.tables[name].collection

    def all(self, collection: Collection[V]) -> Mapping[Any, V]:
        """Return the objects of a collection by their keys, in no order."""
        return self.tables[collection.name].objects  # type: ignore[return-value]  # a log's is no Mapping by its class

    @overload
    def get(self, collection: Collection[V], key: Key) -> V | None: ...
    @overload
    def get(self, collection: Collection[V], key: Key, default: D) -> V | D: ...
    def get(self, collection: Collection[V], key: Key, default: Any = None) -> Any:
        """Return the object of a key, or the default where there is none."""
        return self.tables[collection.name].objects.get(key, default)

    def select(self, collection: Collection[V], **fields: Any) -> list[V]:
        """Return the objects with these values in the order of their keys, by an index where there is one: in its."""
        table = self.tables[collection.name]
        at = collection.index_at.get(tuple(fields))
        if at is not None:
            values = tuple(fields.values())
            objects = table.objects
            return [objects[key] for key in table.entries[at].get(values if len(values) > 1 else values[0], ())]
        found = table.objects.values()
        return sorted(
            (each for each in found if all(getattr(each, name) == value for name, value in fields.items())),
            key=collection.key_of,  # type: ignore[arg-type]
        )

    def select_first(self, collection: Collection[V], **field: Any) -> V | None:
        """Return the first of the objects that an index has of this value, in its order; None where it has none."""
        table = self.tables[collection.name]
        [value] = field.values()
        keys = table.entries[collection.index_at[tuple(field)]].get(value, ())
        return table.objects[keys[0]] if keys else None

    def put(self, collection: Collection[V], value: V) -> State:
        """Return the state with this object, in the place of the one with its key."""
        table = self.tables[collection.name]
        key = collection.key_of(value)
        has_content = collection.holds_content or count_texts(value)
        return self._with(table, key, table.objects.get(key), value, has_content=has_content)

    def drop(self, collection: Collection[V], key: Key) -> State:
        """Return the state without the object of this key, if it is there."""
        table = self.tables[collection.name]
        before = table.objects.get(key)
        return self if before is None else self._with(table, key, before, None)

    def _with(
        self, table: Table, key: Key, before: Value | None, after: Value | None, *, has_content: bool = False
    ) -> State:
        collection = table.collection
        tables = self.tables.copy()
        tables[collection.name] = table.replace(key, before, after)
        more = 0 if collection.transient else (after is not None) - (before is not None)
        timers = self.timers
        if collection.due is not None:
            timers = _with_timers(timers, collection, before, after)
        return replace(
            self,
            tables=MappingProxyType(tables),
            objects=self.objects + more,
            touched=TouchedObject(collection.name, key, self.touched, has_content=has_content),
            timers=timers,
        )

    def assign_id(self, collection: Collection[Any]) -> tuple[State, str]:
        """Return the state that has given out one more id of a collection, and the id."""
        return self.assign_id_of_kind(collection.id_prefix or collection.noun)

    def assign_id_of_kind(self, kind: str) -> tuple[State, str]:
        """Return the state that has given out one more id of this kind, and the id."""
        count = self.find_next_count(kind)
        counted = replace(
            self,
            counters=self.counters.insert(kind, count),
            touched=TouchedObject("counters", kind, self.touched),
        )
        return counted, f"{kind}_{make_object_id(self.seed, count)}"

    def find_next_count(self, kind: str) -> int:
        """Return the count that the next id of a kind has; none comes twice."""
        return max(self.counters.get(kind, 0), self.highest.get(kind, 0)) + 1

    def append(self, collection: Collection[V], value: V, count: int) -> State:
        """Return the state with one more object of a log, which has this count.

        Where its org has more than the collection keeps, the oldest goes.
        """
        return self.note(collection, make_note(value), count, has_content=count_texts(value))

    def note(self, collection: Collection[Any], note: Note, count: int, *, has_content: bool = False) -> State:
        """Return the state with one more object of a log, as `append` does; it is made when somebody reads it."""
        name = collection.name
        table = self.tables[name]
        former: LogObjects = table.objects  # type: ignore[assignment]  # of a log they are
        log = former.with_note(note, collection.log or count)
        tables = self.tables.copy()
        tables[name] = Table(collection, log, table.entries)
        return replace(
            self,
            tables=MappingProxyType(tables),
            counters=self.counters.insert(collection.noun, count),
            objects=self.objects + log.count - former.count,
            touched=TouchedLogObjects(name, log, former, self.touched, has_content=has_content),
        )

    def find_highest_ids(self) -> HashTrieMap[str, int]:
        """Return how far the ids of each kind have come, whatever the counters were taken back to."""
        highest = self.highest
        for kind, count in self.counters.items():
            if count > highest.get(kind, 0):
                highest = highest.insert(kind, count)
        return highest

    def with_clock(self, clock: Clock) -> State:
        """Return the state with this clock."""
        return replace(self, clock=clock)

    def with_transient_of(self, other: State) -> State:
        """Return the state with what is of a world alone taken from another state."""
        theirs = {name: table for name, table in other.tables.items() if table.collection.transient}
        return replace(self, tables=MappingProxyType({**self.tables, **theirs}))


def make_empty_state(collections: Iterable[Collection[Any]], seed: int = 0, grants: Grants = _NO_GRANTS) -> State:
    """Return a state of these collections, without an object; TypeError where one refers to a collection not there."""
    return make_state([make_table(each) for each in sort_by_reference(collections)], seed=seed, grants=grants)


def make_state(tables: Iterable[Table], **fields: Any) -> State:
    """Return a state of these tables, and of other fields by name."""
    by_name = {table.collection.name: table for table in tables}
    objects = sum(len(table.objects) for table in by_name.values() if not table.collection.transient)
    timed = [table for table in by_name.values() if table.collection.due is not None]
    timers = (_make_timer(table.collection, value) for table in timed for value in table.objects.values())
    in_order = tuple(sorted(timer for timer in timers if timer is not None))
    return State(tables=MappingProxyType(by_name), objects=objects, timers=in_order, **fields)


def _with_timers(
    timers: tuple[Timer, ...], collection: Collection[Any], before: Value | None, after: Value | None
) -> tuple[Timer, ...]:
    """Return the timers once an object has taken the place of another; None: there is none."""
    old, new = _make_timer(collection, before), _make_timer(collection, after)
    if old == new:
        return timers
    left = list(timers)
    if old is not None:
        del left[bisect_left(left, old)]
    if new is not None:
        insort(left, new)
    return tuple(left)


def _make_timer(collection: Collection[Any], value: Value | None) -> Timer | None:
    at = None if value is None else getattr(value, str(collection.due))
    return None if at is None else Timer(at, str(collection.key_of(value)), collection.name)


def brings_content(after: State, before: State) -> bool:
    """Whether what was put since `before` is counted by its content: the bytes of files, or long texts."""
    node, end = after.touched, before.touched
    while node is not None and node is not end:
        if node.has_content:
            return True
        node = node.before
    return False


def settle(after: State, before: State) -> None:
    """Let go of what was touched before `before`.

    To be called when `after` takes the place of `before`: nothing would end the list otherwise.
    """
    node, earlier = after.touched, before.touched
    if node is None or node is earlier:
        return
    while node.before is not None and node.before is not earlier:
        node = node.before
    node.before = None


def list_touched(after: State, before: State) -> tuple[Place, ...]:
    """Return what was touched on the way from `before`, whose place `after` took."""
    places: list[Place] = []
    node = after.touched
    while node is not None and node is not before.touched:
        places += [(node.name, key) for key in node.keys]
        node = node.before
    return tuple(dict.fromkeys(reversed(places)))
