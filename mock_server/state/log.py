"""The objects of a log: of each org those that came last, in the order of their ids.

A log is read in order and grows at its end, so it is kept in chunks: one more object copies the last chunk alone.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any

from rpds import HashTrieMap

from mock_server.state.value import Value

Chunk = tuple[Any, ...]

MOST_OF_CHUNK = 32
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


class LogObjects(Value):
    """The objects of a log by their ids, as a persistent map: what changes it gives another."""

    runs: HashTrieMap[str, OrgLog]
    count: int

    def of_org(self, org_id: str) -> OrgLog:
        """Return the objects of an org."""
        return self.runs.get(org_id, _EMPTY)

    def appended(self, value: Any, most: int) -> tuple[LogObjects, Any]:
        """Return the log with one more object, and the oldest of its org where that had to go; else None."""
        run = self.of_org(value.org_id).with_one(value)
        if run.size <= most:
            return LogObjects(self.runs.insert(value.org_id, run), self.count + 1), None
        return LogObjects(self.runs.insert(value.org_id, run.without_first()), self.count), run.first

    def insert(self, _object_id: Any, value: Any) -> LogObjects:
        """Return the log with one more object."""
        return self.appended(value, self.count + 1)[0]

    def remove(self, object_id: Any) -> LogObjects:
        """Return the log without an object."""
        org_id = self[object_id].org_id
        run = self.of_org(org_id)
        left = run.without_first() if run.first.id == object_id else run.without(object_id)
        return LogObjects(self.runs.insert(org_id, left), self.count - 1)

    def __getitem__(self, object_id: Any) -> Any:
        for run in self.runs.values():
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
        return chain.from_iterable(run.ascending() for run in self.runs.values())

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Return the ids, each with its object."""
        return ((each.id, each) for each in self.values())


def log_of(objects: Mapping[str, Any]) -> LogObjects:
    """Return the log of objects by their ids."""
    by_org: dict[str, list[Any]] = {}
    for _, value in sorted(objects.items()):
        by_org.setdefault(value.org_id, []).append(value)
    return LogObjects(HashTrieMap({org_id: org_log_of(each) for org_id, each in by_org.items()}), len(objects))
