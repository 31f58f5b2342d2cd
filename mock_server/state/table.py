"""The objects of one collection, with the indexes by which they are found."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, TypeAlias

from rpds import HashTrieMap

from mock_server.state.collection import Collection, Index, Key
from mock_server.state.log import LogObjects, make_log
from mock_server.state.value import Value
from mock_server.state.weight import count_texts

Entries: TypeAlias = "HashTrieMap[Any, tuple[Any, ...]]"
"""The entries of an index, each with the keys of its objects, in order."""


class Table(Value):
    """The objects by key, and the entries of each index; both change by making another table."""

    collection: Collection[Any]
    objects: HashTrieMap[Any, Any] | LogObjects
    entries: tuple[Entries, ...]

    def replace(self, key: Key, before: Value | None, after: Value | None) -> Table:
        """Return the table in which an object has taken the place of another; None: there is none."""
        objects = self.objects.remove(key) if after is None else self.objects.insert(key, after)
        indexed = self.collection.indexed_values
        if before is not None and after is not None and indexed(before) == indexed(after):
            return Table(self.collection, objects, self.entries)
        moved = [
            _move_entries(entries, index, key, (before, self.objects), (after, objects))
            for entries, index in zip(self.entries, self.collection.all_indexes, strict=True)
        ]
        return Table(self.collection, objects, tuple(moved))


Among = tuple[Value | None, Any]
"""An object, and all of its collection by their keys."""


def _move_entries(entries: Entries, index: Index, key: Any, before: Among, after: Among) -> Entries:
    old, new = index.list_entries(before[0]), index.list_entries(after[0])
    if old == new and index.order is None:
        return entries
    for entry in old:
        keys = entries.get(entry, ())
        at = index.find_position(keys, key, *before)
        left = (*keys[:at], *keys[at + 1 :])
        entries = entries.insert(entry, left) if left else entries.discard(entry)
    for entry in new:
        keys = entries.get(entry, ())
        at = index.find_position(keys, key, *after)
        entries = entries.insert(entry, (*keys[:at], key, *keys[at:]))
    return entries


def make_table(collection: Collection[Any], values: Iterable[Any] = ()) -> Table:
    """Return the table of these objects."""
    objects: dict[Any, Any] = {collection.key_of(value): value for value in values}
    if not collection.holds_content:
        for value in objects.values():
            count_texts(value)
    found = []
    for index in collection.all_indexes:
        keys: dict[Any, list[Key]] = {}
        rank = None if index.order is None else attrgetter(index.order)
        for key in sorted(objects, key=None if rank is None else lambda each, rank=rank: rank(objects[each])):
            for entry in index.list_entries(objects[key]):
                keys.setdefault(entry, []).append(key)
        found.append(HashTrieMap({entry: tuple(each) for entry, each in keys.items()}))
    return Table(collection, HashTrieMap(objects) if collection.log is None else make_log(objects), tuple(found))
