"""The worlds of a server by name."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from mock_server.settings import MAX_MEMORY, MOST_ENTRIES, MOST_WORLDS, StreamTimes
from mock_server.state.clock import read_real_time
from mock_server.state.state import State
from mock_server.worlds.memory import MemoryBudget
from mock_server.worlds.product import Product
from mock_server.worlds.world import RealTime, World

log = logging.getLogger(__name__)

DEFAULT = "default"
WORLD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The pattern of a world's name (a whole match)."""


class WorldWatch(Protocol):
    """The keeper of what worlds hold."""

    def note_changed(self, world: World) -> None:
        """Note that a world is new, or has changed for the first time since it was kept."""

    def note_gone(self, world: World) -> None:
        """Note that a world was deleted, or dropped."""


class Worlds:
    """The worlds of a server by name, the one idle longest first; `default` is always there."""

    def __init__(
        self,
        seed_state: State,
        product: Product,
        *,
        real: RealTime = read_real_time,
        most: int = MOST_WORLDS,
        most_entries: int = MOST_ENTRIES,
        max_memory: int = MAX_MEMORY,
        stream_times: StreamTimes = StreamTimes(),  # noqa: B008  # a constant
    ) -> None:
        self.memory = MemoryBudget(max_memory, lambda: [world.journal for world in self])
        self._seed_state = seed_state
        self._product = product
        self._real_time = real
        self._most = most
        self._most_entries = most_entries
        self._stream_times = stream_times
        self._by_name: OrderedDict[str, World] = OrderedDict()
        self._watch: WorldWatch | None = None
        self.default = self._make(DEFAULT)

    def get(self, name: str = DEFAULT) -> World:
        """Return the world of this name, with all that is due by now; made from the seed data at its first use."""
        if name == DEFAULT:
            world = self.default
        elif name in self._by_name:
            self._by_name.move_to_end(name)
            world = self._by_name[name]
        else:
            return self._add(name)
        if world.state.timers:
            world.catch_up()
        return world

    def fork(self, world: World, name: str) -> World:
        """Return a new world of this name that stands where another does; there must be none yet."""
        fork = self._add(name)
        fork.copy_state_of(world)
        return fork

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
            self._close(self.default)
            self.default = self._make(DEFAULT)
        elif name in self._by_name:
            self._close(self._by_name.pop(name))
        else:
            return False
        return True

    def set_watch(self, watch: WorldWatch) -> None:
        """Tell whoever keeps the worlds what becomes of them from now on."""
        self._watch = watch
        for world in self:
            world.on_change = watch.note_changed

    def end(self) -> None:
        """Let whoever follows a journal go: the server is about to end."""
        for world in self:
            world.journal.close()

    def _add(self, name: str) -> World:
        if len(self) >= self._most and self._by_name:
            dropped, world = self._by_name.popitem(last=False)
            self._close(world, "dropped for another one")
            log.warning("dropped the world %s, idle longest of %d", dropped, self._most)
        world = self._by_name[name] = self._make(name)
        return world

    def _close(self, world: World, how: str = "deleted") -> None:
        world.close(how)
        if self._watch is not None:
            self._watch.note_gone(world)

    def _make(self, name: str) -> World:
        world = World(
            name,
            self._seed_state,
            self._product,
            real=self._real_time,
            memory=self.memory,
            most_entries=self._most_entries,
            stream_times=self._stream_times,
        )
        if self._watch is not None:
            self._watch.note_changed(world)
        return world
