"""A request in flight: what the gates read, and what they find out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_server.callers import NOBODY, Caller
from mock_server.contract import Body, Contract, Operation
from mock_server.router import Route

if TYPE_CHECKING:
    from mock_server.state import State

FRAMING = 64 * 1024
"""What a multipart body may come to beside its largest part."""

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Authenticate = Callable[[str, "State", datetime], Caller]


@dataclass(slots=True, eq=False)
class Call:
    """One request in flight.

    It knows the ASGI `receive` but never the scope, nor is it put there: a cycle between the two
    would leave every request to the garbage collector.
    """

    contract: Contract
    authenticate: Authenticate
    state: State
    now: datetime
    method: str
    path: str  # below the contract's base path, as it was sent
    query_string: bytes
    headers: Mapping[bytes, bytes]
    receive: Receive

    # What the gates find out, in their order.
    route: Route[Operation] = field(init=False)
    raw_path_values: Mapping[str, str] = field(init=False)
    operation: Operation = field(init=False)
    caller: Caller = field(init=False, default=NOBODY)
    path_values: Mapping[str, Any] = field(init=False)
    query: Mapping[str, Any] = field(init=False)
    body_type: Body | None = field(init=False, default=None)
    body: Any = field(init=False, default=None)

    @property
    def body_limit(self) -> int:
        """The most bytes that the body may come to."""
        multipart = any(body.kind == "multipart" for body in self.operation.bodies.values())
        return self.operation.max_body + (FRAMING if multipart else 0)
