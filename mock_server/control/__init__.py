"""The control API of the mock, below `/_mock`: what tests do to a world.

Its contract is `control.yaml`, by which it is routed and validated as the API is by its own. A handler is a
coroutine: it awaits first, then changes worlds without awaiting.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from mock_server.access.origins import Origins
from mock_server.api import Api
from mock_server.contract.compiled import Contract
from mock_server.control.errors import ControlError, MemoryFull, WorldUnknown, describe_unknown
from mock_server.control.journal.entries import EntryPresenter
from mock_server.fixtures import Seed
from mock_server.operation import Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.pipeline.performing import render_checked
from mock_server.pipeline.stateless import ExampleAnswers, describe_example
from mock_server.state.clock import write_timestamp
from mock_server.state.portable import Patches, StateReader, to_document
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.journal import Entry
from mock_server.worlds.world import World
from mock_server.worlds.worlds import Worlds

CONTROL_CONTRACT = Path(__file__).parent / "control.yaml"
"""The contract of the control API."""


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """One mock of several that stand behind one front: its name, and since when it serves."""

    name: str
    started: datetime


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change of files that could not be served, while what was served before still is."""

    at: datetime
    change: str
    problem: str


@dataclass
class ControlContext:
    """The worlds, the seed data and the contract, on which control handlers work."""

    worlds: Worlds
    seed: Seed
    reader: StateReader
    origins: Origins
    api: Api
    node: NodeIdentity | None = None
    contract: Contract = field(init=False)  # of the API, compiled; set when it is compiled
    examples: ExampleAnswers = field(init=False)  # of operations without a function
    refused: RefusedChange | None = None

    def serves(self, contract: Contract, examples: ExampleAnswers) -> None:
        """Set the compiled contract of the API, and the answers of its operations that have no function."""
        self.contract, self.examples = contract, examples

    def refuse(self, change: RefusedChange) -> None:
        """Take note of a change that could not be served, and tell whoever follows a journal."""
        self.refused = change
        for world in self.worlds:
            world.journal.wake()

    def get_health(self) -> dict[str, Any]:
        """Return that the server is up, what it cannot serve as it should, and which node it is if it is one."""
        told: dict[str, Any] = {"status": "ok"}
        if self.examples:
            reasons = self.api.reasons
            told["stateless"] = [describe_example(each, reasons.get(name)) for name, each in self.examples.items()]
        if self.refused is not None:
            told["refused"] = {
                "at": write_timestamp(self.refused.at),
                "change": self.refused.change,
                "problem": self.refused.problem,
            }
        if self.node is not None:
            told |= {"node": self.node.name, "started": write_timestamp(self.node.started), "digest": self.digest}
        return told

    @property
    def document(self) -> Mapping[str, Any]:
        """The contract of the API, as it was read."""
        return self.api.document

    @cached_property
    def presenter(self) -> EntryPresenter:
        """The presenter of the entries of all journals."""
        return EntryPresenter(self.seed.personas)

    @cached_property
    def patches(self) -> Patches:
        """The writer of states as their changes to the seed data."""
        return Patches(self.seed.state)

    @cached_property
    def digest(self) -> str:
        """The digest of what nodes must have in common: the seed of ids, the contract, the seed data."""
        parts = [self.seed.state.seed, self.document, to_document(self.seed.state)]
        content = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return f"sha256:{sha256(content).hexdigest()}"

    def find_world(self, request: Request) -> World:
        """Return the world that the path of a request names; it is made at its first use."""
        return self.worlds.get(request.path["world"])

    def require_world(self, request: Request) -> World:
        """Return the world that a path names; WorldUnknown, with a similar name, where it was never used."""
        name = request.path["world"]
        if name not in self.worlds:
            raise WorldUnknown(describe_unknown("world", name, (world.name for world in self.worlds)))
        return self.worlds.get(name)

    def note_change(self, request: Request) -> None:
        """Note that a control call has changed the world of its path, if it is there; its faults or snapshots, too."""
        name = request.path.get("world")
        if name is not None and name in self.worlds:
            self.worlds.get(name).note_changed()

    def check_room(self, wanted: int = 0) -> None:
        """Check that so many more bytes fit, journals shortened where needed; raises MemoryFull."""
        if not self.worlds.memory.make_room(wanted):
            raise self._make_full()

    def commit(self, world: World, state: State) -> None:
        """Replace the state of a world; raises MemoryFull where it does not fit."""
        if not world.admit(state):
            raise self._make_full()

    def _make_full(self) -> ControlError:
        memory = self.worlds.memory
        return MemoryFull(memory.explain_full(), details={"limit": memory.limit})


DELETED = Reply(200, {"status": "deleted"})


@dataclass(frozen=True, slots=True)
class Stream:
    """An endless answer, sent part by part."""

    chunks: AsyncGenerator[bytes, None]
    media_type: str


ControlHandler = Callable[[ControlContext, Request], Awaitable[Reply | Stream]]

_HANDLERS: dict[str, ControlHandler] = {}
_IN_JOURNAL: set[str] = set()


def control(operation_id: str, *, in_journal: bool = False) -> Callable[[ControlHandler], ControlHandler]:
    """Bind a coroutine function to one operation of control.yaml.

    `in_journal`: a call that changes the world of its path, without waiting, is an entry of its journal.
    """

    def bind(function: ControlHandler) -> ControlHandler:
        if operation_id in _HANDLERS:
            raise TypeError(f"control operation {operation_id!r} has two functions")
        _HANDLERS[operation_id] = function
        if in_journal:
            _IN_JOURNAL.add(operation_id)
        return function

    return bind


def find_handlers() -> Mapping[str, ControlHandler]:
    """Return the handler of every control operation; imports every module of this package."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return dict(_HANDLERS)


async def serve_control(context: ControlContext, call: Call, _world: World, request_id: str, _hooks: Hooks) -> Answer:
    """Run a control operation, which changes worlds itself, once the gates have let its call pass."""
    handler: ControlHandler = call.operation.handler
    request = Request(
        call.caller, call.now, call.path_values, call.query, call.body, call.header_values, sent_headers=call.headers
    )
    world, before = None, None
    if call.operation.id in _IN_JOURNAL:
        world = context.find_world(request)
        world.catch_up()
        before = world.state
    outcome = await handler(context, request)
    if call.method != "GET":
        context.note_change(request)
    if isinstance(outcome, Stream):
        beginning = render_checked(call, Reply(200, b"", outcome.media_type), request_id)
        return beginning._replace(stream=outcome.chunks)
    answer = render_checked(call, outcome, request_id)
    if world is not None and before is not None and world.state is not before:
        assert isinstance(call, Entry)  # noqa: S101  # the pipeline makes no other
        call.state, call.before, call.now = before, before, world.read_clock()
        world.record(call, answer)
    return answer
