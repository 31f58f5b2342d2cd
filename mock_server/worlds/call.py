"""A request in flight: what the gates read, and what they find out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from mock_server.access import redaction
from mock_server.access.callers import NOBODY, Caller
from mock_server.access.origins import Origins
from mock_server.contract.compiled import Contract, Operation, RequestBody
from mock_server.contract.router import Route
from mock_server.worlds.faults import FaultOutcome, Faults

if TYPE_CHECKING:
    from mock_server.state.collection import Collection
    from mock_server.state.state import State

_NOTHING: Mapping[str, Any] = {}

KEPT_BODY = 64 * 1024
"""The bytes of a body that the journal keeps."""

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Authenticate = Callable[[str, "State", datetime], Caller]


Arrived = Callable[[], bytes | None]
"""The body of a request, where it is there as a whole before anybody has waited for it; else None."""


def return_none() -> None:
    """Return None: ASGI does not say whether a body has come before it is waited for."""


async def _refuse_reading() -> Mapping[str, Any]:
    return {"type": "http.disconnect"}


@dataclass(slots=True, eq=False)
class Passage:
    """Notes on a call to a mock that passes some operations on to another server."""

    to: str | None = None  # the URL that it was passed on to; None: the mock itself has answered
    broke: list[str] = field(default_factory=list)  # what the request and the answer have against the contract
    differs: str | None = None  # what the mock's world and the other server do not have in common


@dataclass(slots=True, eq=False)
class Call:
    """One request in flight.

    It knows the ASGI `receive` but never the scope, nor is it put there: a cycle between the two
    would leave every request to the garbage collector.
    """

    contract: Contract
    authenticate: Authenticate
    orgs: Collection[Any]  # that callers are of
    faults: Faults | None  # None: nothing is simulated here
    origins: Origins
    state: State
    now: datetime
    method: str
    path: str  # below the contract's base path, as it was sent
    query_string: bytes
    headers: Mapping[bytes, bytes]
    receive: Receive
    arrived: Arrived

    passes_again: bool = field(init=False, default=False)  # the gates, since it has waited

    # What the gates find out, in their order.
    route: Route[Operation] = field(init=False)
    raw_path_values: Mapping[str, str] = field(init=False)
    operation: Operation = field(init=False)
    caller: Caller = field(init=False, default=NOBODY)
    path_values: Mapping[str, Any] = field(init=False)
    query: Mapping[str, Any] = field(init=False)
    header_values: Mapping[str, Any] = field(init=False)
    body_type: RequestBody | None = field(init=False, default=None)
    body: Any = field(init=False, default=None)

    fault_outcome: FaultOutcome | None = field(init=False, default=None)  # of the faults
    passage: Passage | None = field(init=False, default=None)  # where operations are passed on

    # What the journal asks for.
    started: float = field(init=False, default_factory=perf_counter)
    sent: bytes = field(init=False, default=b"")  # the body as it came, as far as it was read; no less than is kept
    sent_length: int = field(init=False, default=0)
    refused_by: str | None = field(init=False, default=None)  # a gate
    stateless: bool = field(init=False, default=False)  # whether its operation has no function
    dropped: str | None = field(init=False, default=None)  # why it got no answer, where its world is the reason
    before: State | None = field(init=False, default=None)  # that the operation put another in the place of

    def release(self) -> None:
        """Let go of what only a request in flight needs: a journal may keep the call for long."""
        self.body = None
        self.raw_path_values = self.path_values = self.query = self.header_values = _NOTHING
        self.receive, self.arrived = _refuse_reading, return_none
        if self.fault_outcome is not None:
            self.fault_outcome.forget_where()
        if self.sent:
            self._forget_write_only()
        if len(self.sent) > KEPT_BODY:
            self.sent = self.sent[:KEPT_BODY]

    def _forget_write_only(self) -> None:
        """Let go of what nobody may read in the body, whichever method of its path it was meant for."""
        route = getattr(self, "route", None)
        for operation in () if route is None else route.methods.values():
            for body_type in operation.bodies.values():
                if body_type.kept is not None:
                    self.sent = redaction.mask_body(self.sent, body_type.kept)

    @property
    def undeclared(self) -> bool:
        """Whether its answer is an error that the contract does not declare, as somebody asked for."""
        return self.fault_outcome is not None and self.fault_outcome.undeclared

    @property
    def operation_id(self) -> str | None:
        """The operation, where one was found."""
        operation = getattr(self, "operation", None)
        return None if operation is None else str(operation.id)
