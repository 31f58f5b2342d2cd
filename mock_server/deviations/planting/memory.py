"""Notes that a defect keeps from one request of a world to later ones."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.world import World

Notes = dict[Any, Any]


@dataclass(slots=True)
class _WorldNotes:
    requests: int = 0  # that the world had had
    kept: dict[Callable[..., Any], Notes] = field(default_factory=dict)


_asked: ContextVar[World] = ContextVar("the world of the request that is under way")
_notes: WeakKeyDictionary[World, _WorldNotes] = WeakKeyDictionary()


def read_notes(defect: Callable[..., Any]) -> Notes:
    """Return the notes of a defect on the world whose request is under way; a reset of the world forgets them."""
    return _notes[_asked.get()].kept.setdefault(defect, {})


def remember_world(hooks: Hooks) -> Hooks:
    """Return the hooks that tell of each request its world, so that notes on it can be found."""

    def read_now(world: World) -> datetime:
        _enter(world)
        return hooks.now(world)

    def make_request_id(world: World) -> str:
        _enter(world)
        return hooks.request_id(world)

    return replace(hooks, now=read_now, request_id=make_request_id)


def _enter(world: World) -> None:
    _asked.set(world)
    notes = _notes.setdefault(world, _WorldNotes())
    # Every request counts one up, and only a reset counts down.
    if world.requests == 0 or world.requests < notes.requests:
        notes.kept = {}
    notes.requests = world.requests
