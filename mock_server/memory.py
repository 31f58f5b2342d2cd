"""One byte budget for file contents, journals and snapshots, whatever worlds they are of.

When it is exceeded, the oldest bodies of the journals go first, then the oldest entries, because the
states that they lead back to hold contents. What is left is data that somebody asked to be kept: then
control calls that would add to it are refused, and requests are served all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from heapq import merge
from operator import attrgetter
from typing import Protocol

from mock_server.blobs import total_size
from mock_server.settings import MAX_MEMORY

log = logging.getLogger(__name__)

_SPARE = 0.9
"""How full the budget may be after room was made: making it must be rare."""
_LEAST_FOR_JOURNALS = 1 / 16


class Kept(Protocol):
    """An entry of a journal, as far as it takes room."""

    ended: float  # when; the same clock for all of them

    @property
    def room(self) -> int:
        """What it takes, in bytes."""

    def shed(self) -> None:
        """Let go of headers and bodies; `room` is less from then on."""


class Ring(Protocol):
    """A journal, as far as it takes room."""

    def whole(self) -> Iterable[Kept]:
        """Its entries with bodies, oldest first."""

    def times(self) -> Iterable[float]:
        """When each of its entries ended, oldest first."""

    def drop_until(self, time: float) -> None:
        """Let go of every entry that did not end later."""


class Memory:
    """What is kept, in bytes, beside what may be.

    Journals say what arrives and what they drop; whoever keeps a snapshot adds it to `snapshots`;
    contents are known to their store.
    """

    def __init__(self, limit: int = MAX_MEMORY, rings: Callable[[], Iterable[Ring]] = list) -> None:
        self.limit = limit
        self.snapshots = 0
        self._rings = rings
        self._journals = 0
        self._hopeless = 0  # what data came to when even empty journals did not help

    @property
    def used(self) -> int:
        """Everything that counts, in bytes."""
        return self.data + self._journals

    @property
    def data(self) -> int:
        """Contents and snapshots: what nobody lets go of unasked."""
        return total_size() + self.snapshots

    def arrived(self, entry: Kept) -> None:
        """Count a new entry of a journal; it sheds its bodies at once where there is no room for them."""
        room = entry.room
        if total_size() + self.snapshots + self._journals + room > self.limit and not self.make_room(room):
            entry.shed()
            room = entry.room
            self.make_room(room)
        self._journals += room

    def gone(self, entry: Kept) -> None:
        """Count an entry no more, which its journal has dropped."""
        self._journals -= entry.room

    def make_room(self, wanted: int = 0) -> bool:
        """Let journals go until so many more bytes fit; whether they do."""
        if self.used + wanted <= self.limit:
            return True
        if self.limit - wanted < self.data <= self._hopeless and self._journals <= self.limit * _LEAST_FOR_JOURNALS:
            return False
        self._shed_bodies(int(self.limit * _SPARE) - wanted)
        self._drop_entries(self.limit - wanted)
        fits = self.used + wanted <= self.limit
        if not fits and self._hopeless == 0:
            log.warning("the data takes more than --max-memory allows; the journal keeps no bodies")
        self._hopeless = 0 if fits else self.data
        return fits

    def _shed_bodies(self, target: int) -> None:
        for entry in merge(*(ring.whole() for ring in self._rings()), key=attrgetter("ended")):
            if self.used <= target:
                return
            self._journals -= entry.room
            entry.shed()
            self._journals += entry.room

    def _drop_entries(self, target: int) -> None:
        while self.used > target:
            times = sorted(time for ring in self._rings() for time in ring.times())
            if not times:
                return
            for ring in self._rings():
                ring.drop_until(times[len(times) // 2])
