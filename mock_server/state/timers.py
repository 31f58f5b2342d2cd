"""The timers of a state: what the clock changes next, and when, as a persistent map that is in order.

It is a treap: a search tree by time, and a heap by a hash of each timer. So it has one shape for the same timers,
however they came to it, and one more or less makes as many nodes anew as the tree is deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple


class Timer(NamedTuple):
    """The object of a key in a collection, and when the clock changes it."""

    at: datetime
    key: str
    collection: str


class Timers(NamedTuple):
    """A timer, with those that are due before it and those after it; None is no timer at all."""

    timer: Timer
    rank: int
    before: Timers | None
    after: Timers | None


def first(timers: Timers) -> Timer:
    """Return the timer that is due first, of those of one time that of the least key."""
    while timers.before is not None:
        timers = timers.before
    return timers.timer


def ascending(timers: Timers | None) -> Iterator[Timer]:
    """Return the timers in the order in which they are due."""
    if timers is not None:
        yield from ascending(timers.before)
        yield timers.timer
        yield from ascending(timers.after)


def with_timer(timers: Timers | None, timer: Timer) -> Timers:
    """Return the timers with one more, which is not among them."""
    return _with(timers, timer, hash(timer))


def without_timer(timers: Timers | None, timer: Timer) -> Timers | None:
    """Return the timers without one, if it is among them."""
    if timers is None:
        return None
    here, rank, before, after = timers
    if timer == here:
        return _joined(before, after)
    if timer < here:
        return Timers(here, rank, without_timer(before, timer), after)
    return Timers(here, rank, before, without_timer(after, timer))


def _with(timers: Timers | None, timer: Timer, rank: int) -> Timers:
    if timers is None or (rank, timer) > (timers.rank, timers.timer):
        return Timers(timer, rank, *_parted(timers, timer))
    here, its_rank, before, after = timers
    if timer < here:
        return Timers(here, its_rank, _with(before, timer, rank), after)
    return Timers(here, its_rank, before, _with(after, timer, rank))


def _parted(timers: Timers | None, timer: Timer) -> tuple[Timers | None, Timers | None]:
    """The timers that are due before one that is not among them, and those after it."""
    if timers is None:
        return None, None
    here, rank, before, after = timers
    if here < timer:
        left, right = _parted(after, timer)
        return Timers(here, rank, before, left), right
    left, right = _parted(before, timer)
    return left, Timers(here, rank, right, after)


def _joined(before: Timers | None, after: Timers | None) -> Timers | None:
    """The timers of two trees, of which all of the first are due before those of the second."""
    if before is None:
        return after
    if after is None:
        return before
    if (before.rank, before.timer) > (after.rank, after.timer):
        return Timers(before.timer, before.rank, before.before, _joined(before.after, after))
    return Timers(after.timer, after.rank, _joined(before, after.before), after.after)
