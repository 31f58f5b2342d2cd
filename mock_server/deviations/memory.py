"""What a defect remembers from one request to a later one of the same world."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from mock_server.pipeline.hooks import Seams
from mock_server.worlds.worlds import World

_asked: ContextVar[World] = ContextVar("the world of the request that is under way")


@dataclass(slots=True)
class _Notes:
    requests: int = 0  # that the world had had
    kept: dict[Any, Any] = field(default_factory=dict)


class Memory:
    """Notes of one defect: each world has its own, and a reset of the world forgets them."""

    def __init__(self) -> None:
        self._notes: WeakKeyDictionary[World, _Notes] = WeakKeyDictionary()

    def kept(self, seams: Seams) -> Seams:
        """The seams under which there are notes to be had: of each request its world is known."""

        def now(world: World) -> datetime:
            self._enter(world)
            return seams.now(world)

        def request_id(world: World) -> str:
            self._enter(world)
            return seams.request_id(world)

        return replace(seams, now=now, request_id=request_id)

    @property
    def here(self) -> dict[Any, Any]:
        """The notes of the world whose request is under way."""
        return self._notes[_asked.get()].kept

    def _enter(self, world: World) -> None:
        _asked.set(world)
        notes = self._notes.setdefault(world, _Notes())
        # Every request counts one up, and only a reset counts down.
        if world.requests == 0 or world.requests < notes.requests:
            notes.kept = {}
        notes.requests = world.requests
