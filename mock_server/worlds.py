"""Worlds: the only place where anything changes."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from mock_server.ids import request_id
from mock_server.state import State

log = logging.getLogger(__name__)

DEFAULT = "default"
MOST_WORLDS = 10_000
WORLD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a world may be named (a whole match)."""

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


class World:
    """One state, swapped whole; a clock; and the count of requests that ids are made from."""

    __slots__ = ("_requests", "_seed_state", "clock", "name", "state")

    def __init__(self, name: str, seed_state: State, clock: Clock = real_clock) -> None:
        self.name = name
        self.clock = clock
        self._seed_state = seed_state
        self.reset()

    def now(self) -> datetime:
        """Return the world's own time, in UTC."""
        return self.clock()

    def commit(self, state: State) -> None:
        """Put this state in the place of the present one."""
        self.state = state

    def next_request_id(self) -> str:
        """Return the id of one more request; none comes twice between two resets."""
        self._requests += 1
        return request_id(self._seed_state.seed, self._requests)

    def reset(self) -> None:
        """Go back to the seed data."""
        self.state = self._seed_state
        self._requests = 0


class Worlds:
    """The worlds of a server by name, the one idle longest first; `default` is always there."""

    def __init__(self, seed_state: State, *, clock: Clock = real_clock, most: int = MOST_WORLDS) -> None:
        self._seed_state = seed_state
        self._clock = clock
        self._most = most
        self._by_name: OrderedDict[str, World] = OrderedDict()
        self.default = World(DEFAULT, seed_state, clock)

    def get(self, name: str = DEFAULT) -> World:
        """Return the world of this name, made from the seed data if it is not there yet."""
        if name == DEFAULT:
            return self.default
        world = self._by_name.get(name)
        if world is None:
            return self._make(name)
        self._by_name.move_to_end(name)
        return world

    def __contains__(self, name: str) -> bool:
        return name == DEFAULT or name in self._by_name

    def __iter__(self) -> Iterator[World]:
        yield self.default
        yield from self._by_name.values()

    def __len__(self) -> int:
        return 1 + len(self._by_name)

    def delete(self, name: str) -> bool:
        """Forget the world and say whether there was one; `default` begins anew instead."""
        if name == DEFAULT:
            self.default.reset()
            return True
        return self._by_name.pop(name, None) is not None

    def _make(self, name: str) -> World:
        if len(self) >= self._most and self._by_name:
            dropped, _ = self._by_name.popitem(last=False)
            log.warning("dropped the world %s, idle longest of %d", dropped, self._most)
        world = self._by_name[name] = World(name, self._seed_state, self._clock)
        return world
