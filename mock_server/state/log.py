"""The objects of a log: of each org those that came last, in the order of their ids.

A log is read in order and grows at its end, so it is kept in chunks: one more object copies the last chunk alone.
It is written with every change and seldom read: so the latest are only noted, and are made and put into their
places when somebody reads, or once there are many of them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any

from rpds import HashTrieMap

from mock_server.state.value import Value

Chunk = tuple[Any, ...]
Make = Callable[[tuple[Any, ...]], Any]
"""What makes an object of a log of its parts."""

MOST_OF_CHUNK = 32
_MOST_NOTES = 64
_id = attrgetter("id")


class OrgLog(Value, eq=False):
    """The objects of one org: full chunks, then the last one; of the first chunk so many are gone already."""

    chunks: tuple[Chunk, ...] = ()
    last: Chunk = ()
    gone: int = 0
    size: int = 0

    def __eq__(self, other: object) -> bool:
        """However they are divided into chunks."""
        return isinstance(other, OrgLog) and [*self.ascending()] == [*other.ascending()]

    __hash__ = None  # type: ignore[assignment]

    def ascending(self, since: str | None = None) -> Iterator[Any]:
        """Return the objects from the first id that is not before `since`."""
        parts = self._parts()
        if since is None:
            return chain.from_iterable(parts)
        at = bisect_left(parts, since, key=lambda chunk: str(chunk[-1].id))
        if at == len(parts):
            return iter(())
        first = parts[at]
        return chain(first[bisect_left(first, since, key=_id) :], chain.from_iterable(parts[at + 1 :]))

    def descending(self, before: str | None = None) -> Iterator[Any]:
        """Return the objects from the last one, those whose id is before `before` alone."""
        parts = self._parts()
        if before is not None:
            parts = parts[: bisect_left(parts, before, key=lambda chunk: str(chunk[0].id))]
            parts[-1:] = [each[: bisect_left(each, before, key=_id)] for each in parts[-1:]]
        return chain.from_iterable(map(reversed, reversed(parts)))

    @property
    def first(self) -> Any:
        """The first object; there must be one."""
        return self.chunks[0][self.gone] if self.chunks else self.last[0]

    def with_one(self, value: Any) -> OrgLog:
        """Return the objects with one more."""
        chunks, last, gone, size = self.chunks, self.last, self.gone, self.size
        if last and value.id < last[-1].id:
            return self._with_one_between(value)
        if len(last) < MOST_OF_CHUNK:
            return OrgLog(chunks, (*last, value), gone, size + 1)
        return OrgLog((*chunks, last), (value,), gone, size + 1)

    def without_first(self) -> OrgLog:
        """Return the objects but for the first."""
        chunks, last, gone, size = self.chunks, self.last, self.gone, self.size
        if not chunks:
            return OrgLog((), last[1:], 0, len(last) - 1)
        if gone + 1 == len(chunks[0]):
            return OrgLog(chunks[1:], last, 0, size - 1)
        return OrgLog(chunks, last, gone + 1, size - 1)

    def without(self, object_id: str) -> OrgLog:
        """Return the objects but for one."""
        return org_log_of(each for each in self.ascending() if each.id != object_id)

    def _parts(self) -> list[Chunk]:
        """The chunks, none of them empty, without what is gone."""
        if not self.chunks:
            return [self.last] if self.last else []
        first, *rest = self.chunks
        return [first[self.gone :] if self.gone else first, *rest, self.last]

    def _with_one_between(self, value: Any) -> OrgLog:
        parts = self._parts()
        at = bisect_left(parts, value.id, key=lambda chunk: str(chunk[-1].id))
        chunk = list(parts[at])
        insort(chunk, value, key=_id)
        half = len(chunk) // 2 if len(chunk) > MOST_OF_CHUNK else len(chunk)
        parts[at : at + 1] = [tuple(each) for each in (chunk[:half], chunk[half:]) if each]
        return OrgLog(tuple(parts[:-1]), parts[-1], 0, self.size + 1)


def org_log_of(values: Iterable[Any]) -> OrgLog:
    """Return the run of objects that are in order."""
    every = tuple(values)
    parts = [every[at : at + MOST_OF_CHUNK] for at in range(0, len(every), MOST_OF_CHUNK)]
    return OrgLog(tuple(parts[:-1]), parts[-1], 0, len(every)) if parts else OrgLog()


_EMPTY = OrgLog()


class Note:
    """One more object of a log, made of its parts when somebody reads it, and the note before it.

    It holds neither a state nor a call, so that what they were can go.
    """

    __slots__ = ("_make", "_parts", "_value", "before", "length", "most", "org_id", "size", "whole")

    def __init__(
        self, org_id: str, parts: tuple[Any, ...], make: Make, before: Note | None, *, size: int, most: int
    ) -> None:
        self.org_id = org_id
        self._parts: tuple[Any, ...] | None = parts
        self._make = make
        self._value: Any = None
        self.before = before
        self.length: int = 1 if before is None else before.length + 1  # of the notes, with this one
        self.size = size  # how many objects the org has now
        self.most = most  # how many the log keeps of it
        self.whole: LogObjects | None = None  # the log in which all that is noted has its place, once somebody asked

    @property
    def value(self) -> Any:
        """The object. Threads that read it at once may each make one, and these are equal."""
        parts = self._parts
        if parts is not None:
            value = self._value = self._make(parts)
            self._parts = None
            return value
        return self._value


def take_itself(parts: tuple[Any, ...]) -> Any:
    """Return an object of a log that was there already when it was noted."""
    return parts[0]


class LogObjects(Value, eq=False):
    """The objects of a log by their ids, as a persistent map: what changes it gives another.

    `runs` has all but for those of the notes, of which `note` is the latest; `count` counts them too.
    """

    runs: HashTrieMap[str, OrgLog]
    count: int
    note: Note | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LogObjects) and self.place_notes().runs == other.place_notes().runs

    __hash__ = None  # type: ignore[assignment]

    def of_org(self, org_id: str) -> OrgLog:
        """Return the objects of an org."""
        return self.place_notes().runs.get(org_id, _EMPTY)

    def with_note(self, org_id: str, parts: tuple[Any, ...], make: Make, most: int) -> LogObjects:
        """Return the log with one more object; it has no more of them where the oldest of the org goes for it."""
        log, last = self, self.note
        if last is not None and (last.whole is not None or last.length == _MOST_NOTES):
            log, last = self.place_notes(), None
        size = last.size if last is not None and last.org_id == org_id else log.size_of(org_id)
        count = log.count
        if size < most:
            size += 1
            count += 1
        return LogObjects(log.runs, count, Note(org_id, parts, make, last, size=size, most=most))

    def size_of(self, org_id: str) -> int:
        """Return how many objects an org has."""
        node = self.note
        while node is not None and node.org_id != org_id:
            node = node.before
        return self.runs.get(org_id, _EMPTY).size if node is None else node.size

    def place_notes(self) -> LogObjects:
        """Return the log in which what is noted has its place."""
        last = self.note
        if last is None:
            return self
        if last.whole is None:
            last.whole = self._place(last)
        return last.whole

    def _place(self, last: Note) -> LogObjects:
        nodes, node = [last], last.before
        while node is not None and node.whole is None:
            nodes.append(node)
            node = node.before
        runs = self.runs if node is None or node.whole is None else node.whole.runs
        changed: dict[str, OrgLog] = {}
        for each in reversed(nodes):
            run = changed[each.org_id] if each.org_id in changed else runs.get(each.org_id, _EMPTY)
            run = run.with_one(each.value)
            changed[each.org_id] = run.without_first() if run.size > each.most else run
        for org_id, run in changed.items():
            runs = runs.insert(org_id, run)
        return LogObjects(runs, self.count)

    def find_outgoing(self, new: Note) -> Any:
        """Return the object that goes when this one comes, where its org has no room for both."""
        return self.of_org(new.org_id).with_one(new.value).first

    def insert(self, _object_id: Any, value: Any) -> LogObjects:
        """Return the log with one more object."""
        return self.with_note(value.org_id, (value,), take_itself, self.count + 1)

    def remove(self, object_id: Any) -> LogObjects:
        """Return the log without an object."""
        log = self.place_notes()
        org_id = log[object_id].org_id
        run = log.of_org(org_id)
        left = run.without_first() if run.first.id == object_id else run.without(object_id)
        return LogObjects(log.runs.insert(org_id, left), log.count - 1)

    def __getitem__(self, object_id: Any) -> Any:
        for run in self.place_notes().runs.values():
            found = next(run.ascending(object_id), None)
            if found is not None and found.id == object_id:
                return found
        raise KeyError(object_id)

    def get(self, object_id: Any, default: Any = None) -> Any:
        """Return an object, or the default where there is none of this id."""
        try:
            return self[object_id]
        except KeyError:
            return default

    def __contains__(self, object_id: Any) -> bool:
        return self.get(object_id) is not None

    def __iter__(self) -> Iterator[Any]:
        return map(_id, self.values())

    def __len__(self) -> int:
        return self.count

    def keys(self) -> Iterator[Any]:
        """Return the ids."""
        return iter(self)

    def values(self) -> Iterator[Any]:
        """Return the objects."""
        return chain.from_iterable(run.ascending() for run in self.place_notes().runs.values())

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Return the ids, each with its object."""
        return ((each.id, each) for each in self.values())


def log_of(objects: Mapping[str, Any]) -> LogObjects:
    """Return the log of objects by their ids."""
    by_org: dict[str, list[Any]] = {}
    for _, value in sorted(objects.items()):
        by_org.setdefault(value.org_id, []).append(value)
    return LogObjects(HashTrieMap({org_id: org_log_of(each) for org_id, each in by_org.items()}), len(objects))
