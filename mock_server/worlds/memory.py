"""One budget of bytes for the data, journals and snapshots of all worlds.

When it is exceeded, the oldest bodies of the journals go first, then the oldest entries, because the
states that they lead back to hold contents. What is left is data that somebody asked to be kept: then
whatever would add to it is refused, and all other requests are served.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from heapq import merge
from operator import attrgetter
from typing import Protocol

from mock_server.settings import MAX_MEMORY, MIB
from mock_server.state.blobs import count_bytes
from mock_server.state.tally import Tally

log = logging.getLogger(__name__)

ROOM_OF_OBJECT = 512
"""The bytes that an object of a state takes beside contents and images, about."""

_SPARE = 0.9
"""The share of the budget that may be used after room was made: making it must be rare."""
_LEAST_FOR_JOURNALS = 1 / 16
_LOOKS = 64  # what is used is looked at again after so small a part of the budget at most


class Kept(Protocol):
    """An entry of a journal, as far as it takes room."""

    ended: float  # when; the same clock for all of them

    @property
    def room(self) -> int:
        """The bytes that it takes."""

    def drop_content(self) -> None:
        """Let go of headers and bodies; `room` is less from then on."""


class Ring(Protocol):
    """A journal, as far as it takes room."""

    def list_with_content(self) -> Iterable[Kept]:
        """Its entries with bodies, oldest first."""

    def list_times(self) -> Iterable[float]:
        """Return when each of its entries ended, oldest first."""

    def drop_until(self, time: float) -> None:
        """Let go of every entry that did not end later."""


class MemoryBudget:
    """The bytes that are kept, and the limit of them.

    Journals say what arrives and what they drop, and count in `headers` those that their entries share;
    whoever keeps a snapshot adds it to `snapshots`, and a world in `objects` what it holds beyond the
    seed data. Contents and images are known to their store.
    """

    def __init__(self, limit: int = MAX_MEMORY, rings: Callable[[], Iterable[Ring]] = list) -> None:
        self.limit = limit
        self.snapshots = 0
        self.objects = 0
        self.headers = Tally()
        self.left = 0  # bytes that journals may bring before what is used is looked at again
        self._rings = rings
        self._journals = 0
        self._full = False  # whether what was wanted last did not fit
        self._hopeless = 0  # what data came to when even empty journals did not help an entry

    @property
    def used(self) -> int:
        """Everything that counts, in bytes."""
        return self.data + self._journals + self.headers.compute_total()

    @property
    def data(self) -> int:
        """Contents, images, objects and snapshots: what nobody lets go of unasked."""
        return count_bytes() + self.snapshots + self.objects

    def add_entry(self, entry: Kept) -> None:
        """Count a new entry of a journal; it sheds its bodies at once where there is no room for them."""
        self.left -= entry.room
        if self.left < 0:
            self._look(entry)
        self._journals += entry.room

    def remove_entry(self, entry: Kept) -> None:
        """Count an entry no more, which its journal has dropped."""
        self._journals -= entry.room

    def make_room(self, wanted: int = 0) -> bool:
        """Let journals go until so many more bytes fit; whether they do."""
        self.left = 0
        if self.used + wanted <= self.limit:
            return True
        self._drop_bodies(int(self.limit * _SPARE) - wanted)
        self._drop_entries(self.limit - wanted)
        fits = self.used + wanted <= self.limit
        if not fits and not self._full:
            log.warning(
                "what is kept comes to --max-memory: what would add to it is refused, and journals keep no bodies"
            )
        self._full = not fits
        return fits

    def explain_full(self) -> str:
        """Return the reason for a refusal, and what can be done, for who was refused."""
        return (
            f"The server may keep {self.limit / MIB:.1f} MiB and holds {self.data / MIB:.1f} MiB of packs, their "
            "files and snapshots. Delete packs, snapshots or worlds, reset worlds, or start it with a larger "
            "--max-memory."
        )

    def _look(self, entry: Kept) -> None:
        if self.used + entry.room > self.limit and not self._make_room_for_entry(entry.room):
            entry.drop_content()
            self._make_room_for_entry(entry.room)
        self.left = min(self.limit - self.used - entry.room, self.limit // _LOOKS)

    def _make_room_for_entry(self, room: int) -> bool:
        """Make room for an entry, unless that was no help before and the journals hold little."""
        if self.limit - room < self.data <= self._hopeless and self._journals <= self.limit * _LEAST_FOR_JOURNALS:
            return False
        fits = self.make_room(room)
        self._hopeless = 0 if fits else self.data
        return fits

    def _drop_bodies(self, target: int) -> None:
        for entry in merge(*(ring.list_with_content() for ring in self._rings()), key=attrgetter("ended")):
            if self.used <= target:
                return
            self._journals -= entry.room
            entry.drop_content()
            self._journals += entry.room

    def _drop_entries(self, target: int) -> None:
        while self.used > target:
            times = sorted(time for ring in self._rings() for time in ring.list_times())
            if not times:
                return
            for ring in self._rings():
                ring.drop_until(times[len(times) // 2])
