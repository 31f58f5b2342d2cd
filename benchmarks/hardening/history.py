"""Many clients on a few packs at once: what they saw must fit one order, in each world, as each org sees it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Any

from benchmarks import servers
from benchmarks.asking import read_tokens
from benchmarks.hardening.content import build_form, pack_plain
from benchmarks.hardening.wire import FORM, Answer, Connection, Place, request
from conformance.explorer.linear import CompletedOperation, find_impossible

WORLDS = 4
CLIENTS = 8
"""The number of clients in each world."""
OWNER, STRANGER = "acme-owner", "globex-owner"
_SEEN_BY_ALL = "community"
_PACKS = 8
_ARE = ("org", "community")

Pack = tuple[str, str]
"""The content of a pack, and when it came to be so."""
State = tuple[Pack | None, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A pack as somebody saw it; None: not at all."""

    pack: int
    seen: Pack | None
    stranger: bool


@dataclass(frozen=True, slots=True)
class ReadAll:
    """The packs as their owner saw all of them at once."""

    seen: State


@dataclass(frozen=True, slots=True)
class Written:
    """A pack that was changed; None: there was none to change."""

    pack: int
    made: Pack | None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A pack that was deleted, or was not there."""

    pack: int
    found: bool


Operation = Read | ReadAll | Written | Deleted


def step(state: State, operation: Operation) -> State | None:
    """Return the state after an operation; None where it could not have come to this."""
    if isinstance(operation, ReadAll):
        return state if operation.seen == state else None
    pack = state[operation.pack]
    match operation:
        case Read(seen=seen, stranger=stranger):
            return state if seen == (_to_strangers(pack) if stranger else pack) else None
        case Deleted(found=found):
            return None if found != (pack is not None) else _with(state, operation.pack, None)
        case Written(made=None):
            return state if pack is None else None
        case Written(made=made) if made is not None and pack is not None:
            later = made[1] > pack[1] or made == pack
            return _with(state, operation.pack, made) if later else None
    return None


def _to_strangers(pack: Pack | None) -> Pack | None:
    return pack if pack is not None and pack[0] == _SEEN_BY_ALL else None


def _with(state: State, number: int, pack: Pack | None) -> State:
    return (*state[:number], pack, *state[number + 1 :])


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a history."""

    operations: int
    overlapping: int
    """The number that began before an earlier one of their world had ended."""
    seconds: float
    findings: tuple[str, ...]

    def render(self) -> str:
        """Return the figures, a line each."""
        return "\n".join(
            [
                f"operations   {self.operations} in {self.seconds:.1f} s: {WORLDS} worlds, {CLIENTS} clients in each",
                f"overlapping  {self.overlapping}",
                f"findings     {len(self.findings)}",
            ]
        )


class Unexpected(Exception):
    """An answer that has no place in a history."""


class _World:
    """One world, the packs in it, and what happens there."""

    def __init__(self, place: Place, name: str, tokens: Mapping[str, str], operations: int, seed: int) -> None:
        self._place = place
        self._build_path = f"/_worlds/{name}/v1/packs"
        self._owner, self._stranger = tokens[OWNER], tokens[STRANGER]
        self._left = operations
        self._random = Random(f"{seed}/{name}")  # noqa: S311 - it is to be repeated
        self._uploads = 0
        self._ids: list[str] = []
        self._first: list[Pack] = []
        self.history: list[CompletedOperation[Operation]] = []

    async def run(self) -> CompletedOperation[Operation] | None:
        """Make the packs, let all clients do what they do, and return what could not have happened, if anything."""
        connection = await Connection.to(self._place)
        for _ in range(_PACKS):
            made = await self._upload(connection)
            self._ids.append(made["id"])
            self._first.append(_pack(made))
        connection.close()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(self._run_client())
        first: State = tuple(self._first)
        return find_impossible(self.history, first, step)

    async def _run_client(self) -> None:
        connection = await Connection.to(self._place)
        while self._left > 0:
            self._left -= 1
            asked = perf_counter()
            operation = await self._run_operation(connection)
            self.history.append(CompletedOperation(asked, perf_counter(), operation))
        connection.close()

    async def _run_operation(self, connection: Connection) -> Operation:
        dice, number = self._random.random(), self._random.randrange(_PACKS)
        path = f"{self._build_path}/{self._ids[number]}"
        if dice < 0.002:
            answer = await connection.ask(request("DELETE", path, self._owner))
            return Deleted(number, _has_found(answer))
        if dice < 0.3:
            body = json.dumps({"visibility": self._random.choice(_ARE)}).encode()
            answer = await connection.ask(request("PATCH", path, self._owner, body))
            return Written(number, _pack(json.loads(answer.body)) if _has_found(answer) else None)
        if dice < 0.35:  # what waits for a thread while others go on
            await self._upload(connection)
        if dice < 0.5:
            answer = await connection.ask(request("GET", self._build_path, self._owner))
            packs = {pack["id"]: _pack(pack) for pack in json.loads(answer.body)["packs"]}
            return ReadAll(tuple(packs.get(each) for each in self._ids))
        stranger = dice < 0.7
        answer = await connection.ask(request("GET", path, self._stranger if stranger else self._owner))
        return Read(number, _pack(json.loads(answer.body)) if _has_found(answer) else None, stranger)

    async def _upload(self, connection: Connection) -> Any:
        self._uploads += 1
        body = build_form({"archive": pack_plain(f"pack-{self._uploads}"), "visibility": b"org"})
        answer = await connection.ask(request("POST", f"{self._build_path}/upload", self._owner, body, FORM))
        if answer.status != 201:
            raise Unexpected(f"{answer.status} {answer.body!r}")
        return json.loads(answer.body)


def _pack(shown: Mapping[str, Any]) -> Pack:
    return shown["visibility"], shown.get("updated_at", "")


def _has_found(answer: Answer) -> bool:
    if answer.status not in {200, 204, 404}:
        raise Unexpected(f"{answer.status} {answer.body!r}")
    return answer.status != 404


def check_history(operations: int, seed: int, url: str | None = None) -> Checked:
    """Do so much at a mock, in several worlds at once, and check each world's history; by default at one of its own."""
    with ExitStack() as running:
        url = url or running.enter_context(servers.start(servers.build_mock_command())).url
        credentials = read_tokens(url)
        started = perf_counter()
        return asyncio.run(_run_all(Place.from_url(url), credentials, operations, seed, started))


async def _run_all(place: Place, tokens: Mapping[str, str], operations: int, seed: int, started: float) -> Checked:
    worlds = [_World(place, f"history-{number}", tokens, operations // WORLDS, seed) for number in range(WORLDS)]
    found = await asyncio.gather(*(world.run() for world in worlds))
    done = [each for world in worlds for each in world.history]
    findings = tuple(f"no order has a place for {each.what}" for each in found if each is not None)
    overlapping = sum(_count_overlapping(world.history) for world in worlds)
    return Checked(len(done), overlapping, perf_counter() - started, findings)


def _count_overlapping(history: Sequence[CompletedOperation[Operation]]) -> int:
    """Return how many began before an earlier one had its answer."""
    count, latest = 0, 0.0
    for each in sorted(history, key=lambda done: done.asked):
        count += each.asked < latest
        latest = max(latest, each.answered)
    return count
