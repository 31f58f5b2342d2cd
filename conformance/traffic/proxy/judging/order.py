"""Exchanges in the order in which they were sent, each with whether a write was under way meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.http.exchange import SAFE, find_header
from conformance.traffic.proxy.passing.exchange import BegunRequest, PassedExchange, PassedMessage
from conformance.traffic.recording.selection import WORLD_HEADER

MOST_WAITING = 1000
"""Exchanges that wait for one that began before them; from then on it is given up."""
MOST_WAITING_BYTES = 32 * 1024 * 1024
LATE = "not judged: it was under way while very much else passed"

_World = tuple[str | None, str]
"""A base URL, and the world that a header names."""


@dataclass(frozen=True, slots=True)
class OrderedExchange:
    """An exchange, in its turn."""

    begun: BegunRequest
    passed: PassedExchange
    is_overlapped: bool
    """Whether a write to the same world was under way meanwhile, so that it may have been done before or after."""
    is_unsettled: bool = False
    """Whether a write had ended so shortly before that a read need not show it."""

    @property
    def size(self) -> int:
        """Bytes of its bodies."""
        return sum(len(each.body or b"") for each in (self.passed.request, self.passed.answer))


@dataclass(slots=True)
class Order:
    """The exchanges that have begun to pass, until everything that began before them has ended."""

    settle_s: float = 0.0
    """The seconds for which a list or read need not show what was written."""
    _waiting: dict[int, BegunRequest] = field(default_factory=dict)
    """The exchanges that wait, in the order in which they began."""
    _ended: dict[int, OrderedExchange] = field(default_factory=dict)
    _under_way: dict[int, BegunRequest] = field(default_factory=dict)
    _overlapped: set[int] = field(default_factory=set)
    _unsettled: set[int] = field(default_factory=set)
    _written: dict[_World, float] = field(default_factory=dict)
    """The time at which the last write to a world ended, of those that need not show yet."""
    _size: int = 0

    def begin(self, begun: BegunRequest) -> None:
        """Take note of an exchange that begins."""
        for other in self._under_way.values():
            if _get_world(other) == _get_world(begun):
                self._overlapped |= {begun.number} if _is_write(other) else set()
                self._overlapped |= {other.number} if _is_write(begun) else set()
        if self._written:
            self._settle(begun)
        self._waiting[begun.number] = self._under_way[begun.number] = begun

    def _settle(self, begun: BegunRequest) -> None:
        """Take note of what an exchange so soon after a write need not show; what a write answers least of all."""
        self._written = {each: end for each, end in self._written.items() if end + self.settle_s > begun.started}
        if _get_world(begun) in self._written:
            (self._overlapped if _is_write(begun) else self._unsettled).add(begun.number)

    def end(self, passed: PassedExchange) -> Iterator[OrderedExchange]:
        """Take note of its end; the exchanges whose turn it is."""
        begun = self._under_way.pop(passed.number)
        overlapped = passed.number in self._overlapped
        unsettled = passed.number in self._unsettled
        self._overlapped.discard(passed.number)
        self._unsettled.discard(passed.number)
        if self.settle_s and _is_write(begun):
            self._written[_get_world(begun)] = passed.ended
        if passed.number in self._waiting:
            ordered = self._ended[passed.number] = OrderedExchange(begun, passed, overlapped, unsettled)
            self._size += ordered.size
        yield from self._draw_due()

    def _draw_due(self) -> Iterator[OrderedExchange]:
        while self._waiting:
            number = next(iter(self._waiting))
            if number in self._ended:
                ordered = self._ended.pop(number)
                self._size -= ordered.size
            elif len(self._ended) > MOST_WAITING or self._size > MOST_WAITING_BYTES:
                begun = self._waiting[number]
                ordered = OrderedExchange(begun, _make_late(begun), is_overlapped=True)
            else:
                return
            del self._waiting[number]
            yield ordered


def _make_late(begun: BegunRequest) -> PassedExchange:
    request, answer = PassedMessage(begun.headers, None, 0), PassedMessage((), None, 0)
    return PassedExchange(begun.number, begun.started, request, 0, answer, LATE)


def _get_world(begun: BegunRequest) -> _World:
    return begun.base, find_header(begun.headers, WORLD_HEADER) or ""


def _is_write(begun: BegunRequest) -> bool:
    return begun.method not in SAFE
