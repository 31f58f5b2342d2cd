"""One byte budget for file contents, journals and snapshots, whatever worlds they are of.

When it is exceeded, the oldest bodies of the journals go first, then the oldest entries, because the
states that they lead back to hold contents. What is left is data that somebody asked to be kept: then
control calls that would add to it are refused, and requests are served all the same.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol
from weakref import ref

from mock_server.blobs import total_size
from mock_server.settings import MAX_MEMORY

log = logging.getLogger(__name__)

_SPARE = 0.9
"""How full the budget may be after room was made: making it must be rare."""
_LEAST_FOR_JOURNALS = 1 / 16
_MOST_FORGOTTEN = 1024


class Kept(Protocol):
    """An entry of a journal, as far as it takes room: `room` bytes, of which it can shed some."""

    room: int
    arrival: int

    def shed(self) -> None:
        """Let go of the bodies; `room` is less from then on."""


class Ring(Protocol):
    """A journal, as far as it takes room."""

    def arrivals(self) -> Iterable[int]:
        """The arrival numbers of its entries, oldest first."""

    def drop_until(self, arrival: int) -> None:
        """Let go of every entry that did not arrive later."""


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
        self._arrivals = 0
        self._whole: deque[ref[Kept]] = deque()  # entries with bodies, oldest first, some of them dropped since
        self._dropped = 0  # how many of these
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
        self._arrivals += 1
        entry.arrival = self._arrivals
        if total_size() + self.snapshots + self._journals + entry.room > self.limit and not self.make_room(entry.room):
            entry.shed()
            self.make_room(entry.room)
        else:
            self._whole.append(ref(entry))
        self._journals += entry.room

    def gone(self, entry: Kept) -> None:
        """Count an entry no more, which its journal has dropped."""
        self._journals -= entry.room
        entry.room = 0
        self._dropped += 1
        if self._dropped > _MOST_FORGOTTEN and self._dropped > len(self._whole) // 2:
            self._whole = deque(each for each in self._whole if _is_kept(each()))
            self._dropped = 0

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
        while self._whole and self.used > target:
            entry = self._whole.popleft()()
            if entry is None or not entry.room:
                self._dropped -= 1
                continue
            self._journals -= entry.room
            entry.shed()
            self._journals += entry.room

    def _drop_entries(self, target: int) -> None:
        while self.used > target:
            arrivals = sorted(arrival for ring in self._rings() for arrival in ring.arrivals())
            if not arrivals:
                return
            for ring in self._rings():
                ring.drop_until(arrivals[len(arrivals) // 2])


def _is_kept(entry: Kept | None) -> bool:
    return entry is not None and entry.room > 0
