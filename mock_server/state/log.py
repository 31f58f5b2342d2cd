"""The objects of a log: of each org those that came last, in the order of their ids.

It is written with every change and seldom read: so what comes is only noted. An object is made when somebody reads it,
and notes are put among the others once there are many of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

from rpds import HashTrieMap

from mock_server.state.value import Value

Make = Callable[[tuple[Any, ...]], Any]
"""A function that makes an object of a log of its parts."""

_MOST_NOTES = 256
_id = attrgetter("id")


class Note:
    """One more object of a log, made of its parts when somebody reads it, and the note before it.

    It holds neither a state nor a call, so that what they were can go. `size`: how many objects the org has with it;
    `length`: of these notes; `is_in_order`: whether none of them is of an earlier time than one before it.
    """

    __slots__ = ("_make", "_parts", "_value", "at", "before", "is_in_order", "length", "org_id", "size")

    def __init__(self, org_id: str, at: Any, parts: tuple[Any, ...], make: Make) -> None:
        self.org_id = org_id
        self.at = at  # its time
        self._parts: tuple[Any, ...] | None = parts
        self._make = make
        self._value: Any = None
        self.before: Note | None = None
        self.size = self.length = 1
        self.is_in_order = True

    @property
    def value(self) -> Any:
        """The object. Threads that read it at once may each make one, and these are equal."""
        parts = self._parts
        if parts is not None:
            value = self._value = self._make(parts)
            self._parts = None
            return value
        return self._value


def make_note(value: Any) -> Note:
    """Return the note of an object that is there already."""
    return Note(value.org_id, value.timestamp, (value,), itemgetter(0))


class OrgLog(Sequence[Any]):
    """The objects of an org in the order of their ids, each made when it is read."""

    __slots__ = ("_notes",)

    def __init__(self, notes: tuple[Note, ...]) -> None:
        self._notes = notes

    def __len__(self) -> int:
        return len(self._notes)

    def __getitem__(self, at: Any) -> Any:
        found = self._notes[at]
        return OrgLog(found) if isinstance(found, tuple) else found.value

    def __iter__(self) -> Iterator[Any]:
        return (each.value for each in self._notes)

    def __reversed__(self) -> Iterator[Any]:
        return (each.value for each in reversed(self._notes))


def find_position(objects: Sequence[Any], object_id: str) -> int:
    """Return how many of an org's objects have an id before this one."""
    return bisect_left(objects, object_id, key=_id)


class LogObjects(Value, eq=False):
    """The objects of a log by their ids, as a persistent map: what changes it gives another.

    Their ids are in the order of their timestamps, and those of one time in the order in which they came. `runs` has
    all but for those of the notes, of which `note` is the latest; `count` counts them too.
    """

    runs: HashTrieMap[str, tuple[Note, ...]]
    count: int
    note: Note | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LogObjects) and self._group_by_org() == other._group_by_org()

    __hash__ = None  # type: ignore[assignment]

    def read_org(self, org_id: str) -> OrgLog:
        """Return the objects of an org in the order of their ids."""
        return OrgLog(self._place(org_id))

    def _place(self, org_id: str) -> tuple[Note, ...]:
        run, last = self.runs.get(org_id, ()), self.note
        notes = [each for each in _walk_notes(last) if each.org_id == org_id]
        if last is None or not notes:
            return run
        run += tuple(reversed(notes))
        if not last.is_in_order:  # a clock was put back
            run = _sort_notes(run)
        return run[len(run) - notes[0].size :]

    def place_notes(self) -> HashTrieMap[str, tuple[Note, ...]]:
        """Return the objects of each org as their notes, the latest in their places.

        It is not kept: a journal holds many states, and each would keep a copy.
        """
        runs = self.runs
        for org_id in {each.org_id for each in _walk_notes(self.note)}:
            runs = runs.insert(org_id, self._place(org_id))
        return runs

    def _group_by_org(self) -> Mapping[str, list[Any]]:
        return {org_id: [*OrgLog(notes)] for org_id, notes in self.place_notes().items()}

    def with_note(self, note: Note, most: int) -> LogObjects:
        """Return the log with one more object; it has no more of them where the oldest of the org goes for it."""
        last, runs, count = self.note, self.runs, self.count
        if last is not None and last.length == _MOST_NOTES:
            last, runs = None, self.place_notes()
        size = _count_notes(note.org_id, last, runs)
        if size < most:
            size += 1
            count += 1
        note.size = size
        if last is None:
            note.is_in_order = all(run[-1].at <= note.at for run in runs.values() if run)
        else:
            note.before, note.length = last, last.length + 1
            note.is_in_order = last.is_in_order and last.at <= note.at
        return LogObjects(runs, count, note)

    def find_outgoing(self, new: Note) -> Any:
        """Return the object that goes when this one comes, where its org has no room for both."""
        return min(self.read_org(new.org_id)[0], new.value, key=_id)

    def insert(self, _object_id: Any, value: Any) -> LogObjects:
        """Return the log with one more object."""
        runs = self.place_notes()
        run = _sort_notes((*runs.get(value.org_id, ()), make_note(value)))
        return LogObjects(runs.insert(value.org_id, run), self.count + 1)

    def remove(self, object_id: Any) -> LogObjects:
        """Return the log without an object."""
        runs, org_id = self.place_notes(), self[object_id].org_id
        left = tuple(each for each in runs[org_id] if each.value.id != object_id)
        return LogObjects(runs.insert(org_id, left), self.count - 1)

    def __getitem__(self, object_id: Any) -> Any:
        for notes in self.place_notes().values():
            run = OrgLog(notes)
            at = find_position(run, object_id)
            if at < len(run) and run[at].id == object_id:
                return run[at]
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
        return chain.from_iterable(map(OrgLog, self.place_notes().values()))

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Return the ids, each with its object."""
        return ((each.id, each) for each in self.values())


def _walk_notes(last: Note | None) -> Iterator[Note]:
    """Yield the notes that end with one, the latest first."""
    while last is not None:
        yield last
        last = last.before


def _count_notes(org_id: str, last: Note | None, runs: HashTrieMap[str, tuple[Note, ...]]) -> int:
    """Return how many objects an org has."""
    for note in _walk_notes(last):
        if note.org_id == org_id:
            return note.size
    return len(runs.get(org_id, ()))


def _sort_notes(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: note.value.id))


def make_log(objects: Mapping[str, Any]) -> LogObjects:
    """Return the log of objects by their ids."""
    by_org: dict[str, list[Note]] = {}
    for _, value in sorted(objects.items()):
        by_org.setdefault(value.org_id, []).append(make_note(value))
    return LogObjects(HashTrieMap({org_id: tuple(each) for org_id, each in by_org.items()}), len(objects))
