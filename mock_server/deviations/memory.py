"""Notes that a defect keeps from one request of a world to later ones."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.worlds import World

P = ParamSpec("P")
R = TypeVar("R")
Notes = dict[Any, Any]

_asked: ContextVar[World] = ContextVar("the world of the request that is under way")


def remembering(
    plant: Callable[[Hooks, Callable[P, R]], Hooks],
) -> Callable[[Hooks, Callable[Concatenate[Notes, P], R]], Hooks]:
    """Plant a defect that is given its notes on the world before the other arguments."""

    def planted(hooks: Hooks, function: Callable[Concatenate[Notes, P], R]) -> Hooks:
        memory = DeviationMemory()

        def with_notes(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(memory.here, *args, **kwargs)

        return memory.kept(plant(hooks, with_notes))

    return planted


@dataclass(slots=True)
class _WorldNotes:
    requests: int = 0  # that the world had had
    kept: Notes = field(default_factory=dict)


class DeviationMemory:
    """The notes of one defect, apart for each world; a reset of the world forgets them."""

    def __init__(self) -> None:
        self._notes: WeakKeyDictionary[World, _WorldNotes] = WeakKeyDictionary()

    def kept(self, hooks: Hooks) -> Hooks:
        """Return the hooks that tell of each request its world, so that its notes can be found."""

        def now(world: World) -> datetime:
            self._enter(world)
            return hooks.now(world)

        def request_id(world: World) -> str:
            self._enter(world)
            return hooks.request_id(world)

        return replace(hooks, now=now, request_id=request_id)

    @property
    def here(self) -> Notes:
        """The notes of the world whose request is under way."""
        return self._notes[_asked.get()].kept

    def _enter(self, world: World) -> None:
        _asked.set(world)
        notes = self._notes.setdefault(world, _WorldNotes())
        # Every request counts one up, and only a reset counts down.
        if world.requests == 0 or world.requests < notes.requests:
            notes.kept = {}
        notes.requests = world.requests
