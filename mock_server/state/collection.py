"""The declaration of a collection: all that storing, moving, checking and showing its objects needs to know."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from mock_server.state import records
from mock_server.state.records import Lookup, Record, RecordProblem, Section
from mock_server.state.value import Value

S = TypeVar("S")
M = TypeVar("M")
V = TypeVar("V", bound=Value)
Key = Hashable
"""The key of an object in its collection; a tuple where it has several fields."""


def is_same_org(value: Any, org_id: str) -> bool:
    """Whether an org sees an object because the object is its own."""
    return bool(value.org_id == org_id)


@dataclass(frozen=True, eq=False)
class Fixtures(Generic[S, M]):
    """The seed data of a collection: a file of that name, whose items have the fields of `item`.

    S is a state, M what makes objects up; both are made of collections, which do without them.
    What is left out is as the collection has it. `key`: the fields by which an item takes the place of another, or
    what they are told by. `add` gives the state with an item, and raises ValueError. `after`: collections that are
    loaded before. `persona` says of an item, and of the state with it, the usual name, the caller and the token; None:
    nobody is to be it. `invent` makes up an item that nobody wrote; None: the collection has no more than was written.
    """

    name: str | None = None
    item: type[Value] | None = None
    key: tuple[str, ...] | Callable[[Mapping[str, Any]], Key] | None = None
    add: Callable[[S, Any], S] | None = None
    after: tuple[Collection[Any], ...] = ()
    persona: Callable[[S, Any], tuple[str, Any, str] | None] | None = None
    invent: Callable[[M], Mapping[str, Any]] | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Index:
    """The keys of the objects that have the same values in some fields; a field of many values has each of them.

    They are in the order of another field where one is named, and of the keys otherwise.
    """

    fields: tuple[str, ...]
    order: str | None = None

    @cached_property
    def _values(self) -> Callable[[Any], Any]:
        return attrgetter(*self.fields)

    def find_position(self, keys: Sequence[Any], key: Any, value: Any, objects: Mapping[Any, Any]) -> int:
        """Return where the key of an object stands, or is to stand, among those of others."""
        if self.order is None:
            return bisect_left(keys, key)
        rank = attrgetter(self.order)
        return bisect_left(keys, rank(value), key=lambda each: rank(objects[each]))

    def list_entries(self, value: Any) -> Iterable[Any]:
        """Return the entries under which an object is found; none of None."""
        if value is None:
            return ()
        found = self._values(value)
        return set(found) if len(self.fields) == 1 and isinstance(found, tuple) else (found,)


@dataclass(frozen=True, eq=False, repr=False)
class Collection(Generic[V]):
    """Objects of one kind, with all that follows from it.

    `refers` names the collections in which the values of fields must be; `mentions` likewise, but a state may
    have lost them. `schema` is the contract's, `view` what an org is shown, `visible` whether it is shown at all,
    and `hidden` whether it is not to one caller of such an org.
    `shares` are values that stand in a section of the document, in `shared_field` or as `parts` says. `holds_content`:
    it keeps bytes for others. `transient`: of the world, and no part of its state for anybody else.
    `log`: its objects are written along with changes of others and never changed, and of an org so many are kept.
    `queues`: indexes of which the objects are in the order of another field, which is different for each of them.
    `due`: the field that says when the clock changes an object next; None where it does not.
    `by_state`: fields that an object has which a provider state makes, unless it is told otherwise.
    """

    value: type[V]
    name: str
    key: tuple[str, ...] = ("id",)
    noun: str = ""
    id_prefix: str | None = None
    refers: Mapping[str, Collection[Any] | str] = field(default_factory=dict)
    mentions: Mapping[str, Collection[Any] | str] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    queues: Mapping[str, str] = field(default_factory=dict)
    schema: str | None = None
    visible: Callable[[V, str], bool] = lambda _value, _org_id: True
    hidden: Callable[[V, Any], bool] = lambda _value, _caller: False
    view: Callable[[V, str], Mapping[str, Any]] | None = None
    fixtures: Fixtures[Any, Any] = Fixtures()
    description: str | None = None
    check: Callable[[Record], None] | None = None
    untold: tuple[str, ...] = ()
    shares: Section | None = None
    shared_field: str | None = None
    parts: Callable[[V], Iterable[Any]] | None = None
    details: Callable[[V], Record] | None = None
    own_record: Callable[[V], Record] | None = None
    own_read: Callable[[str, Record, Lookup], V | None] | None = None
    record_schema: Mapping[str, Any] | None = None
    holds_content: bool = False
    transient: bool = False
    log: int | None = None
    due: str | None = None
    by_state: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "noun", self.noun or self.name.removesuffix("s"))

    @cached_property
    def key_of(self) -> Callable[[V], Key]:
        """The key of an object."""
        return attrgetter(*self.key)

    @cached_property
    def all_indexes(self) -> tuple[Index, ...]:
        """Its indexes, that of what is unique among them."""
        unique = [Index(self.unique)] if self.unique else []
        queues = (Index((name,), order) for name, order in self.queues.items())
        return (*unique, *(Index((name,)) for name in self.indexes), *queues)

    @cached_property
    def index_at(self) -> Mapping[tuple[str, ...], int]:
        """The position of the index of some fields."""
        return {index.fields: at for at, index in enumerate(self.all_indexes)}

    @cached_property
    def indexed_values(self) -> Callable[[V], Any]:
        """The values of an object on which the entries of its indexes depend."""
        names = dict.fromkeys(name for index in self.all_indexes for name in index.fields)
        names |= dict.fromkeys(self.queues.values())
        return attrgetter(*names) if names else lambda _value: None

    @cached_property
    def _aside(self) -> frozenset[str | None]:
        """Fields that a record does not tell as they are."""
        return frozenset({*self.key, *self.untold, self.shared_field})

    @cached_property
    def _shared_name(self) -> str:
        return f"{self.shared_field}_digest"

    def to_record(self, value: V) -> Record:
        """Return an object as a plain record, without its key: what a document and a change tell of it."""
        if self.own_record is not None:
            return self.own_record(value)
        told = records.to_record(value, self._aside)
        if self.shares is not None and self.shared_field is not None:
            told[self._shared_name] = self.shares.digest(getattr(value, self.shared_field))
        return told

    def from_record(self, key: Key, record: Record, lookup: Lookup) -> V | None:
        """Return the object of a record; None where what it shares could not be read. RecordProblem says what is wrong.

        `lookup` finds what is shared, by section and name.
        """
        if self.own_read is not None:
            return self.own_read(str(key), record, lookup)
        given = dict(zip(self.key, key if isinstance(key, tuple) else (key,), strict=True))
        if self.shares is not None and self.shared_field is not None:
            shared = records.find_shared(lookup, self.shares, record[self._shared_name], self._shared_name)
            if shared is None:
                return None
            if not isinstance(shared, records.read_hints(self.value)[self.shared_field]):
                raise RecordProblem(f"The {self.shares.noun} is no {self.noun}.", self._shared_name)
            given[self.shared_field] = shared
        return records.from_record(self.value, record, given)

    def show(self, value: V, org_id: str) -> Mapping[str, Any]:
        """Return what an org is shown of an object."""
        return records.to_record(value) if self.view is None else self.view(value, org_id)

    def find_owner(self, value: V) -> str:
        """Return the org that an object belongs to; empty where it is nobody's."""
        return getattr(value, "org_id", None) or ""

    def list_shared(self, value: V) -> Iterable[tuple[Section, Any]]:
        """Return what an object shares, with what that is made of, each with its section."""
        if self.shares is None:
            return
        parts = self.parts(value) if self.parts is not None else (getattr(value, str(self.shared_field)),)
        for part in parts:
            yield from self.shares.list_all(part)

    def make_record_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a record; `x-collection` names the collection that a field refers to."""
        if self.record_schema is not None:
            return dict(self.record_schema)
        extra = {self._shared_name: {"type": "string"}} if self.shared_field else {}
        schema = records.make_record_schema(self.value, self._aside, extra)
        for field_name, target in (*self.refers.items(), *self.mentions.items()):
            if field_name in schema["properties"]:
                schema["properties"][field_name]["x-collection"] = read_name(target)
        return schema


def sort_by_reference(collections: Iterable[Collection[Any]]) -> tuple[Collection[Any], ...]:
    """Return the collections, each after those that it refers to; TypeError where one of those is missing."""
    by_name = {each.name: each for each in collections}
    found: dict[str, Collection[Any]] = {}
    asked: set[str] = set()

    def add(name: str, asked_by: str) -> None:
        if name in asked:
            return
        asked.add(name)
        if name not in by_name:
            raise TypeError(f"the collection {asked_by} refers to {name}, and there is no such collection")
        each = by_name[name]
        for target in (*each.refers.values(), *each.mentions.values(), *each.fixtures.after):
            add(read_name(target), name)
        found[name] = each

    for name in sorted(by_name):
        add(name, name)
    return tuple(found.values())


def read_name(target: Collection[Any] | str) -> str:
    """Return the name of a collection that is referred to, by itself or by name."""
    return target if isinstance(target, str) else target.name


def read_noun(target: Collection[Any] | str) -> str:
    """Return what one object of a collection that is referred to is called."""
    return target.removesuffix("s") if isinstance(target, str) else target.noun


def list_steps(key: Key) -> tuple[Any, ...]:
    """Return the steps from a collection in a document to the object of a key."""
    return key if isinstance(key, tuple) else (key,)
