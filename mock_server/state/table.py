"""The objects of one collection, with the indexes by which they are found."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Any, TypeAlias

from rpds import HashTrieMap

from mock_server.state.collection import Collection, Key
from mock_server.state.value import Value

Entries: TypeAlias = "HashTrieMap[Any, tuple[Any, ...]]"
"""The entries of an index, each with the keys of its objects, in order."""


class Table(Value):
    """The objects by key, and the entries of each index; both change by making another table."""

    collection: Collection[Any]
    objects: HashTrieMap[Any, Any]
    entries: tuple[Entries, ...]

    def changed(self, key: Key, before: Value | None, after: Value | None) -> Table:
        """Return the table in which an object has taken the place of another; None: there is none."""
        objects = self.objects.remove(key) if after is None else self.objects.insert(key, after)
        entries = self.entries
        for at, index in enumerate(self.collection.all_indexes):
            old = () if before is None else index.entries(before)
            new = () if after is None else index.entries(after)
            if old != new:
                entries = (*entries[:at], _moved(entries[at], key, old, new), *entries[at + 1 :])
        return Table(self.collection, objects, entries)

    def found(self, fields: dict[str, Any]) -> Iterable[Key] | None:
        """Return the keys of the objects with these values, by an index; None where there is none for the fields."""
        names = tuple(fields)
        for entries, index in zip(self.entries, self.collection.all_indexes, strict=True):
            if index.fields == names:
                return entries.get(next(iter(fields.values())) if len(names) == 1 else tuple(fields.values()), ())
        return None


def _moved(entries: Entries, key: Any, old: Iterable[Any], new: Iterable[Any]) -> Entries:
    for entry in old:
        left = tuple(each for each in entries.get(entry, ()) if each != key)
        entries = entries.insert(entry, left) if left else entries.discard(entry)
    for entry in new:
        keys = list(entries.get(entry, ()))
        insort(keys, key)
        entries = entries.insert(entry, tuple(keys))
    return entries


def table_of(collection: Collection[Any], values: Iterable[Any] = ()) -> Table:
    """Return the table of these objects."""
    objects: dict[Any, Any] = {collection.key_of(value): value for value in values}
    found = []
    for index in collection.all_indexes:
        keys: dict[Any, list[Key]] = {}
        for key in sorted(objects):
            for entry in index.entries(objects[key]):
                keys.setdefault(entry, []).append(key)
        found.append(HashTrieMap({entry: tuple(each) for entry, each in keys.items()}))
    return Table(collection, HashTrieMap(objects), tuple(found))
