"""The objects of a log: of each org those that came last, in the order of their ids.

It is written with every change and seldom read: so the latest are only noted, and are made when somebody reads, and
put among the others once there are many of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from rpds import HashTrieMap

from mock_server.state.value import Value

Run = tuple[Any, ...]
"""The objects of an org in the order of their ids."""
Make = Callable[[tuple[Any, ...]], Any]
"""What makes an object of a log of its parts."""

_MOST_NOTES = 64
_id = attrgetter("id")


class Note:
    """One more object of a log, made of its parts when somebody reads it, and the note before it.

    It holds neither a state nor a call, so that what they were can go.
    """

    __slots__ = ("_make", "_parts", "_value", "before", "length", "org_id", "size")

    def __init__(self, org_id: str, parts: tuple[Any, ...], make: Make, before: Note | None, size: int) -> None:
        self.org_id = org_id
        self._parts: tuple[Any, ...] | None = parts
        self._make = make
        self._value: Any = None
        self.before = before
        self.length: int = 1 if before is None else before.length + 1  # of the notes, with this one
        self.size = size  # how many objects the org has now

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


def position(objects: Sequence[Any], object_id: str) -> int:
    """Return how many of an org's objects have an id before this one."""
    return bisect_left(objects, object_id, key=_id)


class LogObjects(Value, eq=False):
    """The objects of a log by their ids, as a persistent map: what changes it gives another.

    `runs` has all but for those of the notes, of which `note` is the latest; `count` counts them too.
    """

    runs: HashTrieMap[str, Run]
    count: int
    note: Note | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LogObjects) and self.place_notes() == other.place_notes()

    __hash__ = None  # type: ignore[assignment]

    def of_org(self, org_id: str) -> Run:
        """Return the objects of an org in the order of their ids."""
        run, notes = self.runs.get(org_id, ()), [each for each in _notes(self.note) if each.org_id == org_id]
        if not notes:
            return run
        run += tuple(each.value for each in reversed(notes))
        ends = run[-len(notes) - 1 :]
        if ends != tuple(sorted(ends, key=_id)):  # a clock was put back
            run = tuple(sorted(run, key=_id))
        return run[len(run) - notes[0].size :]

    def place_notes(self) -> HashTrieMap[str, Run]:
        """Return the objects of each org, those of the notes in their places.

        It is not kept: a journal holds many states, and each would keep a copy.
        """
        runs = self.runs
        for org_id in {each.org_id for each in _notes(self.note)}:
            runs = runs.insert(org_id, self.of_org(org_id))
        return runs

    def with_note(self, org_id: str, parts: tuple[Any, ...], make: Make, most: int) -> LogObjects:
        """Return the log with one more object; it has no more of them where the oldest of the org goes for it."""
        last, runs, count = self.note, self.runs, self.count
        if last is not None and last.length == _MOST_NOTES:
            last, runs = None, self.place_notes()
        size = next((each.size for each in _notes(last) if each.org_id == org_id), len(runs.get(org_id, ())))
        if size < most:
            size += 1
            count += 1
        return LogObjects(runs, count, Note(org_id, parts, make, last, size))

    def find_outgoing(self, new: Note) -> Any:
        """Return the object that goes when this one comes, where its org has no room for both."""
        return min(self.of_org(new.org_id)[0], new.value, key=_id)

    def insert(self, _object_id: Any, value: Any) -> LogObjects:
        """Return the log with one more object."""
        runs = self.place_notes()
        run = sorted((*runs.get(value.org_id, ()), value), key=_id)
        return LogObjects(runs.insert(value.org_id, tuple(run)), self.count + 1)

    def remove(self, object_id: Any) -> LogObjects:
        """Return the log without an object."""
        runs, org_id = self.place_notes(), self[object_id].org_id
        left = tuple(each for each in runs[org_id] if each.id != object_id)
        return LogObjects(runs.insert(org_id, left), self.count - 1)

    def __getitem__(self, object_id: Any) -> Any:
        for run in self.place_notes().values():
            at = position(run, object_id)
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
        return chain.from_iterable(self.place_notes().values())

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Return the ids, each with its object."""
        return ((each.id, each) for each in self.values())


def _notes(last: Note | None) -> Iterator[Note]:
    """Yield the notes that end with one, the latest first."""
    while last is not None:
        yield last
        last = last.before


def log_of(objects: Mapping[str, Any]) -> LogObjects:
    """Return the log of objects by their ids."""
    by_org: dict[str, list[Any]] = {}
    for _, value in sorted(objects.items()):
        by_org.setdefault(value.org_id, []).append(value)
    return LogObjects(HashTrieMap({org_id: tuple(each) for org_id, each in by_org.items()}), len(objects))
