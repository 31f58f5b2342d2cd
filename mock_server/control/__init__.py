"""The control API: what a test does to a world from outside, below `/_mock`.

It has a contract of its own, `control.yaml`, and is routed and validated by it as the API itself is.
A handler is a coroutine: what may wait comes first, then it changes worlds without a wait.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from mock_server.fixtures import Seed
from mock_server.operations import Reply, Request
from mock_server.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Desk:
    """What a control handler has before it."""

    worlds: Worlds
    seed: Seed


ControlHandler = Callable[[Desk, Request], Awaitable[Reply]]

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
    """Every control operation's handler, after importing each module of this package."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_HANDLERS)
