"""The clock of a server, as far as its answers show that it has gone on, and what is set by it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from conformance.contract.contract import JsonObject
from conformance.judging.objects import ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.oracle.declaration.registry import find_resource_made
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import parse_time

UPDATED, CREATED = "updated_at", "created_at"
MADE = (CREATED, "invited_at")
"""Fields of which an object shows one, that say when it was made: one that comes back has another time there."""
LEAST, LEAST_S = 3, 10.0
"""Creations, and seconds between the first and the last of them, that show that a clock goes on as the recorder's."""
MOST_TIMES = 4096
_SHOWN_S = 1.0
"""The seconds by which the time that is shown may be less than the true one."""


@dataclass(slots=True)
class _ClockOffset:
    """The lead of the server's clock over the recorder's, as creations show it, while both go on alike."""

    least: float = float("inf")
    """The least of the least values that are possible by one creation."""
    low: float = float("-inf")
    """The greatest of these."""
    high: float = float("inf")
    """The least of the greatest values."""
    moments: list[float] = field(default_factory=list)

    def note(self, created: float, started: float, ended: float) -> None:
        """Learn when something was made, by the server's clock and by the recorder's."""
        self.least, self.low = min(self.least, created - ended), max(self.low, created - ended)
        self.high = min(self.high, created + _SHOWN_S - started)
        self.moments.append(started)

    def estimate_now(self, moment: float, settle_s: float) -> float | None:
        """Return what the server's clock shows at least at a moment of the recorder's; None where that is not known."""
        steady = self.low <= self.high + _SHOWN_S + settle_s
        enough = len(self.moments) >= LEAST and max(self.moments) - min(self.moments) >= LEAST_S
        return moment + self.least if steady and enough else None


@dataclass(slots=True)
class ServerClock:
    """The least that a server's clock shows, by the times of what had happened that its answers show."""

    settle_s: float = 0.0
    """The seconds by which clocks of the server may differ."""
    stamps_archiving: bool | None = None
    """Whether to archive an object sets its `updated_at`, which is free; None: no answer has shown it."""
    _latest: float | None = None
    """The latest time in answers that were there before the one that was noted last was asked for."""
    _own: tuple[float, ObservedExchange] | None = None
    """The latest time in the answer that was noted last, and that one."""
    _asked: float | None = None
    """The time at which that answer was asked for."""
    _beside: list[tuple[float, float]] = field(default_factory=list)
    """The moments when other answers were there, and the latest time in each."""
    _offset: _ClockOffset = field(default_factory=_ClockOffset)

    def note(self, seen: ObservedExchange, shown: Sequence[ShownObject]) -> None:
        """Learn the times that the objects of an answer show."""
        if self._own is not None:
            self._beside.append((self._own[1].ended or 0.0, self._own[0]))
        self._own, self._asked = None, seen.started
        for each in shown:
            self._note_archiving(each)
        if seen.started is None or seen.ended is None:
            return
        before = [time for ended, time in self._beside if ended <= seen.started]
        self._latest = max([*before, *([] if self._latest is None else [self._latest])], default=None)
        self._beside = [each for each in self._beside if each[0] > seen.started]
        times = [_parse_moment(each.object.get(name)) for each in shown for name in (UPDATED, CREATED)]
        if known := [time for time in times if time is not None]:
            self._own = max(known), seen
        made = find_resource_made(seen.operation) if seen.operation else None
        created = _parse_moment(shown[0].object.get(CREATED)) if shown and shown[0].resource is made else None
        if made is not None and not made.by_name and created is not None:
            self._offset.note(created, seen.started, seen.ended)

    def _note_archiving(self, shown: ShownObject) -> None:
        """Learn from what is archived whether that set when it was changed."""
        archiving = shown.resource.archiving
        archived = _parse_moment(shown.object.get(archiving.shown_in)) if archiving else None
        updated = _parse_moment(shown.object.get(UPDATED))
        if updated is not None and archived is not None and updated <= archived:
            self.stamps_archiving = updated == archived and self.stamps_archiving is not False

    def is_past(self, stamp: object) -> bool:
        """Return whether a change after the answer that was noted last would show another time than this one."""
        time = _parse_moment(stamp)
        if time is None or self._asked is None:
            return False
        due = time + _SHOWN_S + self.settle_s
        running = self._offset.estimate_now(self._asked, self.settle_s)
        own = self._own is not None and due + (self._own[1].ended or 0.0) - self._asked <= self._own[0]
        return own or any(known is not None and due <= known for known in (self._latest, running))

    def is_earlier(self, one: JsonObject, other: JsonObject) -> bool:
        """Return whether an object was changed last before it was by what another answer shows, for sure."""
        if one.get(UPDATED) == other.get(UPDATED):
            return False
        time, later = _parse_moment(one.get(UPDATED)), _parse_moment(other.get(UPDATED))
        return time is not None and later is not None and time + self.settle_s < later


def _parse_moment(value: object) -> float | None:
    return _parse_seconds(value) if isinstance(value, str) else None


@lru_cache(maxsize=MOST_TIMES)  # a list shows the same objects again and again
def _parse_seconds(text: str) -> float | None:
    with suppress(NotProvoked):
        return parse_time(text).timestamp()
    return None
