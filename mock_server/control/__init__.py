"""The control API: what a test does to a world from outside, below `/_mock`.

It has a contract of its own, `control.yaml`, and is routed and validated by it as the API itself is.
A handler is a coroutine: what may wait comes first, then it changes worlds without a wait.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_server.access.origins import Origins
from mock_server.contract.compiled import Contract
from mock_server.control.errors import ControlError, MemoryFull, WorldUnknown
from mock_server.control.similar_names import unknown
from mock_server.fixtures import Seed
from mock_server.resources.operation import Reply, Request
from mock_server.state.portable import StateReader
from mock_server.state.state import State
from mock_server.worlds.worlds import World, Worlds


@dataclass(slots=True)
class ControlContext:
    """What every control handler works on: the worlds, the seed data and the contract."""

    worlds: Worlds
    seed: Seed
    reader: StateReader
    origins: Origins
    document: Mapping[str, Any]  # the API's contract, as it was read
    contract: Contract = field(init=False)  # the API's; there once Connexion has handed it over

    def serves(self, contract: Contract) -> None:
        """Take note of the API's contract."""
        self.contract = contract

    def world(self, request: Request) -> World:
        """The world that the path of a request names, made where it was not used before."""
        return self.worlds.get(request.path["world"])

    def known_world(self, request: Request) -> World:
        """The world that the path of a request names; WorldUnknown, with a similar name, where it was never used."""
        name = request.path["world"]
        if name not in self.worlds:
            raise WorldUnknown(unknown("world", name, (world.name for world in self.worlds)))
        return self.worlds.get(name)

    def check_room(self, wanted: int = 0) -> None:
        """MemoryFull where so many more bytes do not fit, even when the journals give way."""
        if not self.worlds.memory.make_room(wanted):
            raise self._full()

    def commit(self, world: World, state: State) -> None:
        """Put a state in the place of the world's; MemoryFull where there is no room for what it holds more."""
        if not world.admit(state):
            raise self._full()

    def _full(self) -> ControlError:
        memory = self.worlds.memory
        return MemoryFull(memory.why_full(), details={"limit": memory.limit})


DELETED = Reply(200, {"status": "deleted"})


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer without end, sent as it comes."""

    chunks: AsyncGenerator[bytes, None]
    media_type: str


ControlHandler = Callable[[ControlContext, Request], Awaitable[Reply | Stream]]

_HANDLERS: dict[str, ControlHandler] = {}


def control(operation_id: str) -> Callable[[ControlHandler], ControlHandler]:
    """Bind a coroutine function to one operation of control.yaml."""

    def bind(function: ControlHandler) -> ControlHandler:
        if operation_id in _HANDLERS:
            raise TypeError(f"control operation {operation_id!r} has two functions")
        _HANDLERS[operation_id] = function
        return function

    return bind


def handlers() -> Mapping[str, ControlHandler]:
    """Every control operation's handler, after importing each module of this package and those in it."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return dict(_HANDLERS)
