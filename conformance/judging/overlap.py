"""Exchanges that were under way while another one may have changed something, or so soon after it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from conformance.http.exchange import SAFE

_NEVER = (float("-inf"), "")
_End = tuple[float, str]
"""The time at which a write ended, and its place."""


class TimedExchange(Protocol):
    """An exchange, as far as it matters when it was under way."""

    @property
    def place(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def started(self) -> float | None: ...
    @property
    def ended(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The places of exchanges of which writes make something uncertain."""

    met: frozenset[str]
    """Another one that may change something was under way, or may have been: so it was done before or after."""
    unsettled: frozenset[str]
    """Reads so soon after a write that they need not show it."""


def find_overlaps(worlds: Collection[Sequence[TimedExchange]], settle_s: float = 0.0) -> Overlaps:
    """Return the exchanges of each world beside others that may change it.

    A change shows everywhere after so many seconds.
    """
    met = frozenset(place for entries in worlds for place in _find_overlaps_of_world(entries, 0.0))
    if not settle_s:
        return Overlaps(met, frozenset())
    near = frozenset(place for entries in worlds for place in _find_overlaps_of_world(entries, settle_s)) - met
    # What a write answers so soon after another one may lack that one, so it is as if both were under way.
    writes = {each.place for entries in worlds for each in entries if each.method not in SAFE}
    return Overlaps(met | (near & writes), near - writes)


def _find_overlaps_of_world(entries: Sequence[TimedExchange], settle_s: float) -> Iterator[str]:
    writes = [each for each in entries if each.method not in SAFE]
    timed = sorted(
        (each.started or 0.0, (each.ended or 0.0) + settle_s, each.place) for each in writes if _is_timed(each)
    )
    untimed = len(timed) < len(writes)
    starts, latest = [start for start, _, _ in timed], list(_track_latest([(end, place) for _, end, place in timed]))
    for entry in entries:
        if untimed or not _is_timed(entry) or _is_overlapping(entry, starts, latest):
            yield entry.place


def _is_timed(entry: TimedExchange) -> bool:
    return entry.started is not None and entry.ended is not None


def _track_latest(ends: Sequence[_End]) -> Iterator[tuple[_End, _End]]:
    """Yield the two writes that end last of those up to each, in the order in which they began."""
    first = second = _NEVER
    for end in ends:
        first, second = (end, first) if end > first else (first, max(second, end))
        yield first, second


def _is_overlapping(entry: TimedExchange, starts: Sequence[float], latest: Sequence[tuple[_End, _End]]) -> bool:
    """Return whether a write other than the entry itself began before it ended, and ended after it began."""
    begun = bisect_right(starts, entry.ended or 0.0)
    if not begun:
        return False
    end = next((end for end, place in latest[begun - 1] if place != entry.place), float("-inf"))
    return end > (entry.started or 0.0)
