"""The watch over all connections of a server: once a second it ends those that take too long.

It also knows when there is nothing to do, which is the time for what would keep a client waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from mock_server.server.limits import IDLE_S, MOST_AT_ONCE, Limits

if TYPE_CHECKING:
    from mock_server.server.connection import HttpConnection

log = logging.getLogger(__name__)

_END_S = 10.0
"""The seconds for which a client that was refused may go on sending what nobody reads."""
_REST_S = 10.0
"""The least time between two rests."""


class Phase(Enum):
    """The phase that a connection is in; where there are too many, connections are ended in this order."""

    END = auto()  # for the client to read its refusal, and close
    REQUEST = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


@dataclass(slots=True)
class _Seen:
    """The phase and the scope that a connection was last seen in, and since when."""

    since: float
    taken: float  # when all that had been written was last found to be taken
    phase: Phase = Phase.REQUEST
    scope: Any = None


class ConnectionWatch:
    """Knows how long each connection has been in its phase; `at_rest` is called when nothing happens."""

    def __init__(
        self, limits: Limits, clock: Callable[[], float] = monotonic, at_rest: Callable[[], None] = lambda: None
    ) -> None:
        self.bodies = 0
        """The bytes of bodies that are being received, of all connections."""
        self._limits = limits
        self._clock = clock
        self._at_rest = at_rest
        self._stirred = False  # since the last look
        self._used = False  # since the last rest
        self._rested = -_REST_S
        self._seen: dict[HttpConnection, _Seen] = {}
        self._turned_away = 0

    def note_made(self, connection: HttpConnection) -> None:
        """Note a new connection; where there are too many, end the most dispensable one, or this one."""
        now = self._clock()
        self._seen[connection] = _Seen(now, now)
        self._stirred = True
        if len(self._seen) <= self._limits.max_connections:
            return
        victim = self._find_dispensable() or connection
        if victim is connection:
            self._turned_away += 1
        victim.drop()
        self.note_lost(victim)

    def note_lost(self, connection: HttpConnection) -> None:
        """Forget a connection."""
        self._seen.pop(connection, None)
        self._stirred = True

    def look(self) -> None:
        """Look at every connection, and end those whose time is over."""
        now = self._clock()
        unsent: list[tuple[float, int, HttpConnection]] = []
        for connection, seen in list(self._seen.items()):
            size = connection.transport.get_write_buffer_size()
            if size:
                unsent.append((seen.taken, size, connection))
            else:
                seen.taken = now
            phase = self._note(connection, seen, now)
            if now - seen.since >= self._find_patience(phase):
                connection.expire(phase, self._limits.timeout)
        self._drop_who_take_nothing(unsent, now)
        if self._turned_away:
            log.warning(
                "turned %d connections away: there are %d already (--max-connections), all with an answer to come",
                self._turned_away,
                len(self._seen),
            )
            self._turned_away = 0
        self._rest(now)

    def _rest(self, now: float) -> None:
        """Call `at_rest` after a second in which nothing happened, at most every ten seconds."""
        if self._stirred:
            self._stirred, self._used = False, True
        elif self._used and now - self._rested >= _REST_S:
            self._used, self._rested = False, now
            self._at_rest()

    def _find_patience(self, phase: Phase) -> float:
        if phase is Phase.ANSWER:  # only the client waits for it
            return inf
        return {Phase.END: _END_S, Phase.REQUEST: IDLE_S}.get(phase, self._limits.timeout)

    def _drop_who_take_nothing(self, unsent: Iterable[tuple[float, int, HttpConnection]], now: float) -> None:
        held = sum(size for _, size, _ in unsent)
        for taken, size, connection in sorted(unsent, key=lambda each: each[0]):
            if now - taken >= self._limits.timeout or held > MOST_AT_ONCE:
                connection.drop()
                held -= size

    def _find_dispensable(self) -> HttpConnection | None:
        """The connection that has waited longest without having asked for anything, if there is any."""
        now = self._clock()
        waiting = [
            (phase.value, seen.since, connection)
            for connection, seen in self._seen.items()
            if (phase := self._note(connection, seen, now)) is not Phase.ANSWER
        ]
        return min(waiting, key=lambda each: each[:2], default=(0, 0, None))[2]

    def _note(self, connection: HttpConnection, seen: _Seen, now: float) -> Phase:
        """The phase of a connection, which begins now where it is not the one that was seen before."""
        phase = connection.find_phase()
        if seen.phase is not phase or seen.scope is not connection.scope:
            seen.phase, seen.scope, seen.since = phase, connection.scope, now
            self._stirred = True
        return phase
