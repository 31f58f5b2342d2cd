"""Exchanges in the order in which they were sent, each with whether a write was under way meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.http.exchange import SAFE, header_in
from conformance.traffic.proxy.passing.passed import Begun, Passed, PassedMessage
from conformance.traffic.recording.selection import WORLD_HEADER

MOST_WAITING = 1000
"""Exchanges that wait for one that began before them; from then on it is given up."""
MOST_WAITING_BYTES = 32 * 1024 * 1024
LATE = "not judged: it was under way while very much else passed"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An exchange, in its turn."""

    begun: Begun
    passed: Passed
    overlapped: bool
    """Whether a write to the same world was under way meanwhile, so that it may have been done before or after."""

    @property
    def size(self) -> int:
        """Bytes of its bodies."""
        return sum(len(each.body or b"") for each in (self.passed.request, self.passed.answer))


@dataclass(slots=True)
class Order:
    """What has begun to pass, until everything that began before it has ended."""

    _waiting: dict[int, Begun] = field(default_factory=dict)
    """In the order in which they began."""
    _ended: dict[int, Ordered] = field(default_factory=dict)
    _under_way: dict[int, Begun] = field(default_factory=dict)
    _overlapped: set[int] = field(default_factory=set)
    _size: int = 0

    def begin(self, begun: Begun) -> None:
        """Take note of an exchange that begins."""
        for other in self._under_way.values():
            if _world(other) == _world(begun):
                self._overlapped |= {begun.number} if _writes(other) else set()
                self._overlapped |= {other.number} if _writes(begun) else set()
        self._waiting[begun.number] = self._under_way[begun.number] = begun

    def end(self, passed: Passed) -> Iterator[Ordered]:
        """Take note of its end; the exchanges whose turn it is."""
        begun = self._under_way.pop(passed.number)
        overlapped = passed.number in self._overlapped
        self._overlapped.discard(passed.number)
        if passed.number in self._waiting:
            ordered = self._ended[passed.number] = Ordered(begun, passed, overlapped)
            self._size += ordered.size
        yield from self._due()

    def _due(self) -> Iterator[Ordered]:
        while self._waiting:
            number = next(iter(self._waiting))
            if number in self._ended:
                ordered = self._ended.pop(number)
                self._size -= ordered.size
            elif len(self._ended) > MOST_WAITING or self._size > MOST_WAITING_BYTES:
                begun = self._waiting[number]
                ordered = Ordered(begun, _late(begun), overlapped=True)
            else:
                return
            del self._waiting[number]
            yield ordered


def _late(begun: Begun) -> Passed:
    request, answer = PassedMessage(begun.headers, None, 0), PassedMessage((), None, 0)
    return Passed(begun.number, begun.started, request, 0, answer, LATE)


def _world(begun: Begun) -> tuple[str | None, str]:
    return begun.base, header_in(begun.headers, WORLD_HEADER) or ""


def _writes(begun: Begun) -> bool:
    return begun.method not in SAFE
