"""States of a world that are kept under a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from mock_server.state.state import State
from mock_server.worlds.memory import ROOM_OF_OBJECT, MemoryBudget


class Snapshot(Struct, frozen=True):
    """The state that a world had at a time by its own clock."""

    name: str
    taken_at: datetime
    state: State

    @property
    def room(self) -> int:
        """The bytes that it may come to hold alone, when the world has gone far from it."""
        return ROOM_OF_OBJECT * self.state.objects


class Snapshots(Mapping[str, Snapshot]):
    """The snapshots of one world by name, oldest first."""

    def __init__(self, memory: MemoryBudget) -> None:
        self._memory = memory
        self._by_name: dict[str, Snapshot] = {}

    def __getitem__(self, name: str) -> Snapshot:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def keep(self, snapshot: Snapshot) -> None:
        """Add one, whose name must be free."""
        self._by_name[snapshot.name] = snapshot
        self._memory.snapshots += snapshot.room

    def forget(self, name: str) -> None:
        """Drop one; KeyError where there is none."""
        self._memory.snapshots -= self._by_name.pop(name).room

    def clear(self) -> None:
        """Drop all of them."""
        for name in list(self._by_name):
            self.forget(name)
