"""What an operation is: a plain function from (state, request) to (state, reply).

One module a tag, one function an operation, found by its operationId:

    @operation("packs.get")
    def get(state: State, request: Request) -> tuple[State, Reply]: ...

A refusal is an `ApiError`: raised, it leaves nothing behind; returned in place of a reply, it keeps
the new state (a failed purge uses up one of its times). What may wait (unpacking an archive) is a
`prepare`: a coroutine that sees the request, touches no state, and hands on the request it made.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_server import resources
from mock_server.access.callers import Caller
from mock_server.errors import ApiError

if TYPE_CHECKING:
    from mock_server.state.state import State


class Request(NamedTuple):
    """A call that is authenticated, authorised, billed and well-formed."""

    caller: Caller
    now: datetime  # the world's clock, aware UTC
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any = None  # JSON value | bytes | Mapping of multipart parts | what prepare made of it
    headers: Mapping[str, Any] = MappingProxyType({})  # those that the operation declares
    upstream: Callable[[], None] | None = None  # raises where the upstream fails
    sent_headers: Mapping[bytes, bytes] = MappingProxyType({})  # all of them as they came; of control calls alone

    def reach_upstream(self) -> None:
        """Ask whatever stands behind the control plane; to be called last. Raises where it fails."""
        if self.upstream is not None:
            self.upstream()


class Reply(NamedTuple):
    """An answer before it is rendered: JSON-able `body`, or bytes of another media type."""

    status: int
    body: Any = None
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


Transition = Callable[["State", Request], "tuple[State, Reply | ApiError]"]
Prepare = Callable[[Request], Awaitable[Request]]


@dataclass(frozen=True, slots=True)
class Handler:
    """What serves one operation."""

    transition: Transition
    prepare: Prepare | None = None


_HANDLERS: dict[str, Handler] = {}


def operation(operation_id: str, *, prepare: Prepare | None = None) -> Callable[[Transition], Transition]:
    """Bind a function to one operation of the contract; a second function for it is refused."""

    def bind(function: Transition) -> Transition:
        if operation_id in _HANDLERS:
            raise TypeError(f"operation {operation_id!r} has two functions")
        _HANDLERS[operation_id] = Handler(function, prepare)
        return function

    return bind


def handlers() -> Mapping[str, Handler]:
    """Every operation's handler, after importing each module of `mock_server.resources`."""
    for module in pkgutil.walk_packages(resources.__path__, f"{resources.__name__}."):
        importlib.import_module(module.name)
    return dict(_HANDLERS)
