"""Operations as plain functions from (state, request) to (state, reply).

One module a tag, one function an operation, found by its operationId:

    @operation("packs.get")
    def get(state: State, request: Request) -> tuple[State, Reply]: ...

A refusal is an `ApiError`: raised, it leaves nothing behind; returned in place of a reply, it keeps
the new state (a failed purge uses up one of its times). What may wait (unpacking an archive) is a
`prepare`: a coroutine that sees the request, touches no state, and hands on the request it made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from mock_server.access.callers import Caller
from mock_server.contract.compiled import Resource
from mock_server.contract.keywords import NO_ARCHIVES, ArchiveLimits, Kinds
from mock_server.errors import ApiError, make_not_found
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value

R = TypeVar("R")
V = TypeVar("V", bound=Value)


class Request(NamedTuple):
    """A call that is authenticated, authorised, billed and well-formed."""

    caller: Caller
    now: datetime  # the world's clock, aware UTC
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any = None  # JSON value | bytes | Mapping of multipart parts | what prepare made of it
    headers: Mapping[str, Any] = MappingProxyType({})  # those that the operation declares
    upstream: Callable[[], None] | None = None  # raises where the upstream fails
    resources: Mapping[str, Resource] = MappingProxyType({})  # what its path parameters name
    archive: ArchiveLimits = NO_ARCHIVES  # what of an archive is taken
    kinds: Kinds = MappingProxyType({})  # what a body of each kind has to have and may have
    sent_headers: Mapping[bytes, bytes] = MappingProxyType({})  # all of them as they came; of control calls alone

    def find(self, state: State, collection: Collection[V]) -> V:
        """Return the object that the path names; the 404 that the contract has for it, where the caller sees none."""
        resource = self.resources[collection.noun]
        named = self.path[resource.parameter]
        key = named if len(collection.key) == 1 else (self.caller.org_id, named)  # its name is the org's own
        value: V | None = state.tables[collection.name].objects.get(key)
        seen = value is not None and collection.visible(value, self.caller.org_id)
        if value is None or not seen or collection.hidden(value, self.caller):
            noun = collection.noun.replace("_", " ")
            raise make_not_found(resource.not_found, f"There is no {noun} of this {collection.key[-1]}.")
        return value

    def reach_upstream(self) -> None:
        """Ask whatever stands behind the control plane; to be called last. Raises where it fails."""
        if self.upstream is not None:
            self.upstream()


class Reply(NamedTuple):
    """An answer before it is rendered: JSON-able `body`, or bytes of another media type; of none where it is empty.

    A `Feed` as its body opens a stream of what happens.
    """

    status: int
    body: Any = None
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """The events of an org that one stream shows, and how each is written. A resource says what its events are."""

    org_id: str

    def shows(self, event: Any, state: State) -> bool:
        """Whether an event of the org comes down the stream."""
        raise NotImplementedError

    def read_missed(self, state: State) -> Iterator[Any]:
        """Return the events that come first, as they happened before the stream was opened."""
        raise NotImplementedError

    def write(self, event: Any) -> bytes:
        """Return an event as the stream has it."""
        raise NotImplementedError


Transition = Callable[[State, Request], tuple[State, Reply | ApiError]]
Prepare = Callable[[Request], Awaitable[Request]]


class Handler(Value):
    """The function that serves one operation."""

    transition: Transition
    prepare: Prepare | None = None


F = TypeVar("F", bound=Transition)


def operation(operation_id: str, *, prepare: Prepare | None = None) -> Callable[[F], F]:
    """Bind a function to one operation of the contract."""

    def bind(function: F) -> F:
        function.serves = operation_id, Handler(function, prepare)  # type: ignore[attr-defined]
        return function

    return bind


Check = Callable[[State, Request, Mapping[str, Any], Any], Mapping[str, str]]
"""A check of the fields that are to change of an object, or of a new one (None): what is wrong, by field."""


class Content(Value):
    """The check of a declared resource's content beside its declaration."""

    check: Check
    prepare: Prepare | None = None


C = TypeVar("C", bound=Check)


def content(resource: str, *, prepare: Prepare | None = None) -> Callable[[C], C]:
    """Bind a function to the creations and updates of a resource that follow from its declaration."""

    def bind(function: C) -> C:
        function.judges = resource, Content(function, prepare)  # type: ignore[attr-defined]
        return function

    return bind


async def run_in_thread(work: Callable[[], R], *, size: int, small: int) -> R:
    """Return the result of work; done at once where its input is so small that the way to a thread takes longer."""
    return work() if size <= small else await asyncio.to_thread(work)
