"""The watch over all connections of a server: once a second it ends those that take too long.

A look at each costs less than a timer at each request would, and needs no word from the connections. It also knows
when there is nothing to do, which is the time for what would keep somebody waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from enum import Enum, auto
from time import monotonic
from typing import Any, Protocol

from mock_server.server.limits import IDLE_S, MOST_AT_ONCE, Limits

log = logging.getLogger(__name__)

_END_S = 10.0
"""How long a client that was refused may go on sending what nobody reads."""
_REST_S = 10.0
"""How long a rest is from the next one at least."""


class Phase(Enum):
    """What a connection is waiting for; in the order in which one goes where there are too many."""

    END = auto()  # the client is to read what it was told, and go
    REQUEST = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


class WatchedConnection(Protocol):
    """A connection that is watched."""

    @property
    def scope(self) -> Any: ...
    @property
    def transport(self) -> Any: ...
    def phase(self) -> Phase: ...
    def expire(self, phase: Phase, seconds: int) -> None: ...
    def drop(self) -> None: ...


class _Seen:
    """What a connection was found at, and since when."""

    __slots__ = ("phase", "scope", "since", "taken")

    def __init__(self, now: float) -> None:
        self.phase = Phase.REQUEST
        self.scope: Any = None
        self.since = now
        self.taken = now  # when all that had been written was last found to be taken

    def is_at(self, phase: Phase, scope: Any) -> bool:
        return self.phase is phase and self.scope is scope


class ConnectionWatch:
    """Knows since when each connection waits for what it waits for; `at_rest` is called when nobody wants anything."""

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
        self._seen: dict[WatchedConnection, _Seen] = {}
        self._to_go: list[tuple[WatchedConnection, _Seen]] = []  # the next one last
        self._may_look_for_more = True
        self._turned_away = 0

    def made(self, connection: WatchedConnection) -> None:
        """Take note of a new connection, for which another may have to go, or which is one too many."""
        self._seen[connection] = _Seen(self._clock())
        self._stirred = True
        if len(self._seen) <= self._limits.max_connections:
            return
        victim = self._dispensable() or connection
        if victim is connection:
            self._turned_away += 1
        victim.drop()
        self.lost(victim)

    def lost(self, connection: WatchedConnection) -> None:
        """Forget a connection."""
        self._seen.pop(connection, None)
        self._stirred = True

    def look(self) -> None:
        """Look at every connection, and end those that have had their time."""
        now = self._clock()
        unsent: list[tuple[float, int, WatchedConnection]] = []
        for connection, seen in list(self._seen.items()):
            size = connection.transport.get_write_buffer_size()
            if size:
                unsent.append((seen.taken, size, connection))
            else:
                seen.taken = now
            phase = connection.phase()
            if not seen.is_at(phase, connection.scope):
                seen.phase, seen.scope, seen.since = phase, connection.scope, now
                self._stirred = True
            elif now - seen.since >= self._patience(phase):
                connection.expire(phase, self._limits.timeout)
        self._drop_who_take_nothing(unsent, now)
        self._to_go.clear()
        self._may_look_for_more = True
        if self._turned_away:
            log.warning(
                "turned %d connections away: there are %d already (--max-connections), all with an answer to come",
                self._turned_away,
                len(self._seen),
            )
            self._turned_away = 0
        self._rest(now)

    def _rest(self, now: float) -> None:
        """Do what waits for a second in which nobody came, went, asked or was answered."""
        if self._stirred:
            self._stirred, self._used = False, True
        elif self._used and now - self._rested >= _REST_S:
            self._used, self._rested = False, now
            self._at_rest()

    def _patience(self, phase: Phase) -> float:
        match phase:
            case Phase.END:
                return _END_S
            case Phase.REQUEST:
                return IDLE_S
            case Phase.HEAD | Phase.BODY:
                return self._limits.timeout
        return float("inf")  # for answers only those wait who asked

    def _drop_who_take_nothing(self, unsent: Iterable[tuple[float, int, WatchedConnection]], now: float) -> None:
        held = sum(size for _, size, _ in unsent)
        for taken, size, connection in sorted(unsent, key=lambda each: each[0]):
            if now - taken >= self._limits.timeout or held > MOST_AT_ONCE:
                connection.drop()
                held -= size

    def _dispensable(self) -> WatchedConnection | None:
        """The connection that has waited longest without having asked for anything, if there is any."""
        while True:
            if not self._to_go:
                if not self._may_look_for_more:
                    return None
                self._to_go = self._in_order()
                self._may_look_for_more = bool(self._to_go)
                if not self._to_go:
                    return None
            connection, seen = self._to_go.pop()
            if connection in self._seen and seen.is_at(connection.phase(), connection.scope):
                return connection

    def _in_order(self) -> list[tuple[WatchedConnection, _Seen]]:
        waiting = []
        for connection, seen in self._seen.items():
            phase = connection.phase()
            if phase is Phase.ANSWER:
                continue
            if not seen.is_at(phase, connection.scope):
                seen.phase, seen.scope, seen.since = phase, connection.scope, self._clock()
            waiting.append((connection, seen))
        waiting.sort(key=lambda each: (each[1].phase.value, each[1].since))
        waiting.reverse()  # so that of those alike the first to come is the first to go
        return waiting
